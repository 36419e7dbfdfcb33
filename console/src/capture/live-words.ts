import type { Segment } from '../api/types.ts';

/** The words of a running recording: settled segments by time, and what is being said right now. */
export interface LiveWords {
  segments: readonly Segment[];
  /** Not final yet; empty if nobody speaks. */
  partial: string;
}

export const NO_WORDS: LiveWords = { segments: [], partial: '' };

/** The words with segments added, or replaced where the server has changed them. */
export function withSegments(words: LiveWords, changed: readonly Segment[]): LiveWords {
  const byId = new Map(words.segments.map((segment) => [segment.id, segment]));
  for (const segment of changed) byId.set(segment.id, segment);
  const segments = [...byId.values()].sort((a, b) => a.start - b.start);
  return { segments, partial: '' };
}

/** The words without segments that the server has joined to others. */
export function withoutSegments(words: LiveWords, ids: readonly string[]): LiveWords {
  return { ...words, segments: words.segments.filter(({ id }) => !ids.includes(id)) };
}
