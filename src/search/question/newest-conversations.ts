import { type Conversation, conversations } from '../../model/conversations/conversation.ts';
import { queryByOffset } from '../../store/collection.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import type { ConversationSearch, ConversationSearchPage } from './conversation-search.ts';
import type { Rung } from './question-filter.ts';

/** Conversations that are read at once by their ids. */
const READ_AT_ONCE = 500;

/** Returns the newest conversations of the narrowest rung that has any. */
export async function newestOfRungs(
  store: DocumentStore,
  uid: string,
  search: ConversationSearch,
  rungs: readonly Rung[],
): Promise<ConversationSearchPage> {
  for (const rung of rungs) {
    const page = await newest(store, uid, search, rung);
    if (page.items.length > 0 || search.page > 1) return page;
  }
  return { items: [], page: search.page, perPage: search.perPage, totalPages: 1 };
}

async function newest(
  store: DocumentStore,
  uid: string,
  search: ConversationSearch,
  rung: Rung,
): Promise<ConversationSearchPage> {
  const { page, perPage, within = null } = search;
  const offset = (page - 1) * perPage;
  const { items, hasMore } =
    within === null
      ? await queryByOffset(store, conversations, uid, toRequest(search, rung), offset, perPage)
      : await readWithin(store, uid, { ...search, within }, rung, offset);
  return {
    items: items
      .filter((conversation) => !conversation.isLocked)
      .map((conversation) => ({
        conversation,
        matches: [],
        filter: { time: rung.time, person: 'unasked' },
      })),
    page,
    perPage,
    totalPages: hasMore ? page + 1 : page,
  };
}

function toRequest(search: ConversationSearch, { from, to }: Rung) {
  return {
    query: 'recent' as const,
    filters: {
      ...(search.includeDiscarded ? {} : { discarded: false }),
      ...(search.folderId == null ? {} : { folderId: search.folderId }),
      ...(search.starred == null ? {} : { starred: search.starred }),
    },
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  };
}

/** Reads the conversations by their ids: there are fewer of them than the user has. */
async function readWithin(
  store: DocumentStore,
  uid: string,
  search: ConversationSearch & { within: readonly string[] },
  { from, to }: Rung,
  offset: number,
): Promise<{ items: Conversation[]; hasMore: boolean }> {
  const { within, includeDiscarded, folderId = null, starred = null, perPage } = search;
  const fitting: Conversation[] = [];
  for (let at = 0; at < within.length; at += READ_AT_ONCE) {
    const some = await store.findMany(conversations, uid, within.slice(at, at + READ_AT_ONCE));
    fitting.push(
      ...some.filter(
        (talk) =>
          (includeDiscarded || !talk.discarded) &&
          (folderId === null || talk.folderId === folderId) &&
          (starred === null || talk.starred === starred) &&
          talk.createdAt >= (from ?? 0) &&
          talk.createdAt <= (to ?? Number.MAX_SAFE_INTEGER),
      ),
    );
  }
  fitting.sort((a, b) => b.createdAt - a.createdAt);
  const items = fitting.slice(offset, offset + perPage);
  return { items, hasMore: fitting.length > offset + perPage };
}
