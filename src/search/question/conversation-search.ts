import type { Conversation } from '../../model/conversations/conversation.ts';
import {
  type ConversationTraits,
  fitsTraits,
  hasTraits,
} from '../../model/conversations/conversation-traits.ts';
import type { AskedPerson } from '../search-index.ts';
import type { ConversationMatch } from './group-hits.ts';
import type { Match } from './match-list.ts';
import type { HeldFilter } from './question-filter.ts';

/** What conversations are searched for. */
export interface ConversationSearch extends ConversationTraits {
  /** Empty or blank: the newest conversations. */
  query: string;
  /** From 1. */
  page: number;
  perPage: number;
  includeDiscarded: boolean;
  /**
   * Inclusive bounds on when it happened, epoch milliseconds. Nothing outside of them is answered.
   * If both are null, a time that the query names comes first, and what is near it next.
   */
  startDate: number | null;
  endDate: number | null;
  /** Only what is of these kinds; absent: all. */
  kinds?: readonly Match['kind'][];
  /** Only conversations of a folder, and what comes from them; absent or null: any. */
  folderId?: string | null;
  /** Only conversations with a star or without one, and what comes from them; absent or null: any. */
  starred?: boolean | null;
  /** Only these conversations, and what comes from them; absent or null: any. */
  within?: readonly string[] | null;
  /** Only conversations in which this person speaks, and what comes from them; absent: any. */
  heardIn?: string;
  /** What one of them says comes first; nothing is left out for it. Absent: nobody's. */
  heardFirst?: readonly AskedPerson[];
}

/** A search of memories or tasks. */
export interface DocumentSearch {
  query: string;
  limit: number;
  /** Only what comes from these conversations; absent or null: any. */
  within?: readonly string[] | null;
}

/** A conversation that was found. */
export interface FoundConversation {
  conversation: Conversation;
  /** Best first; empty if nothing was asked for but a time. */
  matches: ConversationMatch[];
  /** Of its best match. */
  filter: HeldFilter;
}

/** A page of conversations, best first. */
export interface ConversationSearchPage {
  items: FoundConversation[];
  page: number;
  perPage: number;
  /** If more is likely than was counted, one more than `page`, as Omi answers. */
  totalPages: number;
}

/** Returns true if a search is narrowed to some of the conversations, whatever their time. */
export function isNarrow(search: ConversationSearch): boolean {
  return search.folderId != null || search.starred != null || hasTraits(search);
}

/** Returns true for a conversation of the folder, with the star and the traits that are asked for. */
export function fitsSearch(search: ConversationSearch, conversation: Conversation): boolean {
  const { folderId, starred } = search;
  return (
    (folderId == null || conversation.folderId === folderId) &&
    (starred == null || conversation.starred === starred) &&
    fitsTraits(search, conversation)
  );
}
