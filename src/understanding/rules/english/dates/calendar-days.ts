import * as chrono from 'chrono-node';
import type { DateTime } from 'luxon';
import type { DayPiece, FoundDay } from './calendar-arithmetic.ts';
import { relatedDays } from './day-relations.ts';
import { DAY_RULES } from './day-rules.ts';
import { DAY_SPAN_RULES, localHolidayRules } from './day-span-rules.ts';
import { PERIOD_RULES } from './period-rules.ts';

/** Written dates: `2026-03-12`, `3/12/2026`, `12/3/2026` if 12 is no month; after "by", `3/12` too. */
const NUMERIC =
  /\b(?:\d{4}-\d\d?-\d\d?|\d\d?\/\d\d?\/\d{2,4})(?!\d)|(?<=\b(?:due|on|by|until|before|for|since|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|\p{L}+day),? )\d\d?\/\d\d?(?![\d/])\b|(?<![\d/])\b\d\d?\/\d\d?(?=,? at \d)/iu;
const ALL_RULES = [...DAY_RULES, ...PERIOD_RULES, ...DAY_SPAN_RULES];
/** Day first, as much of Europe writes it. */
const DOTTED = /(?<![\d.])(\d\d?)\.(\d\d?)\.(\d{4})(?!\d)/g;
const WRITTEN_TIME = /^T(\d\d):(\d\d)/;

/**
 * All days in a text, possibly overlapping, counted from `now` in its zone. What comes again and again
 * ("Friday", "the 12th", "Easter") is the coming one, or, if the talk is of what has been, the last.
 */
export function findCalendarDays(text: string, now: DateTime, isPast = false): DayPiece[] {
  const pieces: DayPiece[] = [];
  const push = (index: number, length: number, found: FoundDay): void => {
    pieces.push({
      kind: 'day',
      index,
      length,
      day: found.day,
      end: found.end ?? null,
      time: found.time ?? null,
      exact: found.exact ?? false,
      weekday: found.weekday ?? false,
      week: found.week ?? null,
      asked: found.asked ?? null,
    });
  };
  for (const { pattern, resolve } of [...ALL_RULES, ...localHolidayRules(now.zoneName ?? 'utc')]) {
    for (const match of text.matchAll(pattern)) {
      let found = resolve(match, now);
      // The 31st may be months away, the 29th of February years.
      for (let back = 1; isPast && found?.every && found.day > now && back <= 8; back += 1) {
        found = resolve(match, now.minus({ [found.every]: back }));
      }
      if (found) push(match.index, match[0].length, found);
    }
  }
  for (const match of text.matchAll(DOTTED)) {
    const [day, month, year] = [Number(match[1]), Number(match[2]), Number(match[3])];
    const date = now.startOf('day').set({ year, month, day });
    if (month <= 12 && date.day === day) push(match.index, match[0].length, { day: date });
  }
  if (NUMERIC.test(text)) {
    for (const { index, written, day } of writtenDates(text, now, isPast)) {
      const time = WRITTEN_TIME.exec(text.slice(index + written.length));
      push(index, written.length + (time?.[0].length ?? 0), {
        day,
        time: time && { hour: Number(time[1]), minute: Number(time[2]) },
      });
    }
  }
  return [...pieces, ...relatedDays(text, pieces)];
}

/** What chrono makes of dates in figures; all that speech says is ours. */
function writtenDates(
  text: string,
  now: DateTime,
  isPast: boolean,
): { index: number; written: string; day: DateTime }[] {
  // chrono ignores IANA zones silently, so it gets the offset, and only its calendar date is used.
  const reference = { instant: now.toJSDate(), timezone: now.offset };
  const options = { forwardDate: !isPast };
  return chrono.en.casual.parse(text, reference, options).flatMap((result) => {
    const { start } = result;
    // A match is looked for in its place, since what stands before it decides.
    const written = NUMERIC.exec(text.slice(Math.max(0, result.index - 11)))?.[0];
    const index = written === undefined ? -1 : text.indexOf(written, result.index);
    if (written === undefined || index < 0 || index >= result.index + result.text.length) return [];
    if (!start.isCertain('day') || !start.isCertain('month')) return [];
    const date = {
      year: start.get('year') ?? now.year,
      month: start.get('month') ?? 1,
      day: start.get('day') ?? 1,
    };
    const day = now.startOf('day').set(date);
    const isToCome = isPast && !start.isCertain('year') && day > now;
    return { index, written, day: isToCome ? day.minus({ years: 1 }) : day };
  });
}
