import { resolveDates } from '../understanding/rules/english/dates/resolve-date.ts';
import { tellRange } from './local-time.ts';

const ASKS_WHEN = /\b(?:when|(?:what|which) (?:day|date|month|year|week|weekend))\b/i;
/** Dates of one quotation that are told, at most. */
const MOST = 2;

/** True for a question of which a day is the answer. */
export function asksWhen(question: string): boolean {
  return ASKS_WHEN.test(question.slice(0, 1000));
}

/**
 * Returns the days that a quotation names by words that need its date, such as `last Tuesday: Tue 25 Feb
 * 2025`. Words that could mean a day before or after ("on Friday") are left out.
 * @param at when it was said, epoch milliseconds
 */
export function toldDates(text: string, at: number, timeZone: string): string[] {
  const read = (isPast: boolean) => resolveDates(text, { reference: at, timeZone, isPast });
  const ahead = read(false);
  return read(true)
    .filter(({ hasDay, fromNow, text: said }) => hasDay && !fromNow && !/\d{4}/.test(said))
    .filter(({ index, start }) =>
      ahead.some((other) => other.index === index && other.start === start),
    )
    .slice(0, MOST)
    .map(({ text: said, asked }) => `${said}: ${tellRange(asked, timeZone)}`);
}
