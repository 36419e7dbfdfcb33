import type { Conversation } from '../model/conversations/conversation.ts';
import type { Memory } from '../model/memory.ts';
import type { ActionItem } from '../model/tasks/action-item.ts';
import type { Match } from '../search/question/match-list.ts';
import type { FoundConversation, SearchService } from '../search/question/search-service.ts';

/** What the conversation routes need of the search. Times are epoch milliseconds, inclusive. */
export interface ConversationSearch {
  searchConversations(
    uid: string,
    request: {
      query: string;
      /** From 1. */
      page: number;
      perPage: number;
      includeDiscarded: boolean;
      startDate: number | null;
      endDate: number | null;
    },
  ): Promise<{ items: readonly FoundForRoute[] }>;
}

/** What the search route needs: conversations beside all matches in one order. */
export interface EverythingSearch extends ConversationSearch {
  searchEverything(
    uid: string,
    request: Parameters<ConversationSearch['searchConversations']>[1],
  ): Promise<{ items: readonly FoundForRoute[]; matches: readonly Match[] }>;
}

export interface FoundForRoute {
  conversation: Conversation;
  /** Best first; empty if only title, overview or structure match, or nothing was asked for. */
  matches: readonly {
    /** The segments whose words answer, the best first. */
    segmentIds: readonly string[];
    /** How it was found: `words`, `meaning`, `people`. */
    matched: readonly string[];
    /** Whether it lies in the time that the query names. */
    time: string;
    /** Whether one of the people that the query names speaks in it. */
    person: string;
  }[];
}

/** What the action item routes need of the search; the best match comes first. */
export interface ActionItemSearch {
  searchActionItems(
    uid: string,
    request: { query: string; limit: number },
  ): Promise<readonly ActionItem[]>;
}

/** What the memory routes need of the search; the best match comes first. */
export interface MemorySearch {
  searchMemories(
    uid: string,
    request: { query: string; limit: number },
  ): Promise<readonly { memory: Memory }[]>;
}

/** Passages of one conversation that are shown with it. */
const MATCHES_SHOWN = 10;

/** Returns the search as the routes take it. */
export function searchForRoutes(
  search: SearchService,
): EverythingSearch & ActionItemSearch & MemorySearch {
  return {
    searchMemories: (uid, request) => search.searchMemories(uid, request),
    searchConversations: async (uid, request) => {
      const { items } = await search.searchConversations(uid, request);
      return { items: items.map(forRoute) };
    },
    searchEverything: async (uid, request) => {
      const { items, matches } = await search.searchEverything(uid, request);
      return { items: items.map(forRoute), matches };
    },
    searchActionItems: async (uid, request) =>
      (await search.searchActionItems(uid, request)).map(({ actionItem }) => actionItem),
  };
}

function forRoute({ conversation, matches }: FoundConversation): FoundForRoute {
  return {
    conversation,
    matches: matches
      .filter((match) => match.segmentIds.length > 0)
      .slice(0, MATCHES_SHOWN)
      .map(({ matchedSegmentIds, matched, filter }) => ({
        segmentIds: matchedSegmentIds,
        matched,
        ...filter,
      })),
  };
}
