import type { DateTime } from 'luxon';
import type { FoundDay } from './calendar-arithmetic.ts';

/** Words for a day, and what they mean at a moment; null if they mean none after all. */
export interface DayRule {
  pattern: RegExp;
  resolve: (match: RegExpMatchArray, now: DateTime) => FoundDay | null;
}

/** Makes a rule whose words begin at a word. */
export const rule = (source: string, resolve: DayRule['resolve']): DayRule => ({
  pattern: new RegExp(`\\b${source}`, 'giu'),
  resolve,
});
