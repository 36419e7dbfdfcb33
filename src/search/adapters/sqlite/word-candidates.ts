import type { SpokenLine } from '../../search-index.ts';
import type { Sqlite } from './index-file.ts';
import { kindOf } from './row-ids.ts';
import type { FoundDocument } from './worker-protocol.ts';

/** A row that words have found; a higher score is better. */
export interface Candidate {
  rowid: number;
  tier: FoundDocument['tier'];
  score: number;
}

/** A candidate with what is needed to weigh it further. Its text is read only when asked for. */
export interface CandidateRow extends Candidate {
  id: string;
  kind: number;
  conversation: string | null;
  happened: number;
  /** Which window of which conversation, null for the other kinds. */
  window: { of: string; n: number } | null;
  matchedSegmentIds: string[];
  segments(): string[];
  text(): string;
  lines(): SpokenLine[];
}

interface Text {
  text: string;
  segments: string;
  lines: string;
}

/** The rows of candidates; those that are gone are left out. */
export function readCandidates(db: Sqlite, candidates: readonly Candidate[]): CandidateRow[] {
  const find = db.prepare<[bigint], Pick<CandidateRow, 'id' | 'kind' | 'conversation' | 'happened'>>(
    'SELECT id, kind, conversation, happened FROM docs WHERE rowid = ?',
  );
  const read = db.prepare<[bigint], Text>('SELECT text, segments, lines FROM texts WHERE rowid = ?');
  return candidates.flatMap((candidate) => {
    const row = find.get(BigInt(candidate.rowid));
    if (!row) return [];
    let loaded: Text | undefined;
    const text = (): Text => {
      loaded ??= read.get(BigInt(candidate.rowid)) ?? { text: '', segments: '[]', lines: '[]' };
      return loaded;
    };
    return [
      {
        ...candidate,
        ...row,
        window: windowOf(row),
        matchedSegmentIds: [],
        segments: (): string[] => JSON.parse(text().segments),
        text: () => text().text,
        lines: (): SpokenLine[] => JSON.parse(text().lines),
      },
    ];
  });
}

/** What is answered of a candidate. */
export function toFound(row: CandidateRow): FoundDocument {
  return {
    id: row.id,
    kind: kindOf(row.kind),
    conversationId: row.conversation,
    happenedAt: row.happened,
    segmentIds: row.segments(),
    matchedSegmentIds: row.matchedSegmentIds,
    tier: row.tier,
    strength: strengthOf(row.score),
  };
}

/** Scores run from 0 without a bound; strength from 0 towards 1. */
function strengthOf(score: number): number {
  return score / (12 + score);
}

function windowOf({ id, kind }: { id: string; kind: number }): CandidateRow['window'] {
  const colon = id.lastIndexOf(':');
  if (kindOf(kind) !== 'window' || colon < 0) return null;
  const n = Number(id.slice(colon + 1));
  return Number.isInteger(n) ? { of: id.slice(0, colon), n } : null;
}
