import path from 'node:path';
import type { DateRange, LocalTime } from '../chat/local-time.ts';
import { SearchFeed } from '../search/indexing/search-feed.ts';
import { SearchService } from '../search/question/search-service.ts';
import { openSearchIndex } from '../search/registry.ts';
import { countedEmbeddings } from './load-models.ts';
import type { ServicesFrom } from './module.ts';
import type { Core } from './open-core.ts';
import type { openModels } from './open-models.ts';

/** Open index files of users, at most; each costs some megabytes. */
const MAX_OPEN_INDEXES = 64;

/** Returns the time that a question names. The rules for dates are loaded for the first question. */
async function readTime(question: string, local: LocalTime): Promise<DateRange | null> {
  const { findDateRange } = await import('../chat/date-range.ts');
  return findDateRange(question, local);
}

/** Opens the search index and what feeds it. */
export async function openSearch(core: Core & ServicesFrom<typeof openModels>) {
  const { config, logger, store, events, clock, stack, defaultTimeZone } = core;
  const searchIndex = stack.use(
    'search index',
    await openSearchIndex(config.engines.search, {
      directory: path.join(config.dataDir, 'search'),
      embeddings: countedEmbeddings(core.searchModel, core.models),
      logger: logger.child({ subsystem: 'search' }),
      maxOpen: MAX_OPEN_INDEXES,
    }),
  );
  const searchFeed = stack.use(
    'search feed',
    new SearchFeed({ store, index: searchIndex, clock, logger }),
  );
  stack.defer(
    'search notes',
    events.on('search-changed', ({ uid }) => searchFeed.note(uid)),
  );
  const search = new SearchService({
    store,
    index: searchIndex,
    feed: searchFeed,
    clock,
    defaultTimeZone,
    readTime,
    logger,
  });
  return {
    services: { searchIndex, searchFeed, search },
    erasers: { data: [(uid: string) => searchFeed.deleteUser(uid)] },
  };
}
