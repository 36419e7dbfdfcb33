import { countWords } from '../../text/word-count.ts';

/** What one speaker said without interruption. Times in ms from the transcript's start. */
export interface ImportedTurn {
  /** The name that the file gives, null if it gives none. */
  speaker: string | null;
  text: string;
  startMs: number;
  endMs: number;
}

/** One conversation of a file. */
export interface ImportedTalk {
  /** At least one, in the order in which they are spoken. */
  turns: ImportedTurn[];
  /** The title that the file gives; null without one. */
  title: string | null;
  /** When it began, epoch milliseconds; null if the file does not tell. */
  startedAt: number | null;
  /** BCP-47; null if the file does not tell. */
  language: string | null;
  /** The speaker whom the file marks as its owner; null if it marks none. */
  userLabel: string | null;
}

/** Text of a file that is no speech and therefore in no turn. */
export interface LeftOut {
  /** What it is, in the singular: `repeated caption line`. */
  what: string;
  count: number;
  words: number;
}

export interface ImportedTranscript {
  /** Id of the format that it was read as. */
  format: string;
  /** At least one. */
  talks: ImportedTalk[];
  leftOut: LeftOut[];
}

/** A turn without a time in the file. */
export type UntimedTurn = Pick<ImportedTurn, 'speaker' | 'text'>;

/** Pace of calm speech: what a word takes if a file has no times. */
export const MS_PER_WORD = 300;

/** Lays turns without times one after another, 0.3 s a word. */
export function timeTurns(turns: readonly UntimedTurn[]): ImportedTurn[] {
  let at = 0;
  return turns.map((turn) => {
    const startMs = at;
    at += Math.max(1, countWords(turn.text)) * MS_PER_WORD;
    return { ...turn, startMs, endMs: at };
  });
}

/** A conversation of which only the turns are known. */
export function talkOf(
  turns: ImportedTurn[],
  known: Partial<Omit<ImportedTalk, 'turns'>> = {},
): ImportedTalk {
  return { title: null, startedAt: null, language: null, userLabel: null, ...known, turns };
}

/** Length of a transcript: the end of its last words, milliseconds. */
export function durationOf(turns: readonly ImportedTurn[]): number {
  return turns.reduce((latest, turn) => Math.max(latest, turn.endMs), 0);
}

/** Text with every run of white space, line breaks included, as one space. */
export function flattenText(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

/** Counts what is left out of a transcript, by its kind. */
export class LeftOutCounter {
  readonly #found = new Map<string, LeftOut>();

  /** @param what in the singular */
  add(what: string, text: string): void {
    const found = this.#found.get(what) ?? { what, count: 0, words: 0 };
    found.count += 1;
    found.words += countWords(text);
    this.#found.set(what, found);
  }

  list(): LeftOut[] {
    return [...this.#found.values()];
  }
}
