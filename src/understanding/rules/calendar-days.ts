import * as chrono from 'chrono-node';
import type { DateTime } from 'luxon';
import { CARDINAL, ORDINAL, parseNumber } from './spoken-number.ts';

/** A day found in a text. */
export interface DayPiece {
  kind: 'day';
  index: number;
  length: number;
  /** Start of the day in the user's zone; an instant where `exact`. */
  day: DateTime;
  /** Last instant of a period of several days, null for one day. */
  end: DateTime | null;
  /** A time of day that the words carry themselves ("tonight"). */
  time: { hour: number; minute: number } | null;
  /** True where hours or minutes were counted from now: `day` is then the instant itself. */
  exact: boolean;
  /** True for the plain name of a weekday, which a date beside it overrules. */
  weekday: boolean;
}

type Found = Partial<Pick<DayPiece, 'end' | 'time' | 'exact' | 'weekday'>> & { day: DateTime };
type Rule = { pattern: RegExp; resolve: (match: RegExpMatchArray, now: DateTime) => Found | null };

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const WEEKDAY = `(?:${WEEKDAYS.join('|')})`;
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const MONTH = `(?:${MONTHS.join('|')})`;
const UNIT = '(minute|hour|day|week|fortnight|month|year)s?';
const COUNT = `(${CARDINAL}|an?|a couple(?: of)?|a few|half an?)`;
/** What may follow a day of the month said without its month ("the fifth", not "the fifth floor"). */
const AFTER_ORDINAL =
  '(?=\\s*(?:$|[.,;:?!)—-])|\\s+(?:at|in|of|for|and|or|to|if|is|would|works|we|i|so|then|by|until|from|because|when|around|with|please|instead|too)\\b)';

const weekdayNumber = (name: string): number => WEEKDAYS.indexOf(name.toLowerCase()) + 1;
const monthNumber = (name: string): number => MONTHS.indexOf(name.toLowerCase()) + 1;
const group = (match: RegExpMatchArray, index: number): string => match[index] ?? '';

function count(text: string): number {
  const plain = text.toLowerCase();
  if (plain.startsWith('half')) return 0.5;
  if (plain.startsWith('a couple')) return 2;
  if (plain === 'a few') return 3;
  return plain === 'a' || plain === 'an' ? 1 : (parseNumber(plain) ?? 1);
}

function shift(now: DateTime, amount: number, unit: string): Found {
  const name = unit.toLowerCase();
  if (name === 'minute' || name === 'hour') {
    return {
      day: now.plus(name === 'hour' ? { minutes: amount * 60 } : { minutes: amount }),
      exact: true,
    };
  }
  const days =
    name === 'day'
      ? amount
      : name === 'week'
        ? amount * 7
        : name === 'fortnight'
          ? amount * 14
          : null;
  const today = now.startOf('day');
  if (days !== null) return { day: today.plus({ days: Math.round(days) }) };
  return { day: today.plus(name === 'month' ? { months: amount } : { years: amount }) };
}

function upcoming(now: DateTime, weekday: number, allowToday: boolean): DateTime {
  const ahead = (weekday - now.weekday + 7) % 7;
  return now.startOf('day').plus({ days: ahead === 0 && !allowToday ? 7 : ahead });
}

function weekdayOf(now: DateTime, which: string, weekday: number): DateTime {
  const monday = now.startOf('week');
  if (which === 'last') {
    const back = (now.weekday - weekday + 7) % 7;
    return now.startOf('day').minus({ days: back === 0 ? 7 : back });
  }
  // "Next Thursday" is the Thursday of the coming calendar week, as colleagues mean it.
  if (which === 'next') return monday.plus({ days: 7 + weekday - 1 });
  return upcoming(now, weekday, which === 'this');
}

/** The date in this year, or in the next where it has passed. Null for the 31st of February. */
function dateOf(now: DateTime, month: number, day: number, year: number | null): DateTime | null {
  const today = now.startOf('day');
  const found = today.set({ year: year ?? today.year, month, day: 1 });
  const bound = (start: DateTime): DateTime | null =>
    day >= 1 && day <= (start.daysInMonth ?? 31) ? start.set({ day }) : null;
  const first = bound(found);
  if (year !== null || (first !== null && first >= today)) return first;
  return bound(found.plus({ years: 1 }));
}

