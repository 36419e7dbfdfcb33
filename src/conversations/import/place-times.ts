import { MS_PER_WORD } from './imported-transcript.ts';

/** Something that was said at a time that may be missing or wrong; milliseconds. */
export interface Untidy {
  startMs: number | null;
  endMs: number | null;
}

/** The same with a beginning and an end behind it. */
export type Placed<T extends Untidy> = Omit<T, 'startMs' | 'endMs'> & {
  startMs: number;
  endMs: number;
};

/**
 * Gives everything a beginning and an end behind it, and puts it in order. A missing beginning is the
 * end of what comes before; without an end behind the beginning, it takes what its words take.
 */
export function placeTimes<T extends Untidy>(
  items: readonly T[],
  wordsOf: (item: T) => number,
): Placed<T>[] {
  const placed: Placed<T>[] = [];
  for (const item of items) {
    const startMs = Math.max(0, item.startMs ?? placed.at(-1)?.endMs ?? 0);
    const isRight = item.endMs !== null && item.endMs > startMs;
    const endMs = isRight ? item.endMs : startMs + Math.max(1, wordsOf(item)) * MS_PER_WORD;
    placed.push({ ...item, startMs, endMs: endMs ?? startMs });
  }
  return placed.sort((a, b) => a.startMs - b.startMs);
}
