import { type Conversation, conversations } from '../../model/conversations/conversation.ts';
import { newestOfIds, queryByOffset, queryKept } from '../../store/collection.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import {
  type ConversationSearch,
  type ConversationSearchPage,
  fitsSearch,
  isNarrow,
} from './conversation-search.ts';
import type { Rung } from './question-filter.ts';

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
      ? await readFitting(store, uid, search, rung, offset)
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

async function readFitting(
  store: DocumentStore,
  uid: string,
  search: ConversationSearch,
  rung: Rung,
  offset: number,
): Promise<{ items: Conversation[]; hasMore: boolean }> {
  const { perPage: limit } = search;
  const request = toRequest(search, rung);
  if (!isNarrow(search)) return queryByOffset(store, conversations, uid, request, offset, limit);
  const page = { cursor: null, offset, limit };
  const keep = (talk: Conversation) => fitsSearch(search, talk);
  const { items, nextCursor } = await queryKept(store, conversations, uid, request, page, keep);
  return { items, hasMore: nextCursor !== null };
}

/** Reads the conversations by their ids: there are fewer of them than the user has. */
async function readWithin(
  store: DocumentStore,
  uid: string,
  search: ConversationSearch & { within: readonly string[] },
  { from, to }: Rung,
  offset: number,
): Promise<{ items: Conversation[]; hasMore: boolean }> {
  const { within, includeDiscarded, perPage: limit } = search;
  const page = { from, to, offset, limit };
  return await newestOfIds(
    store,
    conversations,
    uid,
    within,
    page,
    (talk) => (includeDiscarded || !talk.discarded) && fitsSearch(search, talk),
  );
}
