import type { DateTime } from 'luxon';
import {
  COUNT,
  count,
  type DayPiece,
  periodOf,
  shift,
  WEEKDAY,
  weekdayNumber,
} from './calendar-arithmetic.ts';

/** Words before a day that name a time by it: "the week of", "two days before", "the weekend after". */
const RELATION = new RegExp(
  `\\b(?:(?:the |that )?(?<whole>week|weekend|month) (?:of|starting|beginning)(?: on)?|(?:(?<the>the)|${COUNT}) (?<unit>day|week|weekend|month|${WEEKDAY})s? (?<order>before|after|following)) (?:the )?$`,
  'i',
);
/** Words behind a day: "the Easter weekend", "Thanksgiving week". */
const AROUND = /^ (?<whole>week|weekend)\b(?! (?:after|before))/i;
/** Characters before and behind a day that are looked at. */
const REACH = 40;

/** The times that are named by one of the days: the week of the 9th, two days before Easter. */
export function relatedDays(text: string, days: readonly DayPiece[]): DayPiece[] {
  return days.flatMap((piece) => {
    if (piece.exact || piece.week !== null) return [];
    const from = Math.max(0, piece.index - REACH);
    const before = RELATION.exec(text.slice(from, piece.index));
    if (before) {
      const index = from + before.index;
      const length = piece.index + piece.length - index;
      return [{ ...piece, ...related(piece, before), index, length, weekday: false }];
    }
    const to = piece.index + piece.length;
    const behind = piece.weekday ? null : AROUND.exec(text.slice(to, to + REACH));
    if (!behind) return [];
    const length = piece.length + behind[0].length;
    return [{ ...piece, ...whole(piece.day, behind.groups?.whole ?? ''), length }];
  });
}

type Relative = Pick<DayPiece, 'day' | 'end' | 'week' | 'asked'>;

function related(piece: DayPiece, match: RegExpExecArray): Relative {
  const { whole: unit, the, order, ...groups } = match.groups ?? {};
  if (unit !== undefined) return whole(piece.day, unit);
  const step = order?.toLowerCase() === 'before' ? -1 : 1;
  const last = step > 0 && piece.end !== null ? piece.end.startOf('day') : piece.day;
  const size = (groups.unit ?? 'day').toLowerCase();
  const weekday = size === 'month' ? 0 : weekdayNumber(size);
  if (weekday > 0) {
    const ahead = step > 0 ? (weekday - last.weekday + 7) % 7 : (last.weekday - weekday + 7) % 7;
    const day = last.plus({ days: step * (ahead || 7) });
    return { day, end: null, week: null, asked: null };
  }
  // "The week after Easter" is that of the calendar, "a week after Easter" a day.
  if (the !== undefined && size !== 'day') {
    const next = size === 'month' ? last.plus({ months: step }) : last.plus({ weeks: step });
    if (size !== 'weekend') return whole(next, size);
    const isInWeek = step > 0 && last.weekday < 6;
    return whole((isInWeek ? last : next).startOf('week').plus({ days: 5 }), size);
  }
  const amount = the === undefined ? count(match[3] ?? '') : 1;
  const { day, week = null } = shift(last, step * amount, size === 'weekend' ? 'week' : size);
  return { day, end: null, week, asked: null };
}

/** The calendar week or month of a day, or its weekend with a holiday right beside it. */
function whole(day: DateTime, unit: string): Relative {
  const name = unit.toLowerCase();
  const week = day.startOf('week');
  if (name !== 'weekend') {
    const { from, to } = periodOf(day, name === 'month' ? 'month' : 'week');
    return { day: from, end: to, week: name === 'month' ? null : week, asked: null };
  }
  // Of Monday it is the one before; Thursday and Friday make it longer.
  const saturday = day.weekday === 1 ? week.minus({ days: 2 }) : week.plus({ days: 5 });
  const sunday = saturday.plus({ days: 1 });
  const isBeside = day.weekday === 1 || day.weekday === 5 || day.weekday === 4;
  const first = isBeside && day < saturday ? day : saturday;
  return {
    day: first,
    end: (isBeside && day > sunday ? day : sunday).endOf('day'),
    week: null,
    asked: null,
  };
}
