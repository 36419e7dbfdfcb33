import type { DateTime } from 'luxon';
import {
  AFTER_ORDINAL,
  COUNT,
  count,
  dateOf,
  dayOfMonth,
  dayOfWeek,
  type FoundDay,
  MONTH,
  MONTH_BY_NUMBER,
  monthNumber,
  periodEnd,
  periodStart,
  quarterOf,
  quarterStart,
  SHORT_WEEKDAY,
  shift,
  UNIT,
  upcoming,
  WEEKDAY,
  weekdayNumber,
  weekdayOf,
} from './calendar-arithmetic.ts';
import { dayOfNthWeekday } from './holidays.ts';
import { CARDINAL, ORDINAL, parseNumber } from './spoken-number.ts';

/** Words for a day, and what they mean at a moment; null if they mean none after all. */
export interface DayRule {
  pattern: RegExp;
  resolve: (match: RegExpMatchArray, now: DateTime) => FoundDay | null;
}

/** Ordinals that are hardly ever said of anything but a day if nothing follows. */
const LATE_ORDINAL =
  '(?:eighth|ninth|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|twenty[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|thirtieth|thirty[ -]first)';
const NTH = '(?:first|second|third|fourth|fifth|[1-5](?:st|nd|rd|th))';
const group = (match: RegExpMatchArray, index: number): string => match[index] ?? '';

/** A rule whose words begin at a word. */
export const rule = (source: string, resolve: DayRule['resolve']): DayRule => ({
  pattern: new RegExp(`\\b${source}`, 'giu'),
  resolve,
});

