import type { CollectionDefinition } from '../../model/collection.ts';
import { type Conversation, conversations } from '../../model/conversations/conversation.ts';
import { memories } from '../../model/memory.ts';
import { actionItems } from '../../model/tasks/action-item.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import {
  type SearchHit,
  type SearchIndex,
  type SearchKind,
  USER_SPEAKER,
} from '../search-index.ts';
import type { HeldFilter } from './question-filter.ts';

/** A hit with the filter that it has passed. */
export type RankedHit = SearchHit & { filter: HeldFilter };

/** Whose words a text is; false and null if nobody knows. */
export interface Voice {
  isUser: boolean;
  personId: string | null;
}

/** One thing that was found, with its words. Matches of all kinds are in one order. */
export interface Match extends Voice {
  kind: SearchKind | 'person';
  /** Of the document; of a window, `<conversation id>:<n>`. */
  id: string;
  /** Null for a person, and for what belongs to no conversation. */
  conversation: Conversation | null;
  segmentIds: readonly string[];
  happenedAt: number;
  score: number;
  matched: SearchHit['matched'];
  filter: HeldFilter;
  text: string;
  /** What of the text matches: UTF-16 offsets, begin and end, in order. */
  marks: [from: number, to: number][];
  /** What somebody else says to a question. */
  reply: (Voice & { segmentId: string; text: string }) | null;
}

export interface MatchSources {
  store: DocumentStore;
  index: Pick<SearchIndex, 'quotes'>;
}

export interface MatchListRequest {
  query: string;
  hits: readonly RankedHit[];
  includeDiscarded: boolean;
}

/**
 * Returns hits with their words, in their order, as the store says now: what is gone, locked or
 * rejected is left out, and so is a window whose best segment another window has already shown.
 */
export async function listMatches(
  { store, index }: MatchSources,
  uid: string,
  { query, hits, includeDiscarded }: MatchListRequest,
): Promise<Match[]> {
  const idsOf = (kind: SearchKind): string[] =>
    hits.filter((hit) => hit.kind === kind).map(({ id }) => id);
  const find = async <T extends { id: string }>(
    collection: CollectionDefinition<T>,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, T>> => {
    if (ids.length === 0) return new Map();
    const found = await store.findMany(collection, uid, [...new Set(ids)]);
    return new Map(found.map((document) => [document.id, document]));
  };
  const [talks, facts, tasks, quotes] = await Promise.all([
    find(
      conversations,
      hits.flatMap(({ conversationId }) => conversationId ?? []),
    ),
    find(memories, idsOf('memory')),
    find(actionItems, idsOf('action_item')),
    index.quotes(
      uid,
      query,
      hits.map(({ kind, id, matchedSegmentIds }) => ({
        kind,
        id,
        segmentId: kind === 'window' ? (matchedSegmentIds[0] ?? null) : null,
      })),
    ),
  ]);
  return hits.flatMap((hit, at) => {
    const quote = quotes[at];
    const conversation = talks.get(hit.conversationId ?? '') ?? null;
    if (!quote || conversation?.isLocked) return [];
    if (conversation?.discarded && !includeDiscarded) return [];
    const isThere = {
      window: conversation !== null,
      conversation: conversation !== null,
      memory: facts.get(hit.id)?.isLocked === false && facts.get(hit.id)?.userReview !== false,
      action_item: tasks.get(hit.id)?.isLocked === false,
    }[hit.kind];
    if (!isThere) return [];
    const { kind, id, happenedAt, score, matched, filter } = hit;
    const segmentIds = kind === 'conversation' ? [] : hit.matchedSegmentIds;
    const { text, marks, reply } = quote;
    const answer = reply && {
      ...voiceOf(reply.speaker),
      segmentId: reply.segmentId,
      text: reply.text,
    };
    const what = { kind, id, conversation, segmentIds, happenedAt, score, matched, filter };
    return [{ ...what, ...voiceOf(quote.speaker), text, marks, reply: answer }];
  });
}

function voiceOf(speaker: string | null): Voice {
  const isUser = speaker === USER_SPEAKER;
  return { isUser, personId: isUser ? null : speaker };
}

/** Returns the hits without windows whose best segment a better hit names already. */
export function withoutRepeats(hits: readonly RankedHit[]): RankedHit[] {
  const seen = new Set<string>();
  return hits.filter(({ kind, id, matchedSegmentIds: [best], conversationId }) => {
    const key = kind === 'window' ? `${conversationId}/${best}` : `${kind}:${id}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
