import type { Category } from '../model/conversations/category.ts';
import {
  type Conversation,
  type ConversationSource,
  type ConversationStatus,
  conversations,
} from '../model/conversations/conversation.ts';
import {
  type ConversationTraits,
  fitsTraits,
  hasTraits,
} from '../model/conversations/conversation-traits.ts';
import { newestOfIds, queryAll, queryByOffset, queryKept } from '../store/collection.ts';
import type { DocumentReader } from '../store/document-store.ts';

/** Conversations with a person that a list holds, those that were heard last. */
const MOST_WITH_PERSON = 10_000;
/** Conversations whose categories and sources are suggested, the newest. */
const LOOKED_THROUGH = 5000;

/** Which conversations a list or a count holds; null does not restrict. Times are epoch milliseconds, inclusive. */
export interface ConversationFilter extends ConversationTraits {
  statuses: readonly ConversationStatus[];
  includeDiscarded: boolean;
  createdFrom: number | null;
  createdTo: number | null;
  folderId: string | null;
  starred: boolean | null;
  /** Only conversations in which this person speaks; null or absent: any. */
  personId?: string | null;
}

/** What a list of conversations is read from. */
export interface ListSources {
  store: DocumentReader;
  /** Ids of the conversations in which a person speaks, those that were heard last first. */
  conversationsOf: (uid: string, personId: string, limit: number) => Promise<string[]>;
}

/** What the conversations of a user are narrowed by. */
export interface ListedTraits {
  categories: Category[];
  sources: ConversationSource[];
}

/** A page of the conversations that a filter lets through, the newest first. */
export async function listConversations(
  { store, conversationsOf }: ListSources,
  uid: string,
  filter: ConversationFilter,
  page: { offset: number; limit: number },
): Promise<Conversation[]> {
  const { personId = null } = filter;
  const { offset, limit } = page;
  if (personId !== null) {
    const ids = await conversationsOf(uid, personId, MOST_WITH_PERSON);
    const wanted = { from: filter.createdFrom, to: filter.createdTo, offset, limit };
    const keep = (conversation: Conversation) => fits(filter, conversation);
    return (await newestOfIds(store, conversations, uid, ids, wanted, keep)).items;
  }
  const request = toRequest(filter);
  if (!hasTraits(filter)) {
    return (await queryByOffset(store, conversations, uid, request, offset, limit)).items;
  }
  const kept = { cursor: null, offset, limit };
  const keep = (conversation: Conversation) => fitsTraits(filter, conversation);
  return (await queryKept(store, conversations, uid, request, kept, keep)).items;
}

/** The categories and sources that the newest conversations have, each in the order of the alphabet. */
export async function listTraits(reader: DocumentReader, uid: string): Promise<ListedTraits> {
  const categories = new Set<Category>();
  const sources = new Set<ConversationSource>();
  let seen = 0;
  const request = { query: 'recent', filters: { discarded: false } } as const;
  for await (const { structured, source } of queryAll(reader, conversations, uid, request)) {
    categories.add(structured.category);
    sources.add(source);
    seen += 1;
    if (seen >= LOOKED_THROUGH) break;
  }
  return { categories: [...categories].sort(), sources: [...sources].sort() };
}

/** Returns true for a conversation that a filter lets through, whoever speaks in it, and whenever. */
function fits(filter: ConversationFilter, conversation: Conversation): boolean {
  const { statuses, includeDiscarded, folderId, starred } = filter;
  return (
    statuses.includes(conversation.status) &&
    (includeDiscarded || !conversation.discarded) &&
    (folderId === null || conversation.folderId === folderId) &&
    (starred === null || conversation.starred === starred) &&
    fitsTraits(filter, conversation)
  );
}

/** Returns the query of a filter, without its person and traits. */
export function toRequest(filter: ConversationFilter) {
  const { statuses, includeDiscarded, createdFrom, createdTo, folderId, starred } = filter;
  return {
    query: 'recent' as const,
    filters: {
      status: statuses,
      ...(includeDiscarded ? {} : { discarded: false }),
      ...(folderId === null ? {} : { folderId }),
      ...(starred === null ? {} : { starred }),
    },
    ...(createdFrom === null ? {} : { from: createdFrom }),
    ...(createdTo === null ? {} : { to: createdTo }),
  };
}