/** Days, and periods that have a name. */
export const DAY_RULES: DayRule[] = [
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
  rule(
    `(?:(this|next|last|coming|this coming|this past|past|every) )?(${WEEKDAY})\\b(?!['’]s)`,
    (m, now) => ({
      day: weekdayOf(now, group(m, 1).toLowerCase(), weekdayNumber(group(m, 2))),
      weekday: true,
      ...(m[1] ? {} : { every: 'week' }),
    }),
  ),
  rule(
    `(?:(this|next|last|on|by|until|every) (${SHORT_WEEKDAY})\\b(?! \\w+ing\\b)|()(${SHORT_WEEKDAY})(?=,? (?:at |the )?(?:\\d|noon|morning|afternoon|evening|night)))`,
    (m, now) => ({
      day: weekdayOf(now, group(m, 1).toLowerCase(), weekdayNumber(group(m, 2) || group(m, 4))),
      weekday: true,
    }),
  ),
  rule(`(?:the )?(${WEEKDAY}) before last\\b`, (m, now) => ({
    day: weekdayOf(now, 'last', weekdayNumber(group(m, 1))).minus({ days: 7 }),
  })),
  rule(`(${WEEKDAY}) week\\b`, (m, now) => ({
    day: upcoming(now, weekdayNumber(group(m, 1)), false).plus({ days: 7 }),
  })),
  rule(`(?:the )?(${WEEKDAY}) after next\\b`, (m, now) => ({
    day: upcoming(now, weekdayNumber(group(m, 1)), false).plus({ days: 7 }),
  })),
  rule(
    `(?:(?:(this|next|last) week(?:['’]?s|,? on)? (${WEEKDAY}))|(?:(?:on|the) )*(${WEEKDAY}) (?:(?:of|in) )?(this|next|last) week)\\b`,
    (m, now) => ({
      day: dayOfWeek(
        now,
        (group(m, 1) || group(m, 4)).toLowerCase(),
        weekdayNumber(group(m, 2) || group(m, 3)),
      ),
    }),
  ),
  rule(`(?:the )?night from (${WEEKDAY}) to (${WEEKDAY})\\b`, (m, now) => {
    const day = upcoming(now, weekdayNumber(group(m, 1)), true);
    return { day, end: upcoming(day, weekdayNumber(group(m, 2)), false).endOf('day') };
  }),
  rule(
    `(?:(${CARDINAL}|a) weeks? (?:from|on|after)|a fortnight (?:from|on)) (${WEEKDAY})\\b`,
    (m, now) => {
      const weeks = m[1] === undefined ? 2 : count(m[1]);
      return { day: upcoming(now, weekdayNumber(group(m, 2)), false).plus({ weeks }) };
    },
  ),
  rule(
    `(?:(?:${WEEKDAY}),? the (${ORDINAL})\\b|(?:(?<=\\b(?:on|by|until|before|from|since|after|till|for) )the (${ORDINAL})|the (\\d{1,2}(?:st|nd|rd|th)|${LATE_ORDINAL}))${AFTER_ORDINAL})`,
    (m, now) => {
      const day = dayOfMonth(now, parseNumber(m[1] ?? m[2] ?? group(m, 3)) ?? 0);
      return day && { day, every: 'month' };
    },
  ),
  rule(`(?:the )?(${ORDINAL}) of (this|next|last|the) month\\b`, (m, now) => {
    const day = parseNumber(group(m, 1)) ?? 0;
    const month = periodStart(now, group(m, 2).toLowerCase(), 'month');
    return day >= 1 && day <= (month.daysInMonth ?? 31) ? { day: month.set({ day }) } : null;
  }),
  rule(
    `(${MONTH_BY_NUMBER})(?: the)? (${ORDINAL}|\\d{1,2}(?!\\d))(?:,? (20\\d\\d))?\\b`,
    (m, now) => {
      const year = m[3] === undefined ? null : Number(m[3]);
      const day = dateOf(now, monthNumber(group(m, 1)), parseNumber(group(m, 2)) ?? 0, year);
      return day && { day, ...(year === null ? { every: 'year' } : {}) };
    },
  ),
  rule(
    `(?:the )?(${ORDINAL}|\\d{1,2})(?: of)? (${MONTH_BY_NUMBER})(?:,? (20\\d\\d))?(?!\\p{L})`,
    (m, now) => {
      const year = m[3] === undefined ? null : Number(m[3]);
      const day = dateOf(now, monthNumber(group(m, 2)), parseNumber(group(m, 1)) ?? 0, year);
      return day && { day, ...(year === null ? { every: 'year' } : {}) };
    },
  ),
  rule(
    `(?<=\\b(?:in|by|until|before|of|since|early|late) )(${MONTH})(?: (20\\d\\d))?\\b(?! \\d)`,
    (m, now) => {
      const month = monthNumber(group(m, 1));
      const year =
        m[2] === undefined ? (month < now.month ? now.year + 1 : now.year) : Number(m[2]);
      const day = now.startOf('day').set({ year, month, day: 1 });
      return { day, end: day.endOf('month'), ...(m[2] === undefined ? { every: 'year' } : {}) };
    },
  ),
  rule(`(next|last|this) (${MONTH})\\b(?! \\d)`, (m, now) => {
    const which = group(m, 1).toLowerCase();
    const month = monthNumber(group(m, 2));
    const isPast = month < now.month || (month === now.month && which === 'next');
    const back = month > now.month || (month === now.month && which === 'last');
    const year = now.year + (which === 'last' ? (back ? -1 : 0) : isPast ? 1 : 0);
    const day = now.startOf('day').set({ year, month, day: 1 });
    return { day, end: day.endOf('month') };
  }),
  rule(`(?:the )?(?:mid(?:dle of)?[ -]|(beginning|start) of )(${MONTH})\\b(?! \\d)`, (m, now) => {
    const day = dateOf(now, monthNumber(group(m, 2)), m[1] ? 1 : 15, null);
    return day && { day, every: 'year' };
  }),
  rule(
    `(?:the )?(${NTH}|last) (${WEEKDAY}) (?:in|of) (?:(${MONTH})(?: (20\\d\\d))?|(this|next|the) month)\\b`,
    (m, now) => {
      const nth = group(m, 1).toLowerCase() === 'last' ? -1 : (parseNumber(group(m, 1)) ?? 1);
      const weekday = weekdayNumber(group(m, 2));
      const first = m[3]
        ? now.startOf('year').set({ month: monthNumber(m[3]), year: Number(m[4] ?? now.year) })
        : periodStart(now, group(m, 5).toLowerCase(), 'month');
      for (let year = first.year; year <= first.year + 1; year += 1) {
        const day = dayOfNthWeekday(year, first.month, nth, weekday);
        const found = day === null ? null : first.set({ year, day });
        if (found && (found >= now.startOf('day') || m[4] !== undefined)) return { day: found };
      }
      return null;
    },
  ),
  rule(
    `(?:the )?(${NTH}|last) (week|weekend) (?:in|of) (?:(${MONTH})|(this|next|the) month)\\b`,
    (m, now) => nthWeek(m, now),
  ),
  rule(
    `(?:the )?(last|next|this|in(?: the)?|past) (spring|summer|autumn|fall|winter)\\b`,
    (m, now) => season(now, group(m, 1).toLowerCase(), group(m, 2).toLowerCase()),
  ),
  rule(
    `(?:the )?last day (?:of|in) (?:(${MONTH})|(this|next|the) (month|quarter|year))\\b`,
    (m, now) => {
      if (m[1]) {
        const first = dateOf(now.startOf('month'), monthNumber(m[1]), 1, null);
        return first && { day: first.endOf('month').startOf('day') };
      }
      const unit = group(m, 3).toLowerCase();
      return { day: periodEnd(periodStart(now, group(m, 2).toLowerCase(), unit), unit) };
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
  rule('(?:in|within) the (?:next )?hour\\b', (_m, now) => shift(now, 1, 'hour')),
  rule(`${COUNT} ${UNIT} (?:from now|from today)\\b`, (m, now) =>
    shift(now, count(group(m, 1)), group(m, 2)),
  ),
  rule(`${COUNT} (day|week|fortnight|month|year)s? (?:from|after) tomorrow\\b`, (m, now) =>
    shift(now.plus({ days: 1 }), count(group(m, 1)), group(m, 2)),
  ),
  rule(`${COUNT} ${UNIT}( and a half)? (?:ago|back|earlier)\\b`, (m, now) =>
    shift(now, -count(group(m, 1)) - (m[3] ? 0.5 : 0), group(m, 2)),
  ),
  rule('next (week|month|year)\\b', (m, now) => shift(now, 1, group(m, 1))),
  rule('(?:the )?week after next\\b', (_m, now) => shift(now, 2, 'week')),
  rule('(?:early|(?:the )?(?:beginning|start) of) next week\\b', (_m, now) => ({
    day: periodStart(now, 'next', 'week'),
  })),
  rule('(?:later |some ?time )?this week\\b', (_m, now) => {
    const friday = now.startOf('week').plus({ days: 4 });
    return { day: friday >= now.startOf('day') ? friday : friday.plus({ days: 2 }) };
  }),
  rule(
    '(?:the )?(?:end of (?:(the|this|next) )?(week|month|quarter|year)|EO(W|M|Q|Y)|(year)[ -]end)\\b',
    (m, now) => {
      const short = { w: 'week', m: 'month', q: 'quarter', y: 'year' }[group(m, 3).toLowerCase()];
      const unit = short ?? (m[4] ? 'year' : group(m, 2).toLowerCase());
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
  rule('(?:(this|next|last|past|the) )?weekend( after next| before last)?\\b', (m, now) => {
    const which = group(m, 1).toLowerCase();
    const relation = group(m, 2).trim();
    const weeks = { 'after next': 2, 'before last': -2 }[relation];
    const at = weeks ?? { next: 1, last: -1, past: -1 }[which] ?? 0;
    const day = now.startOf('week').plus({ weeks: at, days: 5 });
    const every = relation === '' && (which === '' || which === 'the');
    const end = day.plus({ days: 1 }).endOf('day');
    return { day, end, ...(every ? { every: 'week' } : {}) };
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
  rule(
    '(?:the )?(?:(end|start|beginning) of )?(?:the )?(?:Q([1-4])|(first|second|third|fourth) quarter)(?:(?: of)? (20\\d\\d|next year|last year|this year))?\\b',
    (m, now) => {
      const quarter = parseNumber(m[2] ?? group(m, 3)) ?? 1;
      const day = m[4] ? quarterOf(now, quarter, m[4]) : quarterStart(now, quarter);
      const which = group(m, 1).toLowerCase();
      if (which === 'end') return { day: day.endOf('quarter').startOf('day') };
      return which === '' ? { day, end: day.endOf('quarter') } : { day };
    },
  ),
];

/** The first seven days of a month, the second and so on, or the n-th Saturday and its Sunday. */
function nthWeek(match: RegExpMatchArray, now: DateTime): FoundDay | null {
  const nth = group(match, 1).toLowerCase() === 'last' ? -1 : (parseNumber(group(match, 1)) ?? 1);
  const first = match[3]
    ? dateOf(now.startOf('month'), monthNumber(match[3]), 1, null)
    : periodStart(now, group(match, 4).toLowerCase(), 'month');
  if (!first) return null;
  const { year, month } = first;
  const isWeekend = group(match, 2).toLowerCase() === 'weekend';
  const day = isWeekend
    ? dayOfNthWeekday(year, month, nth, 6)
    : nth > 0
      ? (nth - 1) * 7 + 1
      : (first.daysInMonth ?? 31) - 6;
  if (day === null || day > (first.daysInMonth ?? 31)) return null;
  const start = first.set({ day });
  const last = isWeekend ? start.plus({ days: 1 }) : start.plus({ days: 6 });
  return { day: start, end: last.endOf('day'), ...(match[3] ? { every: 'year' } : {}) };
}

/** Three months of the north, from the 1st: "last" is over, "next" has not begun. */
function season(now: DateTime, which: string, name: string): FoundDay {
  const month = { spring: 3, summer: 6, autumn: 9, fall: 9 }[name] ?? 12;
  let day = now.startOf('year').minus({ years: 1 }).set({ month });
  const endOf = (start: DateTime): DateTime => start.plus({ months: 3 }).minus({ milliseconds: 1 });
  const isPast = which === 'last' || which === 'past';
  while (
    isPast ? endOf(day.plus({ years: 1 })) < now : which === 'next' ? day <= now : endOf(day) < now
  ) {
    day = day.plus({ years: 1 });
  }
  return { day, end: endOf(day), ...(which.startsWith('in') ? { every: 'year' } : {}) };
}
