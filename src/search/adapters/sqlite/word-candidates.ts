import type { SpokenLine } from '../../search-index.ts';
import type { Sqlite } from './index-file.ts';
import { type WindowPlace, windowPlace } from './neighbours.ts';
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
  window: WindowPlace | null;
  matchedSegmentIds: string[];
  segments(): string[];
  title(): string;
  text(): string;
  lines(): SpokenLine[];
}

interface Text {
  title: string;
  text: string;
  segments: string;
  lines: string;
}

/** The rows of candidates; those that are gone are left out. */
export function readCandidates(db: Sqlite, candidates: readonly Candidate[]): CandidateRow[] {
  const find = db.prepare<
    [bigint],
    Pick<CandidateRow, 'id' | 'kind' | 'conversation' | 'happened'>
  >('SELECT id, kind, conversation, happened FROM docs WHERE rowid = ?');
  const read = db.prepare<[bigint], Text>(
    'SELECT title, text, segments, lines FROM texts WHERE rowid = ?',
  );
  return candidates.flatMap((candidate) => {
    const row = find.get(BigInt(candidate.rowid));
    if (!row) return [];
    let loaded: Text | undefined;
    const text = (): Text => {
      loaded ??= read.get(BigInt(candidate.rowid)) ?? {
        title: '',
        text: '',
        segments: '[]',
        lines: '[]',
      };
      return loaded;
    };
    return [
      {
        ...candidate,
        ...row,
        window: kindOf(row.kind) === 'window' ? windowPlace(row.id) : null,
        matchedSegmentIds: [],
        segments: (): string[] => JSON.parse(text().segments),
        title: () => text().title,
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
    score: row.score,
  };
}