function dayOfMonth(now: DateTime, day: number): DateTime | null {
  if (day < 1 || day > 31) return null;
  let month = now.startOf('month');
  for (let tries = 0; tries < 12; tries += 1, month = month.plus({ months: 1 })) {
    const found = day <= (month.daysInMonth ?? 31) ? month.set({ day }) : null;
    if (found && found >= now.startOf('day')) return found;
  }
  return null;
}

function periodStart(now: DateTime, which: string, unit: string): DateTime {
  const size = unit === 'quarter' ? { months: 3 } : { [`${unit}s`]: 1 };
  const start = now.startOf(unit as 'week' | 'month' | 'quarter' | 'year');
  if (which === 'next' || which === 'following') return start.plus(size);
  return which === 'last' || which === 'previous' ? start.minus(size) : start;
}

function periodEnd(start: DateTime, unit: string): DateTime {
  // A working week ends on Friday.
  if (unit === 'week') return start.plus({ days: 4 });
  return start.endOf(unit as 'month' | 'quarter' | 'year').startOf('day');
}

function quarterStart(now: DateTime, quarter: number): DateTime {
  const start = now.startOf('year').plus({ months: (quarter - 1) * 3 });
  return start.endOf('quarter') < now ? start.plus({ years: 1 }) : start;
}

const rule = (source: string, resolve: Rule['resolve']): Rule => ({
  pattern: new RegExp(`\\b${source}`, 'gi'),
  resolve,
});

const HOLIDAYS: [string, number, number][] = [
  ['christmas eve', 12, 24],
  ['christmas(?: day)?', 12, 25],
  ["new year['’]?s eve", 12, 31],
  ["new year['’]?s(?: day)?", 1, 1],
  ['halloween', 10, 31],
  ["valentine['’]?s(?: day)?", 2, 14],
];

