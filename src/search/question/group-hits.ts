import type { SearchHit } from '../search-index.ts';
import type { RankedHit } from './match-list.ts';
import { type HeldFilter, heldFilter, type Rung } from './question-filter.ts';

/** The most by which further hits in the same conversation raise its score. */
const MORE_HITS_BONUS = 0.05;

/** Where a conversation was found; of a `conversation` in its title, overview or structure. */
export type ConversationMatch = Pick<
  SearchHit,
  'kind' | 'segmentIds' | 'matchedSegmentIds' | 'happenedAt' | 'score' | 'matched'
> & { filter: HeldFilter };

/** A conversation with what was found in it. */
export interface Group {
  conversationId: string;
  score: number;
  matches: ConversationMatch[];
  filter: HeldFilter;
}

/** What the index has found: by conversation, and hit by hit, both best first. */
export interface Found {
  groups: Group[];
  hits: RankedHit[];
  /** True if there may be more than the index was asked for. */
  more: boolean;
}

/**
 * Hits by conversation, best first. A conversation counts as its best hit, raised a little by the
 * others, so that many weak windows never beat the one that holds the phrase.
 */
export function groupByConversation(
  hits: readonly SearchHit[],
  rung: Rung,
  asked: number,
): Group[] {
  const groups = new Map<string, Group>();
  for (const hit of hits) {
    const conversationId = hit.conversationId ?? hit.id;
    const { kind, segmentIds, matchedSegmentIds, happenedAt, score, matched } = hit;
    const filter = heldFilter(rung, hit, asked);
    const group = groups.get(conversationId) ?? { conversationId, score, matches: [], filter };
    group.matches.push({ kind, segmentIds, matchedSegmentIds, happenedAt, score, matched, filter });
    groups.set(conversationId, group);
  }
  const scored = [...groups.values()].map((group) => ({
    ...group,
    score: group.score * (1 + MORE_HITS_BONUS * (1 - 1 / group.matches.length)),
  }));
  return scored.sort((a, b) => b.score - a.score);
}
