import type { DateTime } from 'luxon';
import {
  type DaySpan,
  type FoundDay,
  MONTH_BY_NUMBER,
  monthNumber,
  periodEnd,
  periodStart,
  type Recurrence,
  WEEKDAY,
  weekdayNumber,
  YEAR,
} from './calendar-arithmetic.ts';
import { type DayRule, rule } from './day-rule.ts';
import { ORDINAL, parseNumber } from './spoken-number.ts';

type Unit = 'week' | 'month' | 'quarter' | 'year';

interface Period extends DaySpan {
  unit: Unit;
  /** Given if the words name the coming one among several. */
  every?: Recurrence;
}

/** Regular expression source of a period that parts are taken of; one group. */
const PERIOD = `((?:${MONTH_BY_NUMBER})(?:,? (?:of )?${YEAR})?|(?:(?:the|this|next|last|previous) )?(?:week|month|quarter|year)|(?:the year )?${YEAR})(?![\\p{L}\\d])(?! \\d)`;
const NTH = '(first|second|third|fourth|fifth|[1-5](?:st|nd|rd|th)|last)';
const group = (match: RegExpMatchArray, index: number): string => match[index] ?? '';

/** The period that such words name at a moment. */
function readPeriod(said: string, now: DateTime): Period {
  const words = said.toLowerCase();
  const year = /\d{4}$/.exec(words)?.[0];
  const month = monthNumber(words);
  if (month > 0) {
    const isOver = month < now.month;
    const from = now.startOf('year').set({
      year: year === undefined ? now.year + (isOver ? 1 : 0) : Number(year),
      month,
    });
    const every = year === undefined ? { every: 'year' as const } : {};
    return { from, to: from.endOf('month'), unit: 'month', ...every };
  }
  if (year !== undefined) {
    const from = now.startOf('year').set({ year: Number(year) });
    return { from, to: from.endOf('year'), unit: 'year' };
  }
  const unit = (words.split(' ').at(-1) ?? 'week') as Unit;
  const which = words.slice(0, -unit.length).trim();
  const from = periodStart(now, which, unit);
  const recurs = (which === 'the' || which === '') && unit !== 'quarter';
  return { from, to: from.endOf(unit), unit, ...(recurs ? { every: unit } : {}) };
}

/** A rule about a part of a period: that of the next one if it recurs and this one's part is over. */
function partRule(
  source: string,
  at: number,
  pick: (match: RegExpMatchArray, period: Period) => FoundDay | null,
): DayRule {
  return rule(source, (match, now) => {
    const period = readPeriod(group(match, at), now);
    const { every } = period;
    const found = pick(match, period);
    const isOver = found !== null && (found.end ?? found.day.endOf('day')) < now;
    if (every === undefined || found === null) return found;
    if (!isOver) return { ...found, every };
    const next = pick(match, readPeriod(group(match, at), now.plus({ [every]: 1 })));
    return next && { ...next, every };
  });
}

type Third = 'start' | 'middle' | 'end';

/** First and last day of a third, counted from the beginning of the period. */
function thirdOf({ from, to, unit }: Period, third: Third): DaySpan {
  const step = { start: 0, middle: 1, end: 2 }[third];
  const size = {
    week: { days: 2 },
    month: { days: 10 },
    quarter: { months: 1 },
    year: { months: 4 },
  };
  let start = from;
  for (let taken = 0; taken < step; taken += 1) start = start.plus(size[unit]);
  const end = third === 'end' ? to : start.plus(size[unit]).minus({ milliseconds: 1 });
  return { from: start, to: end };
}

/** The day that people plan for if they name a part of a period. */
function dayOfThird({ from, unit }: Period, third: Third): DateTime {
  if (third === 'start') return from;
  if (third === 'end') return periodEnd(from, unit);
  const ahead = {
    week: { days: 2 },
    month: { days: 14 },
    quarter: { days: 45 },
    year: { months: 6 },
  };
  return from.plus(ahead[unit]);
}

function partOfPeriod(match: RegExpMatchArray, period: Period): FoundDay {
  const said = group(match, 1).toLowerCase();
  const third = /^mid/.test(said) ? 'middle' : /^(?:end|late)/.test(said) ? 'end' : 'start';
  const asked = thirdOf(period, third);
  const week = period.unit === 'week' ? period.from : null;
  // Early and late are a stretch; the beginning, the middle and the end a day to plan for.
  if (/^(?:early|late)/.test(said) && week === null) return { day: asked.from, end: asked.to };
  return { day: dayOfThird(period, third), week, asked };
}

/** The n-th day, week, weekend, weekday, month or quarter of a period; null if it has none. */
function nthOfPeriod(match: RegExpMatchArray, { from, to, unit }: Period): FoundDay | null {
  const isLast = group(match, 1).toLowerCase() === 'last';
  const nth = isLast ? 1 : (parseNumber(group(match, 1)) ?? 1);
  const name = group(match, 2).toLowerCase();
  if (unit === 'week' && name !== 'day') return null;
  if (name === 'month' || name === 'quarter') {
    const months = name === 'month' ? 1 : 3;
    const day = isLast ? to.startOf(name) : from.plus({ months: (nth - 1) * months });
    return day > to ? null : { day, end: day.endOf(name) };
  }
  const spans: Record<string, number> = { day: 1, week: 7, weekend: 2 };
  const days = spans[name] ?? 1;
  let day = isLast ? to.startOf('day').minus({ days: days - 1 }) : from;
  if (name === 'day' || name === 'week') day = day.plus({ days: (nth - 1) * (isLast ? 0 : days) });
  else {
    const weekday = name === 'weekend' ? 6 : weekdayNumber(name);
    // A last weekend may begin on the last day.
    if (isLast) day = to.startOf('day').minus({ days: (to.weekday - weekday + 7) % 7 });
    else day = from.plus({ days: ((weekday - from.weekday + 7) % 7) + (nth - 1) * 7 });
  }
  if (day > to) return null;
  return days === 1 ? { day } : { day, end: day.plus({ days: days - 1 }).endOf('day') };
}

/** Parts of weeks, months, quarters and years. */
export const PERIOD_RULES: DayRule[] = [
  partRule(
    `(?:the |very )*(early|late|mid|(?:beginning|start|middle|end) of|(?:early|late) in)[ -]${PERIOD}`,
    2,
    partOfPeriod,
  ),
  partRule(
    `(?:the )?${NTH} (day|week|weekend|month|quarter|${WEEKDAY}) (?:of|in) ${PERIOD}`,
    3,
    nthOfPeriod,
  ),
  partRule(
    `(?:the )?(${ORDINAL})(?: day)? (?:of|in) ((?:this|next|last|the) month)\\b`,
    2,
    (match, { from }) => {
      const day = parseNumber(group(match, 1)) ?? 0;
      return day >= 1 && day <= (from.daysInMonth ?? 31) ? { day: from.set({ day }) } : null;
    },
  ),
  rule('(?:EO(W|M|Q|Y)|year[ -]end)\\b', (match, now) => {
    const names: Record<string, Unit> = { w: 'week', m: 'month', q: 'quarter' };
    const unit = names[group(match, 1).toLowerCase()] ?? 'year';
    return { day: periodEnd(periodStart(now, 'this', unit), unit) };
  }),
];
