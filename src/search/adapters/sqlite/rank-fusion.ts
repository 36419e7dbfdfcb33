import type { SearchHit } from '../../search-index.ts';
import type { FoundByWords, FoundDocument } from './worker-protocol.ts';

/**
 * Rankings are fused by a convex combination of their scores, each ranking's best being 1 (Bruch,
 * Gai, Ingber, ACM TOIS 2023: better than reciprocal ranks, which forget by how much one is ahead).
 * What a ranking does not hold counts 0 in it. Words weigh most: they are exact, and say which
 * segments match.
 */
const WEIGHTS = { words: 1, people: 1, meaning: 0.5 } as const;
/** So that what was said word for word stays above what is merely about the same. */
const TIER_BONUS = { phrase: 2, all: 0.5, any: 0, meaning: 0 } as const;

/** Scores of the word tiers if words alone answer; the score orders within a tier. */
const TIER_SCORES = { phrase: 3, all: 2, any: 1, meaning: 0 } as const;
/** Below 1 by enough that a caller may raise a score a little without reaching the next tier. */
const WITHIN_TIER = 0.8;
/** A score of this counts half of `WITHIN_TIER`. */
const HALF_SCORE = 12;

type Way = SearchHit['matched'][number];

/** Hits of all rankings, best first, at most `limit`. */
export function fuse(
  { words, people }: FoundByWords,
  meaning: readonly FoundDocument[] | null,
  limit: number,
): SearchHit[] {
  if (people === null && meaning === null) return wordHits(words);
  const hits = new Map<string, SearchHit>();
  const add = (found: FoundDocument, score: number, ways: readonly Way[]) => {
    const key = `${found.kind}:${found.id}`;
    const hit = hits.get(key) ?? toHit(found);
    hit.score += score;
    if (hit.matchedSegmentIds.length === 0) hit.matchedSegmentIds = found.matchedSegmentIds;
    for (const way of ways) if (!hit.matched.includes(way)) hit.matched.push(way);
    hits.set(key, hit);
  };
  // What the people say comes first, so that of a window their segments are named.
  for (const { found, share } of shares(people ?? [], 0)) {
    const byWords = found.matchedSegmentIds.length > 0;
    add(found, WEIGHTS.people * share, byWords ? ['words', 'people'] : ['people']);
  }
  for (const { found, share } of shares(words, 0)) {
    add(found, WEIGHTS.words * share + TIER_BONUS[found.tier], ['words']);
  }
  // Any two texts have something in common: what counts is by how much one is nearer than the rest.
  const farthest = meaning?.at(-1)?.score ?? 0;
  for (const { found, share } of shares(meaning ?? [], meaning?.length === 1 ? 0 : farthest)) {
    add(found, WEIGHTS.meaning * share, ['meaning']);
  }
  const sorted = [...hits.values()].sort((a, b) => b.score - a.score);
  return sorted.slice(0, limit).map(finished);
}

/** Hits found by words alone, best first. */
function wordHits(words: readonly FoundDocument[]): SearchHit[] {
  return words.map((found) => {
    const hit = toHit(found);
    const within = found.score / (HALF_SCORE + found.score);
    hit.score = TIER_SCORES[found.tier] + WITHIN_TIER * within;
    hit.matched.push('words');
    return finished(hit);
  });
}

/** Scores as shares of the way from `least` to the best of the ranking. */
function shares(ranking: readonly FoundDocument[], least: number) {
  const best = Math.max(...ranking.map(({ score }) => score));
  return ranking.map((found) => ({
    found,
    share: best > least ? Math.max(0, found.score - least) / (best - least) : 1,
  }));
}

function toHit(found: FoundDocument): SearchHit {
  const { id, kind, conversationId, happenedAt, segmentIds, matchedSegmentIds } = found;
  return {
    id,
    kind,
    conversationId,
    happenedAt,
    score: 0,
    segmentIds,
    matchedSegmentIds,
    matched: [],
  };
}

/** If no segment stands out, all of them are what matched. */
function finished(hit: SearchHit): SearchHit {
  if (hit.matchedSegmentIds.length > 0) return hit;
  return { ...hit, matchedSegmentIds: hit.segmentIds };
}
