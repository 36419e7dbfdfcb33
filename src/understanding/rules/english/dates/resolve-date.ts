import { DateTime } from 'luxon';
import { windowsOf } from '../../../../kernel/bounded-text.ts';
import { zonedTime } from '../../../../model/zoned-time.ts';
import { type DayPiece, partOfDay } from './calendar-arithmetic.ts';
import { findCalendarDays } from './calendar-days.ts';
import { type ClockPiece, type DayPartPiece, findClockTimes, guessHour } from './clock-times.ts';
import { localHolidays } from './local-holidays.ts';

export interface ResolvedDate {
  /** Epoch milliseconds. Without a time: the local midnight that begins the day. */
  start: number;
  /** Epoch milliseconds of the end of a range or period, null if none was said. */
  end: number | null;
  /** The words, as they stand in the text from `index`. */
  text: string;
  index: number;
  /** All stretches of the text that say it: "on Friday" and "at five" may stand apart. */
  parts: readonly { index: number; length: number }[];
  hasTime: boolean;
  /** True if hours were said, not only a part of the day ("tomorrow morning"). */
  hasClock: boolean;
  /** True if the hour may be before or after noon: nothing that was said with it tells. */
  isHalfOpen: boolean;
  /** False for a clock time alone: `start` is then the next such time. */
  hasDay: boolean;
  /** True if hours or minutes were counted from the moment of speaking ("in half an hour"). */
  fromNow: boolean;
  /** What a question means by the words, both ends included: all of a day, of an evening, of a week. */
  asked: { from: number; to: number };
}

export interface DateContext {
  /** The moment of speaking, epoch milliseconds. */
  reference: number;
  /** IANA zone of the user. */
  timeZone: string;
  /** True if the text asks about what has been: "on the 12th" is then the last one. */
  isPast?: boolean;
  /** The part of the day that the talk is of, by a dinner, a party or "first thing": a bare hour is then one of it. */
  spokenPart?: SpokenPart | null;
}

/** Characters that are read at a time: finding out which words belong together is quadratic in them. */
const WINDOW = 1000;
/** Characters of a text that are read for dates; no sentence that people say is longer. */
const MAX_TEXT = 4000;

type Piece = DayPiece | ClockPiece | DayPartPiece;

/** No date goes without one of these; most sentences have none and need no closer look. */
const HINT =
  /\d|days?\b|week|month|quarter|year|minute|hour|tomorrow|tonight|noon|night|morning|evening|clock|past|quarter|lunchtime|first thing|[ap]\.?m\b|EO[DWM]\b|COB\b|close of|halloween|christmas|xmas|valentine|easter|thanksgiving|juneteenth|ferragosto|muertos|new year|cinco|pentecost|whit sunday|fortnight|spring|summer|autumn|fall\b|winter|year[ -]end|half |hundred hours|Q[1-4]|(?:jan|febr)uary|march|april|may|june|july|august|(?:septem|octo|novem|decem)ber|\b(?:in|during|until|since) (?:jan|feb|apr|aug|sept?|oct|nov|dec)\b|\b(?:twen|thir)t(?:y|ieth)|\b(?:at|by|until|till|before|after|around|about|from|between|on) (?:the )?(?:about |around )?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|quarter|a quarter|\w+(?:st|nd|rd|th)\b|first|second|third)|\bthe (?:twelfth|\w+teenth|tenth|ninth|eighth)/i;

const GAP =
  /^(?:\s|,|-|–|—|['’]s\b|\b(?:at|on|by|in|the|around|about|of|before|until|sometime|from|starting|morning of|say|let's say|maybe|perhaps|probably|roughly|approximately)\b)*$/i;
/** What stands between the first and the last day of a span; "and" only after "between". */
const SPAN = /^\s*(?:to|until|till|through|thru|-|–|—)\s*(?:the\s*)?$/i;
const BETWEEN = /\bbetween (?:the )?$/i;
const EVENING =
  /\b(?:tonight|evening|eve|dinner|supper|night|drinks|table for|movie|concert|gig|party|pub|bar)\b/i;
const MORNING = /\b(?:morning|breakfast|first thing)\b/i;

