import { collapseSpaces } from '../../kernel/bounded-text.ts';
import type { SearchHit } from '../search-index.ts';

/** A time that a question names. Inclusive, epoch milliseconds. */
export interface QuestionTime {
  from: number;
  to: number;
  /** The words that say so. */
  text: string;
}

/** Finds the time that a question names, counted from `now` in the user's zone. */
export type ReadQuestionTime = (
  question: string,
  local: { now: number; timeZone: string },
) => QuestionTime | null | Promise<QuestionTime | null>;

/**
 * Which filter a result has passed. `time`: `unasked`, no time was named; `given`, the bounds of the
 * caller, which are always kept; `exact`, the time that the question names; `near`, as much before
 * or after it, a day at least; `dropped`, any other time. `person`: `held`, one of the people named
 * speaks in it; `dropped`, they do not.
 */
export interface HeldFilter {
  time: 'unasked' | 'given' | 'exact' | 'near' | 'dropped';
  person: 'unasked' | 'held' | 'dropped';
}

/** A stretch of time that is searched, the narrowest first. */
export interface Rung {
  from: number | null;
  to: number | null;
  time: HeldFilter['time'];
}

const DAY_MS = 86_400_000;
/** Words that a date parser takes for a time and people more often for something else. */
const DOUBTFUL =
  /^(?:may|march|mar|sun|sat|mon|wed|fri|now|second|minute|fall|spring|(?:at |by )?\d{1,2}(?::\d\d)? ?(?:am|pm|a\.m\.|p\.m\.|o'clock)?)$/i;

/** Whether what was found is a time that was meant. */
export function isTimeMeant(time: QuestionTime, now: number): boolean {
  // What is still to come cannot have been said in that time.
  return time.from <= now && !DOUBTFUL.test(time.text.trim());
}

/** The question without its time: "when" has been answered by the filter. */
export function withoutTime(question: string, time: QuestionTime): string {
  return collapseSpaces(collapseSpaces(question).replace(time.text, ' '));
}

/** The steps from the time that a question names to any time. */
export function widen(time: QuestionTime): Rung[] {
  const margin = Math.max(DAY_MS, time.to - time.from);
  return [
    { from: time.from, to: time.to, time: 'exact' },
    { from: time.from - margin, to: time.to + margin, time: 'near' },
    { from: null, to: null, time: 'dropped' },
  ];
}

/** What a hit of a rung has passed. */
export function heldFilter(rung: Rung, hit: Pick<SearchHit, 'matched'>, asked: number): HeldFilter {
  if (asked === 0) return { time: rung.time, person: 'unasked' };
  return { time: rung.time, person: hit.matched.includes('people') ? 'held' : 'dropped' };
}
