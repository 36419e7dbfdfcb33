import type { Sentence } from '../../talk.ts';
import type { ResolvedDate } from '../dates/resolve-date.ts';
import { DECLINES, repliesTo } from './event-times.ts';
import {
  isSameClock,
  isSameDay,
  local,
  type TimedTalk,
  type TimeMention,
} from './time-mentions.ts';

/** Sentences within which another time may replace one. */
const NEAR = 6;
/** Sentences within which a time may be said again: all others of a long talk are not looked through for each. */
const FAR = 100;

/** What is to be done by a time is a task. */
const DEED =
  /\b(?:I'll|I will|(?:have|need|got) to|(?:can|could|will|would) you|please|must|should)\b/i;

/** How a time stands to the other times of the talk, to its clause and to now, as names of features. */
export function relationsOf(mention: TimeMention, talk: TimedTalk): string[] {
  const { sentence, date, dayFrom, dayIn } = mention;
  const { index, text } = sentence;
  const own = talk.dates[index] ?? [];
  const isChoice = /\bor\b/i.test(text) && own.filter(({ hasClock }) => hasClock).length > 1;
  // "I'll send it tomorrow" is another matter.
  const isOther = ({ said, by }: SaidTime): boolean =>
    isAnother(said, date) && (said.hasClock || !DEED.test(by.text));
  const after = timesIn(talk, index + 1, index + 1 + NEAR);
  const next = after.find(isOther);
  const isItsDay = ({ said, by }: SaidTime): boolean =>
    by !== sentence && by !== dayIn && isDay(said) && isSameDay(said.start, mention.start, talk);
  const isOtherHour = ({ said }: SaidTime): boolean =>
    date.hasClock && isHour(said) && !isSameClock(said, date);
  const yes = Object.entries({
    'another time is asked': next?.by.question === true,
    'another time follows at once': next !== undefined && next.by.index <= index + 2,
    'another hour follows': after.some(isOtherHour),
    'its day is said elsewhere': timesIn(talk, index - FAR, index + FAR).some(isItsDay),
    'was said before': timesIn(talk, index - FAR, index).some(({ said }) => isRepeated(said, date)),
    'is chosen': isChoice && isChosen(mention, talk),
    'day is far back': index - dayIn.index > 3,
    'day is asked for': dayIn !== sentence && dayIn.question,
  }).flatMap(([name, holds]) => (holds ? [name] : []));
  return [
    ...yes,
    `day as: ${dayAs(date)}`,
    `day from ${dayFrom}`,
    `form: ${aheadOf(mention, talk)}`,
  ];
}

interface SaidTime {
  said: ResolvedDate;
  by: Sentence;
}

function timesIn({ sentences, dates }: TimedTalk, from: number, to: number): SaidTime[] {
  return sentences
    .slice(Math.max(0, from), Math.max(0, to))
    .flatMap((by) => (dates[by.index] ?? []).map((said) => ({ said, by })));
}

/** How the day of a time is said. */
function dayAs({ hasDay, text }: ResolvedDate): string {
  if (!hasDay) return 'none';
  if (/day\b/i.test(text)) return 'weekday';
  return /\d|(?:st|nd|rd|th)\b/.test(text) ? 'date' : 'other';
}

/** A day, and no week or month. */
function isDay({ hasDay, end }: ResolvedDate): boolean {
  return hasDay && end === null;
}

/** An hour without a day. */
function isHour({ hasClock, hasDay }: ResolvedDate): boolean {
  return hasClock && !hasDay;
}

/** A time that may stand for the first one: another hour, or another day. */
function isAnother(said: ResolvedDate, date: ResolvedDate): boolean {
  if (said.fromNow) return false;
  if (said.hasClock && date.hasClock) return !isSameClock(said, date);
  return said.hasDay && date.hasDay && said.end === null && dayOf(said) !== dayOf(date);
}

function isRepeated(said: ResolvedDate, date: ResolvedDate): boolean {
  if (date.hasClock) return isSameClock(said, date);
  return said.hasDay && date.hasDay && dayOf(said) === dayOf(date);
}

function dayOf({ start, end, asked }: ResolvedDate): number {
  return end === null ? asked.from : start;
}

/** True if somebody else then names the weekday or the hour of a time. */
function isChosen({ sentence, date }: TimeMention, talk: TimedTalk): boolean {
  const day = /\p{Lu}\p{L}+day\b/u.exec(date.text)?.[0];
  return repliesTo(sentence, talk).some(
    ({ text, index }) =>
      !DECLINES.test(text) &&
      ((day !== undefined && text.includes(day)) ||
        talk.dates[index]?.some((said) => isSameClock(said, date))),
  );
}

function aheadOf({ start }: TimeMention, talk: TimedTalk): string {
  const day = local(start, talk).startOf('day');
  const days = Math.round(day.diff(local(talk.startedAt, talk).startOf('day'), 'days').days);
  return days <= 0
    ? 'today'
    : days === 1
      ? 'tomorrow'
      : days <= 7
        ? 'this week'
        : days <= 40
          ? 'this month'
          : 'far ahead';
}
