import type { ActionItem } from '../../model/action-item.ts';
import type { Conversation } from '../../model/conversation.ts';

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

export interface FoundForRoute {
  conversation: Conversation;
  /** Best first; empty where only title, overview or structure match, or nothing was asked for. */
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
