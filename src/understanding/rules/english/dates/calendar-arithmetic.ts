import type { DateTime } from 'luxon';
import { CARDINAL, parseNumber } from './spoken-number.ts';

/** A day found in a text. */
export interface DayPiece {
  kind: 'day';
  index: number;
  length: number;
  /** Start of the day in the user's zone; an instant if `exact`. */
  day: DateTime;
  /** Last instant of a period of several days, null for one day. */
  end: DateTime | null;
  /** A time of day that the words carry themselves ("tonight"). */
  time: { hour: number; minute: number; part?: DayPart } | null;
  /** True if hours or minutes were counted from now: `day` is then the instant itself. */
  exact: boolean;
  /** True for the plain name of a weekday, which a date beside it overrules. */
  weekday: boolean;
  /** Monday of the calendar week that the words name ("last week"), in which a weekday beside it lies. */
  week: DateTime | null;
  /** What a question means by the words if that is longer: all of the week "two weeks ago". */
  asked: DaySpan | null;
}

/** A part of the day; the last night runs on into the morning. */
export type DayPart = 'morning' | 'afternoon' | 'evening' | 'night' | 'last night';

/** The hour that each part of the day is planned for. */
export const PART_HOURS: Record<DayPart, number> = {
  morning: 9,
  afternoon: 14,
  evening: 18,
  night: 20,
  'last night': 20,
};
/** The hours that each part of the day may last, for who asks about it. */
const PART_SPANS: Record<DayPart, [from: number, to: number]> = {
  morning: [0, 12],
  afternoon: [12, 18],
  evening: [17, 24],
  night: [18, 24],
  'last night': [17, 29],
};

/** All of a part of a day. */
export function partOfDay(day: DateTime, part: DayPart): DaySpan {
  const [from, to] = PART_SPANS[part];
  const end = (to >= 24 ? day.plus({ days: 1 }) : day).set({ hour: to % 24 });
  return { from: day.set({ hour: from }), to: end.minus({ milliseconds: 1 }) };
}

/** Whole days from the first to the last instant. */
export interface DaySpan {
  from: DateTime;
  to: DateTime;
}

/** How often what was named comes again: "Friday" each week, "the 12th" each month. */
export type Recurrence = 'week' | 'month' | 'year';

/** What a rule finds, the rest at its default. */
export type FoundDay = Partial<
  Pick<DayPiece, 'end' | 'time' | 'exact' | 'weekday' | 'week' | 'asked'>
> & {
  day: DateTime;
  /** Given if the words name the coming one among several. */
  every?: Recurrence;
};

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** Regular expression source of a weekday's name; the short forms are no words of their own. */
export const WEEKDAY =
  '(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tues|thurs|thur)';
/** Short forms that are words as well ("sat", "sun"): only if a time or a day makes them clear. */
export const SHORT_WEEKDAY = '(?:mon|tue|wed|thu|fri|sat|sun)';
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Regular expression source of a month's full name. */
export const MONTH =
  '(?:january|february|march|april|may|june|july|august|september|october|november|december)';
/** A month beside a number, which may be shortened. */
export const MONTH_BY_NUMBER = `(?:${MONTH}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\\b\\.?)`;
/** Regular expression source of a year that is said alone. */
export const YEAR = '(?:19|20)\\d\\d';
export const UNIT = '(minute|hour|day|week|fortnight|month|year)s?';
export const COUNT = `(${CARDINAL}(?: and a half)?|an?|a couple(?: of)?|a few|half an?|(?:a|three) quarters? of an)`;
/** What may follow a day of the month said without its month ("the fifth", not "the fifth floor"). */
export const AFTER_ORDINAL =
  '(?=\\s*(?:$|[.,;:?!)—–-])|\\s+(?:at|in|of|for|and|or|to|if|is|would|works|we|i|so|then|by|until|till|through|from|because|when|around|with|please|instead|too|also|oh|okay)\\b)';

/** Monday is 1. */
export const weekdayNumber = (name: string): number =>
  WEEKDAYS.indexOf(name.toLowerCase().slice(0, 3)) + 1;
/** January is 1. */
export const monthNumber = (name: string): number =>
  MONTHS.indexOf(name.toLowerCase().slice(0, 3)) + 1;

/** How many "a couple of", "half an" or "twelve" are. */
export function count(text: string): number {
  const plain = text.toLowerCase();
  if (plain.startsWith('half')) return 0.5;
  if (plain.endsWith('of an')) return plain.startsWith('a') ? 0.25 : 0.75;
  if (plain.startsWith('a couple')) return 2;
  if (plain === 'a few') return 3;
  if (plain.endsWith(' and a half')) return count(plain.slice(0, -' and a half'.length)) + 0.5;
  return plain === 'a' || plain === 'an' ? 1 : (parseNumber(plain) ?? 1);
}

/** The calendar week, month or year that holds a day. */
export function periodOf(day: DateTime, unit: 'week' | 'month' | 'year'): DaySpan {
  return { from: day.startOf(unit), to: day.endOf(unit) };
}

