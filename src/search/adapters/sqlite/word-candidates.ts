import type { SpokenLine } from '../../search-index.ts';
import type { Sqlite } from './index-file.ts';
import { type WindowPlace, windowPlace } from './neighbours.ts';
import { kindOf } from './row-ids.ts';
import type { FoundDocument } from './worker-protocol.ts';

/** What `docs` says of a row that was found. */
export interface DocumentRow {
  rowid: number;
  id: string;
  kind: number;
  conversation: string | null;
  happened: number;
}

/** A row that was found; a higher score is better. */
export interface Candidate extends DocumentRow {
  tier: FoundDocument['tier'];
  score: number;
  /** Which window of which conversation, null for the other kinds. */
  window: WindowPlace | null;
  matchedSegmentIds: string[];
}

/** What was said in a document, and by whom. */
export interface DocumentText {
  title: string;
  text: string;
  segments: string;
  lines: string;
}

/** A row of `docs` as a candidate. */
export function toCandidate(
  row: DocumentRow,
  tier: FoundDocument['tier'],
  score: number,
): Candidate {
  const window = kindOf(row.kind) === 'window' ? windowPlace(row.id) : null;
  return { ...row, tier, score, window, matchedSegmentIds: [] };
}

/** Reads the texts of documents, each once. */
export class DocumentTexts {
  readonly #read: (rowid: bigint) => DocumentText | undefined;
  readonly #known = new Map<number, DocumentText>();

  constructor(db: Sqlite) {
    const statement = db.prepare<[bigint], DocumentText>(
      'SELECT title, text, segments, lines FROM texts WHERE rowid = ?',
    );
    this.#read = (rowid) => statement.get(rowid);
  }

  of({ rowid }: Candidate): DocumentText {
    const known = this.#known.get(rowid);
    if (known) return known;
    const text = this.#read(BigInt(rowid)) ?? { title: '', text: '', segments: '[]', lines: '[]' };
    this.#known.set(rowid, text);
    return text;
  }

  linesOf(candidate: Candidate): SpokenLine[] {
    return JSON.parse(this.of(candidate).lines);
  }

  /** What is answered of a candidate. */
  toFound(candidate: Candidate): FoundDocument {
    return {
      id: candidate.id,
      kind: kindOf(candidate.kind),
      conversationId: candidate.conversation,
      happenedAt: candidate.happened,
      segmentIds: JSON.parse(this.of(candidate).segments),
      matchedSegmentIds: candidate.matchedSegmentIds,
      tier: candidate.tier,
      score: candidate.score,
    };
  }
}