const RULES: Rule[] = [
  rule('(?:later )?today\\b', (_m, now) => ({ day: now.startOf('day') })),
  rule('tonight\\b', (_m, now) => ({ day: now.startOf('day'), time: { hour: 20, minute: 0 } })),
  rule('this (morning|afternoon|evening)\\b', (m, now) => ({
    day: now.startOf('day'),
    time: { hour: { morning: 9, afternoon: 14 }[group(m, 1).toLowerCase()] ?? 18, minute: 0 },
  })),
  rule('last night\\b', (_m, now) => ({
    day: now.startOf('day').minus({ days: 1 }),
    time: { hour: 20, minute: 0 },
  })),
  rule('tomorrow\\b', (_m, now) => ({ day: now.startOf('day').plus({ days: 1 }) })),
  rule('yesterday\\b', (_m, now) => ({ day: now.startOf('day').minus({ days: 1 }) })),
  rule('(?:the )?day after tomorrow\\b', (_m, now) => ({
    day: now.startOf('day').plus({ days: 2 }),
  })),
  rule('(?:the )?day before yesterday\\b', (_m, now) => ({
    day: now.startOf('day').minus({ days: 2 }),
  })),
  rule(`(?:(this|next|last|coming|this coming|every) )?(${WEEKDAY})\\b(?!['’]s)`, (m, now) => ({
    day: weekdayOf(now, group(m, 1).toLowerCase(), weekdayNumber(group(m, 2))),
    weekday: true,
  })),
  rule(
    `(?:next week(?:,? on)? (${WEEKDAY})|(?:on )?(${WEEKDAY}) (?:of )?next week)\\b`,
    (m, now) => ({
      day: weekdayOf(now, 'next', weekdayNumber(group(m, 1) || group(m, 2))),
    }),
  ),
  rule(`a week (?:from|on) (${WEEKDAY})\\b`, (m, now) => ({
    day: upcoming(now, weekdayNumber(group(m, 1)), false).plus({ days: 7 }),
  })),
  rule(`(${WEEKDAY}),? the (${ORDINAL})\\b`, (m, now) => {
    const day = parseNumber(group(m, 2));
    const found = day === null ? null : dayOfMonth(now, day);
    return found && { day: found };
  }),
  rule(
    `(?<=\\b(?:on|by|until|before|from|since|after|till|for) )(the ${ORDINAL})${AFTER_ORDINAL}`,
    (m, now) => {
      const day = parseNumber(group(m, 1).slice(4));
      const found = day === null ? null : dayOfMonth(now, day);
      return found && { day: found };
    },
  ),
  rule(`the (\\d{1,2}(?:st|nd|rd|th))${AFTER_ORDINAL}`, (m, now) => {
    const day = parseNumber(group(m, 1));
    const found = day === null ? null : dayOfMonth(now, day);
    return found && { day: found };
  }),
  rule(`the (${ORDINAL}) of (this|next|the) month\\b`, (m, now) => {
    const day = parseNumber(group(m, 1)) ?? 0;
    const month = periodStart(now, group(m, 2).toLowerCase(), 'month');
    return day >= 1 && day <= (month.daysInMonth ?? 31) ? { day: month.set({ day }) } : null;
  }),
  rule(`(${MONTH})(?: the)? (${ORDINAL}|\\d{1,2}(?!\\d))(?:,? (20\\d\\d))?\\b`, (m, now) => {
    const year = m[3] === undefined ? null : Number(m[3]);
    const day = dateOf(now, monthNumber(group(m, 1)), parseNumber(group(m, 2)) ?? 0, year);
    return day && { day };
  }),
  rule(`(?:the )?(${ORDINAL}|\\d{1,2})(?: of)? (${MONTH})(?:,? (20\\d\\d))?\\b`, (m, now) => {
    const year = m[3] === undefined ? null : Number(m[3]);
    const day = dateOf(now, monthNumber(group(m, 2)), parseNumber(group(m, 1)) ?? 0, year);
    return day && { day };
  }),
  rule(
    `(?<=\\b(?:in|by|until|before|of|since|early|late) )(${MONTH})(?: (20\\d\\d))?\\b(?! \\d)`,
    (m, now) => {
      const month = monthNumber(group(m, 1));
      const year =
        m[2] === undefined ? (month < now.month ? now.year + 1 : now.year) : Number(m[2]);
      const day = now.startOf('day').set({ year, month, day: 1 });
      return { day, end: day.endOf('month') };
    },
  ),
  rule(`(?:the )?end of (${MONTH})\\b`, (m, now) => {
    const first = dateOf(now.startOf('month'), monthNumber(group(m, 1)), 1, null);
    return first && { day: first.endOf('month').startOf('day') };
  }),
  rule(
    `(?:in|within) (?:the next )?${COUNT} ${UNIT}(?: and a half)?\\b(?! (?:ago|meeting|period))`,
    (m, now) => {
      const half = /and a half$/i.test(m[0]) ? 0.5 : 0;
      return shift(now, count(group(m, 1)) + half, group(m, 2));
    },
  ),
  rule(`${COUNT} ${UNIT} (?:from now|from today)\\b`, (m, now) =>
    shift(now, count(group(m, 1)), group(m, 2)),
  ),
  rule(`${COUNT} ${UNIT} (?:ago|back|earlier)\\b`, (m, now) =>
    shift(now, -count(group(m, 1)), group(m, 2)),
  ),
  rule('next (week|month|year)\\b', (m, now) => shift(now, 1, group(m, 1))),
  rule('(?:early|(?:the )?(?:beginning|start) of) next week\\b', (_m, now) => ({
    day: periodStart(now, 'next', 'week'),
  })),
  rule('(?:later |some ?time )?this week\\b', (_m, now) => {
    const friday = now.startOf('week').plus({ days: 4 });
    return { day: friday >= now.startOf('day') ? friday : friday.plus({ days: 2 }) };
  }),
  rule(
    '(?:the )?(?:end of (?:(the|this|next) )?(week|month|quarter|year)|EO(W|M))\\b',
    (m, now) => {
      const unit = m[3]
        ? m[3].toLowerCase() === 'w'
          ? 'week'
          : 'month'
        : group(m, 2).toLowerCase();
      const end = periodEnd(periodStart(now, group(m, 1).toLowerCase(), unit), unit);
      // Said on a weekend, the end of the week is that of the next one.
      return { day: end < now.startOf('day') ? end.plus({ weeks: 1 }) : end };
    },
  ),
  rule('(?:the )?(?:beginning|start) of (?:(the|this|next) )?(month|quarter|year)\\b', (m, now) => {
    const unit = group(m, 2).toLowerCase();
    const start = periodStart(now, group(m, 1).toLowerCase(), unit);
    return { day: start < now.startOf('day') ? periodStart(now, 'next', unit) : start };
  }),
  rule('(?:the )?(?:middle of|mid)[ -](?:the |this )?(next )?month\\b', (m, now) => ({
    day: periodStart(now, m[1] ? 'next' : 'this', 'month').set({ day: 15 }),
  })),
  rule('(?:(this|next|last|the) )?weekend\\b', (m, now) => {
    const which = group(m, 1).toLowerCase();
    const week = periodStart(
      now,
      which === 'last' ? 'last' : which === 'next' ? 'next' : 'this',
      'week',
    );
    const day = week.plus({ days: 5 });
    return { day, end: day.plus({ days: 1 }).endOf('day') };
  }),
  rule('(last|previous) (week|month|quarter|year)\\b', (m, now) => {
    const unit = group(m, 2).toLowerCase() as 'week' | 'month' | 'quarter' | 'year';
    const day = periodStart(now, 'last', unit);
    return { day, end: day.endOf(unit) };
  }),
  rule('(?:this|next) quarter\\b', (m, now) => {
    const day = periodStart(
      now,
      m[0].toLowerCase().startsWith('next') ? 'next' : 'this',
      'quarter',
    );
    return { day, end: day.endOf('quarter') };
  }),
  rule('this (month|year)\\b', (m, now) => {
    const unit = group(m, 1).toLowerCase() as 'month' | 'year';
    return { day: now.startOf(unit), end: now.endOf(unit) };
  }),
  rule('(?:the )?(?:(end of) )?(?:Q([1-4])|(first|second|third|fourth) quarter)\\b', (m, now) => {
    const day = quarterStart(now, parseNumber(m[2] ?? group(m, 3)) ?? 1);
    return m[1] ? { day: day.endOf('quarter').startOf('day') } : { day, end: day.endOf('quarter') };
  }),
  ...HOLIDAYS.map(([name, month, day]) =>
    rule(`${name}\\b`, (_m, now) => {
      const found = dateOf(now, month, day, null);
      return found && { day: found };
    }),
  ),
];

