import type { DateTime } from 'luxon';
import {
  AFTER_ORDINAL,
  COUNT,
  count,
  type DayPart,
  dateOf,
  dayOfMonth,
  type FoundDay,
  MONTH,
  MONTH_BY_NUMBER,
  monthNumber,
  PART_HOURS,
  periodOf,
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
  YEAR,
} from './calendar-arithmetic.ts';
import { type DayRule, rule } from './day-rule.ts';
import { CARDINAL, ORDINAL, parseNumber } from './spoken-number.ts';

/** Ordinals that are hardly ever said of anything but a day if nothing follows. */
const LATE_ORDINAL =
  '(?:eighth|ninth|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|twenty[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|thirtieth|thirty[ -]first)';
const group = (match: RegExpMatchArray, index: number): string => match[index] ?? '';

/** Days, and periods that have a name. */
export const DAY_RULES: DayRule[] = [
  rule('(?:later )?today\\b', (_m, now) => ({ day: now.startOf('day') })),
  rule('tonight\\b', (_m, now) => ({
    day: now.startOf('day'),
    time: { hour: 20, minute: 0, part: 'evening' },
  })),
  rule('this (morning|afternoon|evening)\\b', (m, now) => {
    const part = group(m, 1).toLowerCase() as DayPart;
    return { day: now.startOf('day'), time: { hour: PART_HOURS[part], minute: 0, part } };
  }),
  rule('(?:last night|(the night before last))\\b', (m, now) => ({
    day: now.startOf('day').minus({ days: m[1] ? 2 : 1 }),
    time: { hour: 20, minute: 0, part: 'last night' },
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
    `(?:(this|next|last|coming|this coming|this past|past|every) (${WEEKDAY})\\b|(${WEEKDAY})\\b(?!['’]s))`,
    (m, now) => ({
      day: weekdayOf(now, group(m, 1).toLowerCase(), weekdayNumber(m[2] ?? group(m, 3))),
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
  // "A week ago Sunday" is counted from the last Sunday, "two weeks ago on Friday" is in that week.
  rule(`(?:(${CARDINAL}|a) weeks?|(?:a )?fortnight) ago (${WEEKDAY})\\b`, (m, now) => ({
    day: weekdayOf(now, 'last', weekdayNumber(group(m, 2))).minus({
      weeks: m[1] === undefined ? 2 : count(m[1]),
    }),
  })),
  rule(`${COUNT} (${WEEKDAY})s (ago|back|from now)\\b`, (m, now) => {
    const isPast = group(m, 3).toLowerCase() !== 'from now';
    const day = weekdayOf(now, isPast ? 'last' : '', weekdayNumber(group(m, 2)));
    return { day: day.plus({ weeks: (count(group(m, 1)) - 1) * (isPast ? -1 : 1) }) };
  }),
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
  // "Saturday the thirteenth of June", "Friday the sixth": the month in which it is that weekday.
  rule(`(${WEEKDAY}),? the (${ORDINAL})(?: of (${MONTH_BY_NUMBER})|\\b(?! of\\b))`, (m, now) => {
    const number = parseNumber(group(m, 2)) ?? 0;
    const day =
      m[3] === undefined
        ? dayOfMonth(now, number, weekdayNumber(group(m, 1)))
        : dateOf(now, monthNumber(m[3]), number, null);
    return day && { day, every: m[3] === undefined ? 'month' : 'year' };
  }),
  rule(
    `(?:(?:(?<=\\b(?:on|by|until|before|from|since|after|till|for) )the (${ORDINAL})|the (\\d{1,2}(?:st|nd|rd|th)|${LATE_ORDINAL}|(?:${ORDINAL})(?=,? at (?:${CARDINAL}|\\d|half|noon))))${AFTER_ORDINAL})`,
    (m, now) => {
      const day = dayOfMonth(now, parseNumber(m[1] ?? group(m, 2)) ?? 0);
      return day && { day, every: 'month' };
    },
  ),
  rule(
    `(${MONTH_BY_NUMBER})(?: the)? (${ORDINAL}|\\d{1,2}(?!\\d))(?:,? (${YEAR}))?\\b`,
    (m, now) => {
      const year = m[3] === undefined ? null : Number(m[3]);
      const day = dateOf(now, monthNumber(group(m, 1)), parseNumber(group(m, 2)) ?? 0, year);
      return day && { day, ...(year === null ? { every: 'year' } : {}) };
    },
  ),
  rule(
    `(?:the )?(${ORDINAL}|\\d{1,2})(?: of)? (${MONTH_BY_NUMBER})(?:,? (${YEAR}))?(?!\\p{L})`,
    (m, now) => {
      const year = m[3] === undefined ? null : Number(m[3]);
      const day = dateOf(now, monthNumber(group(m, 2)), parseNumber(group(m, 1)) ?? 0, year);
      return day && { day, ...(year === null ? { every: 'year' } : {}) };
    },
  ),
  rule(
    `(?:(?<=\\b(?:in|by|until|before|of|since|after|during) )(${MONTH}|(?<=\\b(?:in|during|until|since) )(?:jan|feb|apr|aug|sept?|oct|nov|dec)(?!['’]))|(${MONTH_BY_NUMBER})(?=,? (?:of )?${YEAR}))(?:,? (?:of )?(${YEAR}|(?:last|this|next) year))?(?!\\p{L})(?! \\d)`,
    (m, now) => monthOf(now, group(m, 1) || group(m, 2), m[3]),
  ),
  // A year on its own.
  rule(
    `(?<=\\b(?:in|since|during|of|until|by|before|after|from|year|late|early) )(?:the year )?(${YEAR})\\b(?![-:/.]\\d| \\p{L}+s\\b)`,
    (m, now) => {
      const day = now.startOf('year').set({ year: Number(m[1]) });
      return { day, end: day.endOf('year') };
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
  rule(
    `(?:the )?(?:(last|next|this|past|(?:in|over|during)(?: the)?) )?(spring|summer|autumn|fall|winter)(?:,? (?:of )?(${YEAR})| (?:of )?(last|this|next) year)?\\b`,
    (m, now) => {
      const year = m[4] ? periodStart(now, m[4].toLowerCase(), 'year').year : Number(m[3]);
      if (m[3] || m[4]) return seasonOfYear(now, group(m, 2).toLowerCase(), year);
      return m[1] ? season(now, m[1].toLowerCase(), group(m, 2).toLowerCase()) : null;
    },
  ),
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
  rule('(?:(?:later|earlier|some ?time) )?this week\\b', (_m, now) => {
    const week = now.startOf('week');
    const friday = week.plus({ days: 4 });
    const day = friday >= now.startOf('day') ? friday : friday.plus({ days: 2 });
    return { day, week, asked: periodOf(now, 'week') };
  }),
  rule('(?:the )?week before last\\b', (_m, now) => {
    const week = now.startOf('week').minus({ weeks: 2 });
    return { day: week, end: week.endOf('week'), week };
  }),
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
    return { day, end: day.endOf(unit), week: unit === 'week' ? day : null };
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
    `(?:the )?(?:(end|start|beginning) of )?(?:the )?(?:Q([1-4])|(first|second|third|fourth) quarter)(?:(?: of)? (${YEAR}|next year|last year|this year))?\\b`,
    (m, now) => {
      const quarter = parseNumber(m[2] ?? group(m, 3)) ?? 1;
      const day = m[4] ? quarterOf(now, quarter, m[4]) : quarterStart(now, quarter);
      const which = group(m, 1).toLowerCase();
      const every = m[4] ? {} : { every: 'year' as const };
      if (which === 'end') return { day: day.endOf('quarter').startOf('day'), ...every };
      return { day, end: which === '' ? day.endOf('quarter') : null, ...every };
    },
  ),
];

const SEASONS: Record<string, number> = { spring: 3, summer: 6, autumn: 9, fall: 9, winter: 12 };

function seasonOfYear(now: DateTime, name: string, year: number): FoundDay {
  const day = now.startOf('year').set({ year, month: SEASONS[name] ?? 12 });
  return { day, end: day.plus({ months: 3 }).minus({ milliseconds: 1 }) };
}

/** All of a month: of the year that is said, else the one that is not over. */
function monthOf(now: DateTime, name: string, said: string | undefined): FoundDay {
  const month = monthNumber(name);
  const coming = month < now.month ? now.year + 1 : now.year;
  const named = said?.endsWith('year')
    ? periodStart(now, said.split(' ')[0]?.toLowerCase() ?? '', 'year').year
    : Number(said);
  const year = said === undefined ? coming : named;
  const day = now.startOf('day').set({ year, month, day: 1 });
  return { day, end: day.endOf('month'), ...(said === undefined ? { every: 'year' } : {}) };
}

/** Three months of the north, from the 1st: "last" is over, "next" has not begun. */
function season(now: DateTime, which: string, name: string): FoundDay {
  let day = now
    .startOf('year')
    .minus({ years: 1 })
    .set({ month: SEASONS[name] ?? 12 });
  const endOf = (start: DateTime): DateTime => start.plus({ months: 3 }).minus({ milliseconds: 1 });
  const isPast = which === 'last' || which === 'past';
  while (
    isPast ? endOf(day.plus({ years: 1 })) < now : which === 'next' ? day <= now : endOf(day) < now
  ) {
    day = day.plus({ years: 1 });
  }
  return {
    day,
    end: endOf(day),
    ...(/^(?:in|over|during|this)/.test(which) ? { every: 'year' } : {}),
  };
}