/** A part of the day by which a bare hour is read. */
export type SpokenPart = 'morning' | 'evening';

/** The part of the day that a text speaks of, null if none. */
export function partSpokenOf(text: string): SpokenPart | null {
  if (EVENING.test(text)) return MORNING.test(text) ? null : 'evening';
  return MORNING.test(text) ? 'morning' : null;
}

/** The longest pieces that do not overlap, in their order. */
function disjoint(pieces: Piece[]): Piece[] {
  const taken: Piece[] = [];
  for (const piece of [...pieces].sort((a, b) => b.length - a.length || a.index - b.index)) {
    const clear = taken.every(
      (other) =>
        piece.index + piece.length <= other.index || other.index + other.length <= piece.index,
    );
    if (clear) taken.push(piece);
  }
  return taken.sort((a, b) => a.index - b.index);
}

interface Group {
  day: DayPiece | null;
  /** Last day of a span that begins with `day`. */
  lastDay: DayPiece | null;
  clock: ClockPiece | null;
  part: DayPartPiece | null;
  from: number;
  to: number;
  /** Stretches that were joined to it from further on in the clause. */
  apart: { from: number; to: number }[];
}

/** Adds the piece to the group, or returns false if it says something else. */
function join(group: Group, piece: Piece, gap = ''): boolean {
  if (piece.kind === 'clock') {
    if (group.clock || group.lastDay || group.day?.exact) return false;
    group.clock = piece;
  } else if (piece.kind === 'part') {
    if (group.part || group.day?.exact) return false;
    group.part = piece;
  } else {
    if (piece.exact && (group.clock || group.part || group.day)) return false;
    if (joinWeek(group, piece, gap)) {
      group.to = piece.index + piece.length;
      return true;
    }
    if (group.lastDay) return false;
    // "Tuesday, March 17th": the date says more than the weekday's name.
    if (group.day && !group.day.weekday && !piece.weekday) return false;
    if (group.day?.weekday && piece.weekday) return false;
    if (!group.day || group.day.weekday) group.day = piece;
  }
  group.to = piece.index + piece.length;
  return true;
}

/** Puts a weekday into the week that is named beside it: "Monday of last week", "two weeks ago on Friday". */
function joinWeek(group: Group, piece: DayPiece, gap: string): boolean {
  const inWeek = (week: DateTime, { day, ...rest }: DayPiece): DayPiece => ({
    ...rest,
    day: week.plus({ days: day.weekday - 1 }),
    weekday: false,
  });
  if (group.day?.weekday && piece.week && !gap.includes(',')) {
    if (group.lastDay && !group.lastDay.weekday) return false;
    group.day = inWeek(piece.week, group.day);
    if (group.lastDay) group.lastDay = inWeek(piece.week, group.lastDay);
    return true;
  }
  if (!group.day?.week || group.lastDay || !piece.weekday) return false;
  group.day = inWeek(group.day.week, piece);
  return true;
}

/** Makes "from Monday to Friday" one date with an end, or returns false. */
function joinSpan(text: string, group: Group, piece: Piece, gap: string): boolean {
  if (piece.kind !== 'day' || piece.exact || !group.day || group.day.exact) return false;
  if (group.lastDay || group.clock || group.part || group.day.time) return false;
  const isSpan =
    SPAN.test(gap) || (/^\s*and (?:the )?$/i.test(gap) && BETWEEN.test(text.slice(0, group.from)));
  if (!isSpan) return false;
  // "From May 3 to May 10, 2024": the year is that of both.
  const year = /\d{4}$/.exec(text.slice(piece.index, piece.index + piece.length))?.[0];
  if (year !== undefined && !/\d{4}/.test(text.slice(group.from, group.to))) {
    group.day = { ...group.day, day: group.day.day.set({ year: Number(year) }) };
  }
  group.lastDay = piece;
  group.to = piece.index + piece.length;
  return true;
}

/** The last instant of a span: a weekday or a day of the month that has to lie after the first. */
function endOfSpan(first: DayPiece, last: DayPiece): DateTime {
  if (last.end) return last.end;
  let day = last.day;
  const step = last.weekday ? { weeks: 1 } : { months: 1 };
  for (let tries = 0; day <= first.day && tries < 12; tries += 1) day = day.plus(step);
  return day.endOf('day');
}

