import type { SearchRequest } from '../../search-index.ts';
import type { Sqlite } from './index-file.ts';
import { LineRanking } from './line-ranking.ts';
import { neighbourScores } from './neighbours.ts';
import { type Candidate, DocumentTexts } from './word-candidates.ts';
import { parseWordQuery } from './word-query.ts';
import type { FoundDocument } from './worker-protocol.ts';

/** What the windows before and after count beside the window itself. */
const NEIGHBOUR_SHARE = 0.5;

/**
 * Ranks what is near by meaning (scores are cosines): one window among others about the same counts
 * more than one that stands alone. The segments that share words with the query are named.
 */
export function rankByMeaning(
  db: Sqlite,
  request: SearchRequest,
  rows: Candidate[],
): FoundDocument[] {
  const farthest = Math.min(...rows.map(({ score }) => score));
  const around = neighbourScores(rows, farthest);
  for (const row of rows) {
    // Whatever is no window has nothing around it and counts by itself alone. A window's surroundings
    // have weights of 1.5 together.
    const others = row.window ? (around.get(row) ?? 0) / 1.5 : row.score;
    row.score = (row.score + NEIGHBOUR_SHARE * others) / (1 + NEIGHBOUR_SHARE);
  }
  rows.sort((a, b) => b.score - a.score);
  const asked = new Set(request.people.map(({ speaker }) => speaker));
  const terms = parseWordQuery(request.query).terms.map((term) => ({ ...term, weight: 1 }));
  const lines = new LineRanking(terms, asked);
  const texts = new DocumentTexts(db);
  return rows.slice(0, request.limit).map((row) => {
    const { title, text } = texts.of(row);
    row.matchedSegmentIds = lines.score(title, text, texts.linesOf(row)).segmentIds;
    return texts.toFound(row);
  });
}
