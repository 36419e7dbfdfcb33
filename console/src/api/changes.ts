import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query';
import { ApiError, api, apiUrl, dataOf } from './client.ts';
import { checkVersion } from './console-version.ts';
import {
  type ConversationPage,
  type ListPage,
  MAX_RELOADED_PAGES,
  MEMORY_LISTS_KEY,
  TASK_LISTS_KEY,
  type TimelineFilter,
} from './queries.ts';
import { reload } from './reload.ts';
import type { Change, Conversation } from './types.ts';

type Pages = InfiniteData<ConversationPage, number>;

/** Changes that come together are shown together, milliseconds. */
const GATHER_MS = 150;
const RETRY_MS = 10_000;
/** Of more conversations at once the list is loaded again as a whole. */
const MAX_SINGLE = 20;

/** What is loaded again at the change of a kind of document. */
const QUERIES: Record<Exclude<Change['kind'], 'conversation'>, string> = {
  action_item: 'action-items',
  memory: 'memories',
  person: 'people',
  folder: 'folders',
  goal: 'goals',
  daily_summary: 'daily-summaries',
};

/**
 * Keeps what is shown up to date by the server's events, as long as the page can be seen: a browser
 * has few connections to a server. Returns what ends it.
 */
export function followChanges(queries: QueryClient): () => void {
  let source: EventSource | null = null;
  let lastId = '';
  let gathered: Change[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    timer = undefined;
    const changes = gathered;
    gathered = [];
    void apply(queries, changes);
  };
  const open = () => {
    clearTimeout(retry);
    const query = lastId ? `?last_event_id=${encodeURIComponent(lastId)}` : '';
    source = new EventSource(apiUrl(`/v1/events${query}`));
    const remember = (event: MessageEvent<string>) => {
      lastId = event.lastEventId;
    };
    source.addEventListener('ready', (event) => {
      remember(event);
      // The server may have been started again, in a newer version.
      void checkVersion();
    });
    source.addEventListener('reset', (event) => {
      remember(event);
      shortenLists(queries);
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'profile' });
    });
    source.addEventListener('change', (event: MessageEvent<string>) => {
      remember(event);
      gathered.push(JSON.parse(event.data) as Change);
      timer ??= setTimeout(flush, GATHER_MS);
    });
    source.addEventListener('error', () => {
      // The browser itself tries again, unless the server has refused.
      if (source?.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS);
    });
  };
  const close = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };
  const onVisibility = () => {
    if (document.visibilityState === 'hidden') close();
    else if (source === null) open();
  };
  document.addEventListener('visibilitychange', onVisibility);
  onVisibility();
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    clearTimeout(timer);
    close();
  };
}

async function apply(queries: QueryClient, changes: readonly Change[]): Promise<void> {
  const kinds = new Set(changes.map(({ kind }) => kind));
  const others = [...kinds].flatMap((kind) => (kind === 'conversation' ? [] : [QUERIES[kind]]));
  const latest = new Map(
    changes.filter(({ kind }) => kind === 'conversation').map((change) => [change.id, change]),
  );
  await Promise.all([
    ...(kinds.has('conversation') || kinds.has('action_item')
      ? [reload(queries, ['calendar'])]
      : []),
    ...others.map((key) => reload(queries, [key])),
    ...[...latest.keys()].map((id) => reload(queries, ['conversation', id])),
    latest.size > 0 ? updateLists(queries, [...latest.values()]) : undefined,
  ]);
}

/** A list that nothing narrows is changed in its place; the others are loaded again. */
async function updateLists(queries: QueryClient, changes: readonly Change[]): Promise<void> {
  const isPlain = (filter: unknown) =>
    Object.values(filter as TimelineFilter).every((value) => value === undefined);
  const plain = queries
    .getQueryCache()
    .findAll({ queryKey: ['conversations'] })
    .find(({ queryKey }) => isPlain(queryKey[1]));
  const single = changes.length <= MAX_SINGLE;
  if (plain && single) {
    const found = await Promise.all(changes.map(load));
    queries.setQueryData<Pages>(plain.queryKey, (old) => old && withChanges(old, changes, found));
  }
  if (!single) shortenLists(queries);
  // A plain list that is not there yet has not been changed in its place.
  const isOld = ({ queryKey, state }: Query) =>
    !single || !isPlain(queryKey[1]) || state.data === undefined;
  await reload(queries, ['conversations'], isOld);
}

/** Lets long lists begin anew with their first pages: all of them are not loaded again. */
function shortenLists(queries: QueryClient): void {
  for (const queryKey of [['conversations'], TASK_LISTS_KEY, MEMORY_LISTS_KEY]) {
    queries.setQueriesData<InfiniteData<ListPage<unknown>, number>>({ queryKey }, (old) =>
      old && old.pages.length > MAX_RELOADED_PAGES
        ? {
            pages: old.pages.slice(0, MAX_RELOADED_PAGES),
            pageParams: old.pageParams.slice(0, MAX_RELOADED_PAGES),
          }
        : old,
    );
  }
}

/** The conversation of a change, without its words, as lists hold it; null if it is gone. */
async function load({ id, deleted }: Change): Promise<Conversation | null> {
  if (deleted) return null;
  try {
    const found = await dataOf(api.GET('/v1/conversations/{id}', { params: { path: { id } } }));
    return { ...found, transcript_segments: [] };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** The pages with changed conversations in their place, new ones in front, and gone ones left out. */
export function withChanges(
  pages: Pages,
  changes: readonly Pick<Change, 'id'>[],
  found: readonly (Conversation | null)[],
): Pages {
  const byId = new Map(changes.map(({ id }, index) => [id, found[index] ?? null]));
  const known = new Set(pages.pages.flatMap(({ items }) => items.map(({ id }) => id)));
  const isShown = (item: Conversation | null): item is Conversation =>
    item !== null && !item.discarded;
  const added = found.filter(isShown).filter(({ id }) => !known.has(id));
  // What is older than everything that was loaded comes with its own page.
  const oldest = pages.pages.at(-1)?.items.at(-1)?.created_at ?? '';
  const isAll = pages.pages.at(-1)?.hasMore === false;
  const fitting = added.filter(({ created_at }) => isAll || created_at >= oldest);
  return {
    ...pages,
    pages: pages.pages.map((page, index) => {
      const kept = page.items
        .map((item) => (byId.has(item.id) ? (byId.get(item.id) ?? null) : item))
        .filter(isShown);
      if (index > 0 || fitting.length === 0) return { ...page, items: kept };
      const items = [...fitting, ...kept].sort((a, b) => b.created_at.localeCompare(a.created_at));
      return { ...page, items };
    }),
  };
}
