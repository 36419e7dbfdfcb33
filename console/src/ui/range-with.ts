import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual';

/** Returns what chooses the rows that are in the page: those near the window, and the one at `kept`; below 0 is none. */
export function rangeWith(kept: number): (range: Range) => number[] {
  return (range) => {
    const shown = defaultRangeExtractor(range);
    return kept < 0 || shown.includes(kept) ? shown : [...shown, kept].sort((a, b) => a - b);
  };
}
