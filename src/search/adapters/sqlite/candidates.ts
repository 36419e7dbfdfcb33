import type { SpokenLine } from '../../search-index.ts';
import { prepareOnce, type Sqlite } from './index-file.ts';
import { kindOf } from './row-ids.ts';
import type { FoundDocument } from './worker-protocol.ts';

/** A row of the table `docs`. */
export interface DocumentRow {
  rowid: number;
  id: string;
  kind: number;
  conversation: string | null;
  happened: number;
}

/** Which window of which conversation a document is. */
export interface WindowPlace {
  of: string;
  n: number;
}

/** A row that was found; a higher score is better. */
export interface Candidate extends DocumentRow {
  tier: FoundDocument['tier'];
  score: number;
  /** Null for documents that are no windows of a conversation. */
  window: WindowPlace | null;
  matchedSegmentIds: string[];
}

/** A row of the table `texts`. */
export interface DocumentText {
  title: string;
  text: string;
  segments: string;
  lines: string;
}

/** Returns a row as a candidate that has matched no segments yet. */
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
    const statement = prepareOnce<[bigint], DocumentText>(
      db,
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

  /** Returns a candidate in the form in which the worker answers. */
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

/** Returns the place of a window by its id, `<conversation id>:<n>`. */
export function windowPlace(id: string): WindowPlace | null {
  const colon = id.lastIndexOf(':');
  const n = Number(id.slice(colon + 1));
  return colon >= 0 && Number.isInteger(n) ? { of: id.slice(0, colon), n } : null;
}

/**
 * Returns what the windows around each candidate score together: half of the score of the windows
 * before and after it, a quarter of the score of the next ones. A window that was not found counts
 * `absent`. 0 for candidates that are no windows.
 */
export function neighbourScores(
  rows: readonly Candidate[],
  absent: number,
): Map<Candidate, number> {
  const scores = new Map(
    rows.flatMap(({ window, score }) => (window ? [[`${window.of}:${window.n}`, score]] : [])),
  );
  return new Map(
    rows.map((row) => {
      const { window } = row;
      if (!window) return [row, 0];
      const at = (step: number) => scores.get(`${window.of}:${window.n + step}`) ?? absent;
      return [row, (at(-1) + at(1)) / 2 + (at(-2) + at(2)) / 4];
    }),
  );
}
