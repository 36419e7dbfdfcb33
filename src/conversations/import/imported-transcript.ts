import { countWords } from '../../text/word-count.ts';

/** Formats of a transcript file: a meeting's JSON, WebVTT, SubRip, and lines `Name: words`. */
export const IMPORT_FORMATS = ['json', 'vtt', 'srt', 'text'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** What somebody said without another's word in between. Times in ms from the transcript's start. */
export interface ImportedTurn {
  /** The name that the file gives, null where it gives none. */
  speaker: string | null;
  text: string;
  startMs: number;
  endMs: number;
}

export interface ImportedTranscript {
  format: ImportFormat;
  /** At least one, in the order of the file. */
  turns: ImportedTurn[];
}

/** A turn whose time the file does not tell. */
export type UntimedTurn = Pick<ImportedTurn, 'speaker' | 'text'>;

/** Pace of calm speech: what a word takes where a file has no times. */
const MS_PER_WORD = 300;

/** Lays turns without times one after another, 0.3 s a word. */
export function timeTurns(turns: readonly UntimedTurn[]): ImportedTurn[] {
  let at = 0;
  return turns.map((turn) => {
    const startMs = at;
    at += Math.max(1, countWords(turn.text)) * MS_PER_WORD;
    return { ...turn, startMs, endMs: at };
  });
}

/** Length of a transcript: the end of its last words, milliseconds. */
export function durationOf(turns: readonly ImportedTurn[]): number {
  return turns.reduce((latest, turn) => Math.max(latest, turn.endMs), 0);
}

/** Text with every run of white space, line breaks included, as one space. */
export function flattenText(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
