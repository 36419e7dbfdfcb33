import type { SearchHit } from '../../search-index.ts';
import type { FoundDocument } from './worker-protocol.ts';

/**
 * Reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009): a document's score is the sum of
 * `1 / (60 + rank)` over the rankings that hold it. Spoken phrases are a ranking of their own with
 * twice the weight, so that what was said word for word stays above what is merely about the same.
 */
const RANK_OFFSET = 60;
const PHRASE_WEIGHT = 2;

/** Scores of the word tiers where words alone answer; `strength` (0 to 1) orders within a tier. */
const TIER_SCORES = { phrase: 3, all: 2, any: 1, meaning: 0 } as const;
/** Below 1 by enough that a caller may raise a score a little without reaching the next tier. */
const STRENGTH_SHARE = 0.8;

/** Hits found by words alone, best first. */
export function wordHits(words: readonly FoundDocument[]): SearchHit[] {
  return words.map((found) =>
    toHit(found, TIER_SCORES[found.tier] + STRENGTH_SHARE * found.strength, ['words']),
  );
}

/** Hits of both rankings, best first, at most `limit`. */
export function fuse(
  words: readonly FoundDocument[],
  meaning: readonly FoundDocument[],
  limit: number,
): SearchHit[] {
  const hits = new Map<string, SearchHit>();
  const add = (found: FoundDocument, rank: number, weight: number, how: 'words' | 'meaning') => {
    const key = `${found.kind}:${found.id}`;
    const hit = hits.get(key) ?? toHit(found, 0, []);
    hit.score += weight / (RANK_OFFSET + rank);
    if (!hit.matched.includes(how)) hit.matched.push(how);
    hits.set(key, hit);
  };
  words.forEach((found, i) => {
    add(found, i + 1, found.tier === 'phrase' ? 1 + PHRASE_WEIGHT : 1, 'words');
  });
  meaning.forEach((found, i) => {
    add(found, i + 1, 1, 'meaning');
  });
  return [...hits.values()].sort((a, b) => b.score - a.score).slice(0, limit);
}

function toHit(found: FoundDocument, score: number, matched: SearchHit['matched']): SearchHit {
  const { id, kind, conversationId, happenedAt, segmentIds } = found;
  return { id, kind, conversationId, happenedAt, score, segmentIds, matched };
}