function groupPieces(text: string, pieces: Piece[]): Group[] {
  const groups: Group[] = [];
  for (const piece of pieces) {
    const last = groups.at(-1);
    const gap = last ? text.slice(last.to, piece.index) : '';
    if (last && gap.length <= 20 && GAP.test(gap) && join(last, piece, gap)) continue;
    if (last && joinSpan(text, last, piece, gap)) continue;
    const group: Group = {
      day: null,
      lastDay: null,
      clock: null,
      part: null,
      from: piece.index,
      to: 0,
      apart: [],
    };
    join(group, piece);
    groups.push(group);
  }
  const named = groups.filter(
    (group) => group.day !== null || group.clock !== null || !group.part?.bare,
  );
  return joinApart(text, named);
}

/** What begins another clause, whose time is another one. */
const BORDER = /[.;:?!]|\b(?:and|but|or|so|because|then|if|when|until|before|after)\b/i;
const LONGEST_GAP = 60;

/** Makes one moment of a day and a clock time that stand apart in a clause: "on Friday we meet at five". */
function joinApart(text: string, groups: Group[]): Group[] {
  const joined: Group[] = [];
  for (const group of groups) {
    const last = joined.at(-1);
    const gap = last ? text.slice(last.to, group.from) : '';
    if (!last || gap.length > LONGEST_GAP || BORDER.test(gap) || !complete(last, group)) {
      joined.push(group);
    }
  }
  return joined;
}

/** Adds the clock time or the day that a group lacks, or returns false if the other one has more. */
function complete(group: Group, other: Group): boolean {
  const isDay = (one: Group): boolean =>
    one.day !== null && !one.day.exact && !one.day.end && !one.lastDay && one.clock === null;
  const isClock = (one: Group): boolean => one.clock !== null && !one.day && !one.part;
  if (isDay(group) && isClock(other)) group.clock = other.clock;
  else if (isClock(group) && isDay(other) && !other.day?.time) group.day = other.day;
  else return false;
  group.apart.push({ from: other.from, to: other.to });
  return true;
}

function at(day: DateTime, hour: number, minute: number): DateTime {
  // Set on the calendar, not by adding hours: a day of the clock change has 23 or 25 of them.
  const base = hour >= 24 ? day.plus({ days: 1 }) : day;
  return base.set({ hour: hour % 24, minute, second: 0, millisecond: 0 });
}

type Moment = Pick<ResolvedDate, 'start' | 'end' | 'hasTime' | 'fromNow'>;

function resolveGroup(
  text: string,
  group: Group,
  now: DateTime,
  spokenPart: SpokenPart | null,
): Moment {
  const { day, lastDay, clock, part } = group;
  if (day?.exact) return { start: day.day.toMillis(), end: null, hasTime: true, fromNow: true };
  const time = clock ?? part ?? day?.time ?? null;
  if (time === null) {
    const start = day ? day.day : now.startOf('day');
    const end = day && lastDay ? endOfSpan(day, lastDay) : (day?.end ?? null);
    return {
      start: start.toMillis(),
      end: end?.toMillis() ?? null,
      hasTime: false,
      fromNow: false,
    };
  }
  const partHour = part?.hour ?? day?.time?.hour ?? null;
  const spoken = partSpokenOf(text) ?? spokenPart;
  const context = {
    morning: partHour === null ? spoken === 'morning' : partHour < 12,
    evening: partHour === null ? spoken === 'evening' : partHour >= 18,
  };
  const guess = (of: { hour: number; sure: boolean }): number =>
    of.sure
      ? of.hour
      : partHour === 14 && of.hour < 12
        ? of.hour + 12
        : guessHour(of.hour, context);
  const hour = clock ? guess(clock) : time.hour;
  let start = at(day?.day ?? now.startOf('day'), hour, time.minute);
  // A time alone is the next such time.
  if (!day && start < now) start = at(now.startOf('day').plus({ days: 1 }), hour, time.minute);
  // "Tonight" said late in the evening is still to come.
  if (day?.time && !clock && start < now && day.time.hour >= 18 && start.hasSame(now, 'day')) {
    start = start.set({ hour: 23, minute: 59 });
  }
  let end: DateTime | null = null;
  if (clock?.end) {
    end = at(
      start.startOf('day'),
      clock.end.sure ? clock.end.hour : guess(clock.end),
      clock.end.minute,
    );
    if (end <= start) end = end.plus({ hours: 12 });
    if (end <= start) end = end.plus({ hours: 12 });
  }
  const zone = clock?.zone ?? null;
  const inZone = (time: DateTime): number =>
    (zone === null ? time : time.setZone(zone, { keepLocalTime: true })).toMillis();
  return { start: inZone(start), end: end && inZone(end), hasTime: true, fromNow: false };
}

