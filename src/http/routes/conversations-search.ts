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
  ): Promise<{ items: readonly { conversation: Conversation; segmentIds: readonly string[] }[] }>;
}

/** What the action item routes need of the search; the best match comes first. */
export interface ActionItemSearch {
  searchActionItems(
    uid: string,
    request: { query: string; limit: number },
  ): Promise<readonly ActionItem[]>;
}
