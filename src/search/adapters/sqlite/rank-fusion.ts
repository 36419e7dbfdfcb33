import type { SearchHit } from '../../search-index.ts';
import type { FoundByWords, FoundDocument } from './worker-protocol.ts';

/**
 * Reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009): a document's score is the sum of
 * `1 / (60 + rank)` over the rankings that hold it: words, meaning, and what the people asked for
 * say. Spoken phrases are a ranking of their own with twice the weight, so that what was said word
 * for word stays above what is merely about the same.
 */
const RANK_OFFSET = 60;
const PHRASE_WEIGHT = 2;

/** Scores of the word tiers where words alone answer; `strength` (0 to 1) orders within a tier. */
const TIER_SCORES = { phrase: 3, all: 2, any: 1, meaning: 0 } as const;
/** Below 1 by enough that a caller may raise a score a little without reaching the next tier. */
const STRENGTH_SHARE = 0.8;

type Way = SearchHit['matched'][number];

/** Hits found by words alone, best first. */
export function wordHits(words: readonly FoundDocument[]): SearchHit[] {
  return words.map((found) => {
    const hit = toHit(found);
    hit.score = TIER_SCORES[found.tier] + STRENGTH_SHARE * found.strength;
    hit.matched.push('words');
    return finished(hit);
  });
}

/** Hits of all rankings, best first, at most `limit`; scores from 0 to 1, a phrase up to 3. */
export function fuse(
  { words, people }: FoundByWords,
  meaning: readonly FoundDocument[] | null,
  limit: number,
): SearchHit[] {
  if (people === null && meaning === null) return wordHits(words);
  const hits = new Map<string, SearchHit>();
  const rankings = 1 + (people === null ? 0 : 1) + (meaning === null ? 0 : 1);
  const add = (found: FoundDocument, rank: number, weight: number, ways: readonly Way[]) => {
    const key = `${found.kind}:${found.id}`;
    const hit = hits.get(key) ?? toHit(found);
    hit.score += (weight * (RANK_OFFSET + 1)) / (RANK_OFFSET + rank) / rankings;
    if (hit.matchedSegmentIds.length === 0) hit.matchedSegmentIds = found.matchedSegmentIds;
    for (const way of ways) if (!hit.matched.includes(way)) hit.matched.push(way);
    hits.set(key, hit);
  };
  // What the people say comes first, so that of a window their segments are named.
  people?.forEach((found, i) => {
    const byWords = found.matchedSegmentIds.length > 0;
    add(found, i + 1, 1, byWords ? ['words', 'people'] : ['people']);
  });
  words.forEach((found, i) => {
    add(found, i + 1, found.tier === 'phrase' ? 1 + PHRASE_WEIGHT : 1, ['words']);
  });
  meaning?.forEach((found, i) => {
    add(found, i + 1, 1, ['meaning']);
  });
  const sorted = [...hits.values()].sort((a, b) => b.score - a.score);
  return sorted.slice(0, limit).map(finished);
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

/** Where no segment stands out, all of them are what matched. */
function finished(hit: SearchHit): SearchHit {
  if (hit.matchedSegmentIds.length > 0) return hit;
  return { ...hit, matchedSegmentIds: hit.segmentIds };
}