/**
 * The dates and times that a spoken English text names, in their order, resolved in the user's IANA
 * zone and across clock changes. `reference` is the moment of speaking, epoch milliseconds. Weekdays
 * are the coming ones, "next Thursday" that of the coming calendar week, "next week" seven days on,
 * "last Tuesday" the past one; with `isPast`, days without such a word are the last ones; an hour without am or pm is the one people meet at. Only the first
 * 4,000 characters are read.
 */
export function resolveDates(
  text: string,
  { reference, timeZone, isPast = false, spokenPart = null }: DateContext,
): ResolvedDate[] {
  const now = zonedTime(reference, timeZone);
  return windowsOf(text.slice(0, MAX_TEXT), WINDOW).flatMap((window) =>
    datesIn(window, now, isPast, spokenPart),
  );
}

function datesIn(
  { text, index }: { text: string; index: number },
  now: DateTime,
  isPast: boolean,
  spokenPart: SpokenPart | null,
): ResolvedDate[] {
  if (!HINT.test(text) && !localHolidays(now.zoneName ?? 'utc')?.isNamedIn(text)) return [];
  const pieces = disjoint([...findCalendarDays(text, now, isPast), ...findClockTimes(text)]);
  const groups = groupPieces(text, pieces).filter((group) => !isDenied(text, group));
  return groups.map((group) => ({
    ...withAsked(group, resolveGroup(text, group, now, spokenPart), now),
    text: text.slice(group.from, group.to),
    index: index + group.from,
    parts: [group, ...group.apart].map(({ from, to }) => ({
      index: index + from,
      length: to - from,
    })),
    hasClock: group.clock !== null || group.day?.exact === true,
    isHalfOpen: isHalfOpen(group),
    hasDay: group.day !== null,
  }));
}

/** "Not at two": a time that is not meant. */
const DENIED = /\bnot (?:(?:at|on|in|for) )?(?:the )?$/i;

function isDenied(text: string, group: Group): boolean {
  return DENIED.test(text.slice(Math.max(0, group.from - 20), group.from));
}

/** "At eight", and not "at eight tonight" or "at 20:00"; people are awake at twelve at noon. */
function isHalfOpen({ clock, part, day }: Group): boolean {
  if (clock === null || clock.sure || clock.hour % 12 === 0) return false;
  return clock.zone === null && !part && !day?.time;
}

/** Adds what a question means by the words. */
function withAsked(
  { day, lastDay, clock, part }: Group,
  moment: Moment,
  now: DateTime,
): Moment & Pick<ResolvedDate, 'asked'> {
  const name = part?.part ?? day?.time?.part;
  const isWhole = clock !== null || lastDay !== null;
  const span =
    !isWhole && name !== undefined && day?.end == null
      ? partOfDay(day?.day ?? now.startOf('day'), name)
      : !isWhole && day?.asked
        ? day.asked
        : null;
  const from = DateTime.fromMillis(moment.start, { zone: now.zone });
  const to = DateTime.fromMillis(moment.end ?? moment.start, { zone: now.zone });
  const { from: first, to: last } = span ?? { from: from.startOf('day'), to: to.endOf('day') };
  return { ...moment, asked: { from: first.toMillis(), to: last.toMillis() } };
}

/** The last minute of the local day that holds `instant`: what a due date without a time means. */
export function endOfLocalDay(instant: number, timeZone: string): number {
  return zonedTime(instant, timeZone)
    .set({ hour: 23, minute: 59, second: 0, millisecond: 0 })
    .toMillis();
}
