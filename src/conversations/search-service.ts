import { describeError, isAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { type ActionItem, actionItems } from '../model/action-item.ts';
import type { CollectionDefinition } from '../model/collection.ts';
import { type Conversation, conversations } from '../model/conversation.ts';
import { type Memory, memories } from '../model/memory.ts';
import type { SearchHit, SearchIndex, SearchKind } from '../search/search-index.ts';
import { queryByOffset } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { SearchFeed } from './search-feed.ts';

/** How long an answer waits for the index to catch up; after that it answers from what is there. */
const CATCH_UP_MS = 2000;
/** Hits that are asked for, for each conversation wanted: several windows may be of the same one. */
const HITS_PER_CONVERSATION = 8;
const MIN_HITS = 100;
const MAX_HITS = 4000;
/** The most by which further hits in the same conversation raise its score. */
const MORE_HITS_BONUS = 0.05;

export interface ConversationSearch {
  /** Empty or blank: the newest conversations. */
  query: string;
  /** From 1. */
  page: number;
  perPage: number;
  includeDiscarded: boolean;
  /** Inclusive bounds on when it happened, epoch milliseconds. */
  startDate: number | null;
  endDate: number | null;
}

/** Where a conversation was found; of a `conversation` in its title, overview or structure. */
export type ConversationMatch = Pick<
  SearchHit,
  'kind' | 'segmentIds' | 'happenedAt' | 'score' | 'matched'
>;

export interface FoundConversation {
  conversation: Conversation;
  /** Best first; empty where nothing was asked for. */
  matches: ConversationMatch[];
}

export interface ConversationSearchPage {
  items: FoundConversation[];
  page: number;
  perPage: number;
  /** Where more is likely than was counted, one more than `page`, as Omi answers. */
  totalPages: number;
}

export interface SearchServiceOptions {
  store: DocumentStore;
  index: SearchIndex;
  feed: SearchFeed;
  logger: Logger;
}

/** Answers searches from the index with the documents as they stand in the store. */
export class SearchService {
  readonly #store: DocumentStore;
  readonly #index: SearchIndex;
  readonly #feed: SearchFeed;
  readonly #logger: Logger;

  constructor(options: SearchServiceOptions) {
    this.#store = options.store;
    this.#index = options.index;
    this.#feed = options.feed;
    this.#logger = options.logger;
  }

  /** One page of the conversations that answer a query, titles and transcripts alike. */
  async searchConversations(
    uid: string,
    search: ConversationSearch,
  ): Promise<ConversationSearchPage> {
    if (search.query.trim() === '') return this.#newest(uid, search);
    const { page, perPage } = search;
    const wanted = page * perPage + 1;
    const limit = Math.min(MAX_HITS, Math.max(MIN_HITS, wanted * HITS_PER_CONVERSATION));
    const hits = await this.#search(uid, search, ['conversation', 'window'], limit);
    const groups = groupByConversation(hits);
    const shown = groups.slice((page - 1) * perPage, page * perPage);
    const found = await this.#store.findMany(
      conversations,
      uid,
      shown.map((group) => group.conversationId),
    );
    const byId = new Map(found.map((conversation) => [conversation.id, conversation]));
    const items = shown.flatMap(({ conversationId, matches }) => {
      const conversation = byId.get(conversationId);
      // The index may be behind the store: what the store says now decides.
      if (!conversation || conversation.isLocked) return [];
      if (conversation.discarded && !search.includeDiscarded) return [];
      return [{ conversation, matches }];
    });
    const counted = Math.ceil(groups.length / perPage);
    const more = hits.length >= limit ? page + 1 : 0;
    return { items, page, perPage, totalPages: Math.max(1, counted, more) };
  }

  /** Memories that answer a query, best first, those that the user rejected left out. */
  async searchMemories(
    uid: string,
    search: { query: string; limit: number },
  ): Promise<{ memory: Memory; score: number }[]> {
    const found = await this.#documents(uid, search, 'memory', memories);
    return found
      .filter(({ document }) => document.userReview !== false && !document.isLocked)
      .map(({ document, score }) => ({ memory: document, score }));
  }

  /** Action items that answer a query, best first. */
  async searchActionItems(
    uid: string,
    search: { query: string; limit: number },
  ): Promise<{ actionItem: ActionItem; score: number }[]> {
    const found = await this.#documents(uid, search, 'action_item', actionItems);
    return found
      .filter(({ document }) => !document.isLocked)
      .map(({ document, score }) => ({ actionItem: document, score }));
  }

  async #documents<T extends { id: string }>(
    uid: string,
    search: { query: string; limit: number },
    kind: SearchKind,
    collection: CollectionDefinition<T>,
  ): Promise<{ document: T; score: number }[]> {
    const bounds = { startDate: null, endDate: null, includeDiscarded: true };
    const hits = await this.#search(uid, { ...bounds, query: search.query }, [kind], search.limit);
    const ids = hits.map((hit) => hit.id);
    const found = await this.#store.findMany(collection, uid, ids);
    const byId = new Map(found.map((document) => [document.id, document]));
    return hits.flatMap(({ id, score }) => {
      const document = byId.get(id);
      return document ? [{ document, score }] : [];
    });
  }

  async #search(
    uid: string,
    search: Pick<ConversationSearch, 'query' | 'includeDiscarded' | 'startDate' | 'endDate'>,
    kinds: readonly SearchKind[],
    limit: number,
  ): Promise<SearchHit[]> {
    await this.#catchUp(uid);
    return this.#index.search(uid, {
      query: search.query,
      kinds,
      from: search.startDate,
      to: search.endDate,
      includeDiscarded: search.includeDiscarded,
      limit,
    });
  }

  /** Catches up for a bounded time: an index that is behind is better than no answer. */
  async #catchUp(uid: string): Promise<void> {
    try {
      await this.#feed.catchUp(uid, AbortSignal.timeout(CATCH_UP_MS));
    } catch (error) {
      if (isAppError(error, 'aborted')) {
        this.#logger.info('a search was answered before the index had caught up');
      } else {
        this.#logger.error({ error: describeError(error) }, 'catching up before a search failed');
      }
    }
  }

  async #newest(uid: string, search: ConversationSearch): Promise<ConversationSearchPage> {
    const { page, perPage, startDate, endDate } = search;
    const { items, hasMore } = await queryByOffset(
      this.#store,
      conversations,
      uid,
      {
        query: 'recent',
        ...(search.includeDiscarded ? {} : { filters: { discarded: false } }),
        ...(startDate === null ? {} : { from: startDate }),
        ...(endDate === null ? {} : { to: endDate }),
      },
      (page - 1) * perPage,
      perPage,
    );
    return {
      items: items
        .filter((conversation) => !conversation.isLocked)
        .map((conversation) => ({ conversation, matches: [] })),
      page,
      perPage,
      totalPages: hasMore ? page + 1 : page,
    };
  }
}

interface Group {
  conversationId: string;
  score: number;
  matches: ConversationMatch[];
}

/**
 * Hits by conversation, best first. A conversation counts as its best hit, raised a little by the
 * others, so that many weak windows never beat the one that holds the phrase.
 */
function groupByConversation(hits: readonly SearchHit[]): Group[] {
  const groups = new Map<string, Group>();
  for (const hit of hits) {
    const conversationId = hit.conversationId ?? hit.id;
    const group = groups.get(conversationId) ?? { conversationId, score: hit.score, matches: [] };
    const { kind, segmentIds, happenedAt, score, matched } = hit;
    group.matches.push({ kind, segmentIds, happenedAt, score, matched });
    groups.set(conversationId, group);
  }
  const scored = [...groups.values()].map((group) => ({
    ...group,
    score: group.score * (1 + MORE_HITS_BONUS * (1 - 1 / group.matches.length)),
  }));
  return scored.sort((a, b) => b.score - a.score);
}
