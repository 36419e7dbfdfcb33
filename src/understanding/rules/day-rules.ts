import type { DateTime } from 'luxon';
import {
  AFTER_ORDINAL,
  COUNT,
  count,
  dateOf,
  dayOfMonth,
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
  rule(`(?:on )?(${WEEKDAY}) (?:of )?this week\\b`, (m, now) => ({
    day: weekdayOf(now, 'this', weekdayNumber(group(m, 1))),
  })),
  rule(
    `(?:next week(?:,? on)? (${WEEKDAY})|(?:on )?(${WEEKDAY}) (?:of )?next week)\\b`,
    (m, now) => ({
      day: weekdayOf(now, 'next', weekdayNumber(group(m, 1) || group(m, 2))),
    }),
  ),
  rule(
    `(?:(${CARDINAL}|a) weeks? (?:from|on|after)|a fortnight (?:from|on)) (${WEEKDAY})\\b`,
    (m, now) => {
      const weeks = m[1] === undefined ? 2 : count(m[1]);
      return { day: upcoming(now, weekdayNumber(group(m, 2)), false).plus({ weeks }) };
    },
  ),
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
      return day && { day };
    },
  ),
  rule(
    `(?:the )?(${ORDINAL}|\\d{1,2})(?: of)? (${MONTH_BY_NUMBER})(?:,? (20\\d\\d))?(?!\\p{L})`,
    (m, now) => {
      const year = m[3] === undefined ? null : Number(m[3]);
      const day = dateOf(now, monthNumber(group(m, 2)), parseNumber(group(m, 1)) ?? 0, year);
      return day && { day };
    },
  ),
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
    return day && { day };
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
