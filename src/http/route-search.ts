import { z } from 'zod';
import type { Conversation } from '../model/conversations/conversation.ts';
import type { Memory } from '../model/memory.ts';
import type { ActionItem } from '../model/tasks/action-item.ts';
import { toIso } from '../model/timestamp.ts';
import type {
  FoundConversation,
  ConversationSearch as SearchRequest,
} from '../search/question/conversation-search.ts';
import type { Match } from '../search/question/match-list.ts';
import type { SearchService, Understood } from '../search/question/search-service.ts';

/** The kinds of things that are searched, as the wire names them. */
export const searchKindSchema = z.enum([
  'transcript',
  'conversation',
  'memory',
  'action_item',
  'person',
]);

/** Who speaks: the user, a known person, or nobody known (false and null). */
const voice = { is_user: z.boolean(), person_id: z.string().nullable() };

/** One sentence that was found. `marks` are pairs of UTF-16 offsets in `text`. */
export const searchMatchSchema = z
  .object({
    kind: searchKindSchema,
    /** Of the conversation, memory, action item or person. */
    id: z.string(),
    conversation_id: z.string().nullable(),
    /** Of the conversation. */
    title: z.string(),
    discarded: z.boolean(),
    /** The best first. */
    segment_ids: z.array(z.string()),
    ...voice,
    text: z.string(),
    marks: z.array(z.array(z.number()).length(2)),
    /** What somebody else says to a question that was found. */
    reply: z.object({ segment_id: z.string(), ...voice, text: z.string() }).nullable(),
    /** Higher is better; comparable within one answer only. */
    score: z.number(),
    happened_at: z.string(),
    matched: z.array(z.string()),
    time: z.string(),
    person: z.string(),
  })
  .meta({ id: 'SearchMatch' });

/** Returns one match of a search on the wire. */
export function searchMatchToWire(match: Match): z.infer<typeof searchMatchSchema> {
  const { kind, conversation, reply } = match;
  return {
    kind: kind === 'window' ? 'transcript' : kind,
    id: kind === 'window' ? (conversation?.id ?? match.id) : match.id,
    conversation_id: conversation?.id ?? null,
    title: conversation?.structured.title ?? '',
    discarded: conversation?.discarded ?? false,
    segment_ids: [...match.segmentIds],
    is_user: match.isUser,
    person_id: match.personId,
    text: match.text,
    marks: match.marks.map(([from, to]) => [from, to]),
    reply: reply && {
      segment_id: reply.segmentId,
      is_user: reply.isUser,
      person_id: reply.personId,
      text: reply.text,
    },
    score: match.score,
    happened_at: toIso(match.happenedAt),
    matched: [...match.matched],
    ...match.filter,
  };
}

/** How a query was understood, so that a client can show it and take parts of it back. */
export const understoodSchema = z
  .object({
    /** The words that are looked for. */
    query: z.string(),
    /** The time that the query names, inclusive, and the words that say so. */
    time: z.object({ from: z.string(), to: z.string(), text: z.string() }).nullable(),
    people: z.array(
      z.object({ person_id: z.string().nullable(), name: z.string(), words: z.array(z.string()) }),
    ),
  })
  .meta({ id: 'UnderstoodQuery' });

/** Returns on the wire how a query was understood; the user has no `person_id`. */
export function understoodToWire(found: Understood): z.infer<typeof understoodSchema> {
  const { query, time, people } = found;
  return {
    query,
    time: time && { from: toIso(time.from), to: toIso(time.to), text: time.text },
    people: people.map(({ personId, name, words }) => ({
      person_id: personId,
      name,
      words: [...words],
    })),
  };
}

/** Returns the kind of match of a kind on the wire. */
export function toMatchKind(kind: z.infer<typeof searchKindSchema>): Match['kind'] {
  return kind === 'transcript' ? 'window' : kind;
}

/** What no route narrows a search by: a question of the chat does. */
type WithoutRoute = 'within' | 'heardFirst';

/** What the conversation routes need of the search. Times are epoch milliseconds, inclusive. */
export interface ConversationSearch {
  searchConversations(
    uid: string,
    request: Omit<SearchRequest, WithoutRoute>,
  ): Promise<{ items: readonly FoundForRoute[] }>;
}

/** What the search route needs: conversations beside all matches in one order. */
export interface EverythingSearch extends ConversationSearch {
  searchEverything(
    uid: string,
    request: Omit<SearchRequest, WithoutRoute>,
  ): Promise<{
    items: readonly FoundForRoute[];
    matches: readonly Match[];
    understood: Understood;
  }>;
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
      const { items, ...found } = await search.searchEverything(uid, request);
      return { ...found, items: items.map(forRoute) };
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
