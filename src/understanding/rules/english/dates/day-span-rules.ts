import type { DateTime } from 'luxon';
import {
  dateOf,
  dayOfMonth,
  type FoundDay,
  MONTH,
  MONTH_BY_NUMBER,
  monthNumber,
  type Recurrence,
  YEAR,
} from './calendar-arithmetic.ts';
import { type DayRule, rule } from './day-rule.ts';
import { HOLIDAY, holidayOf } from './holidays.ts';
import { type LocalHolidays, localHolidays } from './local-holidays.ts';
import { ORDINAL, parseNumber } from './spoken-number.ts';

const group = (match: RegExpMatchArray, index: number): string => match[index] ?? '';
const DAY = `(?:${ORDINAL}|\\d{1,2}(?![\\d:]))`;
const TO = '\\s*(?:to|until|till|through|thru|and|-|–|—)\\s*';

/** From a day to a day, the last one included; null if that is no span. */
function span(
  from: DateTime | null,
  to: DateTime | null,
  every: Recurrence = 'year',
): FoundDay | null {
  return from && to && to > from ? { day: from, end: to.endOf('day'), every } : null;
}

/** Spans of days whose ends explain each other. */
const SPAN_RULES: DayRule[] = [
  rule(
    `(?:from |between )?(?:the )?(${DAY})${TO}(?:the )?(${DAY})(?: of)? (${MONTH_BY_NUMBER})(?!\\p{L})`,
    (m, now) => {
      const month = monthNumber(group(m, 3));
      const to = dateOf(now, month, parseNumber(group(m, 2)) ?? 0, null);
      return span(to && dateOf(now, month, parseNumber(group(m, 1)) ?? 0, to.year), to);
    },
  ),
  rule(
    `(?:from |between )?(${MONTH_BY_NUMBER})(?: the)? (${DAY})${TO}(?:the )?(${DAY})(?!\\s*(?:[ap]\\.?m|o['’]?\\s?clock|:))\\b`,
    (m, now) => {
      const month = monthNumber(group(m, 1));
      const to = dateOf(now, month, parseNumber(group(m, 3)) ?? 0, null);
      return span(to && dateOf(now, month, parseNumber(group(m, 2)) ?? 0, to.year), to);
    },
  ),
  rule(
    `(?:from|between) the (${ORDINAL})${TO}(?:the )?(${ORDINAL})\\b(?! \\p{L}+(?: |$))`,
    (m, now) => spanOfMonth(m, now),
  ),
  rule(
    `the (\\d{1,2}(?:st|nd|rd|th))\\s*(?:to|until|through|-|–)\\s*(?:the )?(\\d{1,2}(?:st|nd|rd|th))\\b`,
    (m, now) => spanOfMonth(m, now),
  ),
  rule(
    `(?:from )?(${MONTH})\\s*(?:to|until|through|thru|-|–)\\s*(${MONTH})\\b(?! \\d)`,
    (m, now) => {
      const last = dateOf(now.startOf('month'), monthNumber(group(m, 2)), 1, null);
      const first = last?.set({ month: monthNumber(group(m, 1)) });
      if (!first || !last) return null;
      return { day: first > last ? first.minus({ years: 1 }) : first, end: last.endOf('month') };
    },
  ),
];

function spanOfMonth(match: RegExpMatchArray, now: DateTime): FoundDay | null {
  const from = dayOfMonth(now, parseNumber(group(match, 1)) ?? 0);
  return span(from, from && dayOfMonth(from, parseNumber(group(match, 2)) ?? 0), 'month');
}

/** A rule for holidays of these names, with the year that may be said around them. */
function holidayRule(names: string): DayRule {
  const source = `(?:\\b(last|this|next|this past|this coming|(?:last|this|next) year['’]s) )?(${names})(?!\\p{L})(?:,? (?:(?:of |in )?(${YEAR})|(last|this|next) year))?`;
  return { pattern: new RegExp(source, 'giu'), resolve: resolveHoliday };
}

function resolveHoliday(m: RegExpMatchArray, now: DateTime): FoundDay | null {
  const which = group(m, 1).toLowerCase();
  const relative = /year/.test(which) ? which.split(' ')[0] : group(m, 4).toLowerCase();
  const ahead = { last: -1, this: 0, next: 1 }[relative ?? ''];
  const year = m[3] ? Number(m[3]) : ahead === undefined ? null : now.year + ahead;
  if (year !== null) {
    const day = holidayOf(group(m, 2), now.startOf('year').set({ year }));
    return day && { day };
  }
  // The last one is the one before the coming one.
  const isLast = /^(?:last|this past)$/.test(which);
  const from = isLast ? now.startOf('day').minus({ years: 1 }) : now;
  const day = holidayOf(group(m, 2), from);
  return day && { day, ...(which === '' ? { every: 'year' } : {}) };
}

const localRules = new Map<LocalHolidays, DayRule>();

/** The rules for the holidays of the country that a time zone lies in. */
export function localHolidayRules(zone: string): readonly DayRule[] {
  const local = localHolidays(zone);
  if (local === null) return [];
  const known = localRules.get(local) ?? holidayRule(local.names);
  localRules.set(local, known);
  return [known];
}

/** Spans of days, and the holidays that many countries share. */
export const DAY_SPAN_RULES: DayRule[] = [...SPAN_RULES, holidayRule(`\\b${HOLIDAY}`)];