/** `amount` units on from now: an instant for hours and minutes, else a day. */
export function shift(now: DateTime, amount: number, unit: string): FoundDay {
  const name = unit.toLowerCase();
  if (name === 'minute' || name === 'hour') {
    return {
      day: now.plus(name === 'hour' ? { minutes: amount * 60 } : { minutes: amount }),
      exact: true,
    };
  }
  const today = now.startOf('day');
  if (name === 'day') return { day: today.plus({ days: Math.round(amount) }) };
  if (name === 'week' || name === 'fortnight') {
    const day = today.plus({ days: Math.round(amount * (name === 'week' ? 7 : 14)) });
    return { day, week: day.startOf('week'), asked: periodOf(day, 'week') };
  }
  const period = name === 'month' ? 'month' : 'year';
  const day = today.plus({ months: Math.round(period === 'month' ? amount : amount * 12) });
  return { day, asked: periodOf(day, period) };
}

/** The next such weekday, today only if it may be. */
export function upcoming(now: DateTime, weekday: number, allowToday: boolean): DateTime {
  const ahead = (weekday - now.weekday + 7) % 7;
  return now.startOf('day').plus({ days: ahead === 0 && !allowToday ? 7 : ahead });
}

/** The weekday that "this", "next", "last", "past" or nothing means. */
export function weekdayOf(now: DateTime, which: string, weekday: number): DateTime {
  const monday = now.startOf('week');
  if (which === 'last' || which.endsWith('past')) {
    const back = (now.weekday - weekday + 7) % 7;
    return now.startOf('day').minus({ days: back === 0 ? 7 : back });
  }
  // "Next Thursday" is the Thursday of the coming calendar week, as colleagues mean it.
  if (which === 'next') return monday.plus({ days: 7 + weekday - 1 });
  return upcoming(now, weekday, which === 'this');
}

/** The next such date, today included, or the one of that year. Null for the 31st of February. */
export function dateOf(
  now: DateTime,
  month: number,
  day: number,
  year: number | null,
): DateTime | null {
  const today = now.startOf('day');
  const bound = (of: number): DateTime | null => {
    const start = today.set({ year: of, month, day: 1 });
    return day >= 1 && day <= (start.daysInMonth ?? 31) ? start.set({ day }) : null;
  };
  if (year !== null) return bound(year);
  // The 29th of February may be eight years away.
  for (let ahead = 0; ahead <= 8; ahead += 1) {
    const found = bound(today.year + ahead);
    if (found && found >= today) return found;
  }
  return null;
}

/** The next such day of a month, today included. */
export function dayOfMonth(now: DateTime, day: number, weekday?: number): DateTime | null {
  if (day < 1 || day > 31) return null;
  const months = Array.from({ length: 12 }, (_, later) =>
    now.startOf('month').plus({ months: later }),
  );
  const ahead = months
    .filter((month) => day <= (month.daysInMonth ?? 31))
    .map((month) => month.set({ day }))
    .filter((found) => found >= now.startOf('day'));
  return ahead.find((found) => found.weekday === weekday) ?? ahead[0] ?? null;
}

/** Beginning of this, the next or the last week, month, quarter or year. */
export function periodStart(now: DateTime, which: string, unit: string): DateTime {
  const size = unit === 'quarter' ? { months: 3 } : { [`${unit}s`]: 1 };
  const start = now.startOf(unit as 'week' | 'month' | 'quarter' | 'year');
  if (which === 'next' || which === 'following') return start.plus(size);
  return which === 'last' || which === 'previous' ? start.minus(size) : start;
}

/** The last day of the period. */
export function periodEnd(start: DateTime, unit: string): DateTime {
  // A working week ends on Friday.
  if (unit === 'week') return start.plus({ days: 4 });
  return start.endOf(unit as 'month' | 'quarter' | 'year').startOf('day');
}

/** Beginning of the quarter that is not over yet. */
export function quarterStart(now: DateTime, quarter: number): DateTime {
  const start = now.startOf('year').plus({ months: (quarter - 1) * 3 });
  return start.endOf('quarter') < now ? start.plus({ years: 1 }) : start;
}

/** Beginning of a quarter of "2027", "next year", "last year" or "this year". */
export function quarterOf(now: DateTime, quarter: number, year: string): DateTime {
  const named = { next: 1, last: -1, this: 0 }[year.toLowerCase().split(' ')[0] ?? ''];
  return now
    .startOf('year')
    .set({ year: named === undefined ? Number(year) : now.year + named })
    .plus({ months: (quarter - 1) * 3 });
}

/** Day of the month of its n-th weekday (Monday 1), from the end if `nth` is below 0; null if it has none. */
export function dayOfNthWeekday(
  year: number,
  month: number,
  nth: number,
  weekday: number,
): number | null {
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const weekdayOf = (day: number): number =>
    new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7;
  if (nth < 0) {
    const last = days - ((weekdayOf(days) - weekday + 7) % 7);
    return last + (nth + 1) * 7;
  }
  const day = 1 + ((weekday - weekdayOf(1) + 7) % 7) + (nth - 1) * 7;
  return day <= days ? day : null;
}

/** Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher). */
export function easterOf(year: number): { month: number; day: number } {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const inCentury = year % 100;
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const weekday =
    (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - epact - (inCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const days = epact + weekday - 7 * late + 114;
  return { month: Math.floor(days / 31), day: (days % 31) + 1 };
}