/** Written numeric dates (`2026-03-12`, `3/12/2026`); all that speech does not say is chrono's. */
const NUMERIC = /\b(?:\d{4}-\d\d?-\d\d?|\d\d?\/\d\d?\/\d{2,4})\b/;

/** All days in a text, possibly overlapping, counted from `now` in its zone. */
export function findCalendarDays(text: string, now: DateTime): DayPiece[] {
  const pieces: DayPiece[] = [];
  const push = (index: number, length: number, found: Found): void => {
    pieces.push({
      kind: 'day',
      index,
      length,
      day: found.day,
      end: found.end ?? null,
      time: found.time ?? null,
      exact: found.exact ?? false,
      weekday: found.weekday ?? false,
    });
  };
  for (const { pattern, resolve } of RULES) {
    for (const match of text.matchAll(pattern)) {
      const found = resolve(match, now);
      if (found) push(match.index, match[0].length, found);
    }
  }
  if (NUMERIC.test(text)) {
    // chrono ignores IANA zones silently, so it gets the offset, and only its calendar date is used.
    const reference = { instant: now.toJSDate(), timezone: now.offset };
    for (const result of chrono.en.casual.parse(text, reference)) {
      const { start } = result;
      if (!start.isCertain('day') || !start.isCertain('month')) continue;
      const date = {
        year: start.get('year') ?? now.year,
        month: start.get('month') ?? 1,
        day: start.get('day') ?? 1,
      };
      const written = NUMERIC.exec(result.text)?.[0] ?? result.text;
      push(result.index + result.text.indexOf(written), written.length, {
        day: now.startOf('day').set(date),
      });
    }
  }
  return pieces;
}
