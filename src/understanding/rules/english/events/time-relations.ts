import type { Sentence } from '../../talk.ts';
import type { ResolvedDate } from '../dates/resolve-date.ts';
import { DECLINES, repliesTo } from './event-times.ts';
import { NOUN } from './event-title.ts';
import {
  BOUND,
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
  const dayAt = talk.dates[dayIn.index]?.find(({ hasDay }) => hasDay)?.index ?? 0;
  const isChoice = /\bor\b/i.test(text) && own.filter(({ hasClock }) => hasClock).length > 1;
  // "I'll send it tomorrow" is another matter.
  const isOther = ({ said, by }: SaidTime): boolean =>
    isAnother(said, date) && (said.hasClock || !DEED.test(by.text));
  const isAgain = (said: ResolvedDate): boolean => isRepeated(said, date);
  const after = timesIn(talk, index + 1, index + 1 + NEAR);
  const later = timesIn(talk, index + 1, index + 1 + FAR);
  const next = after.find(isOther);
  const echo = later.find(({ said, by }) => by.speaker !== sentence.speaker && isAgain(said))?.by;
  const isItsDay = ({ said, by }: SaidTime): boolean =>
    by !== sentence && by !== dayIn && isDay(said) && isSameDay(said.start, mention.start, talk);
  const yes = Object.entries({
    'another time follows': next !== undefined,
    'another time is asked': next?.by.question === true,
    'another time is told': next?.by.question === false,
    'another time is of the other': next !== undefined && next.by.speaker !== sentence.speaker,
    'another time follows at once': next !== undefined && next.by.index <= index + 2,
    'another hour follows in the sentence': own.some(
      (said) => said.index > date.index && isAnother(said, date),
    ),
    'another time came before': timesIn(talk, index - NEAR, index).some(isOther),
    'another hour follows': after.some(
      ({ said }) => date.hasClock && isHour(said) && !isSameClock(said, date),
    ),
    'its day is said elsewhere': timesIn(talk, index - FAR, index + FAR).some(isItsDay),
    'is said again': later.some(({ said }) => isAgain(said)),
    'is said again by another': echo !== undefined,
    'day with article': /\bthe $/i.test(dayIn.text.slice(0, dayAt)),
    'was said before': timesIn(talk, index - FAR, index).some(({ said }) => isAgain(said)),
    'is one of several': own.length > 1,
    'is one of a choice': isChoice,
    'is chosen': isChoice && isChosen(mention, talk),
    'its hour is said elsewhere':
      !date.hasClock && timesIn(talk, index - 2, index + NEAR).some(({ said }) => isHour(said)),
    'day is far back': sentence.index - dayIn.index > 3,
    'day is said with a deed': dayIn !== sentence && DEED.test(dayIn.text),
    'day is said with an hour':
      dayIn !== sentence && talk.dates[dayIn.index]?.some(({ hasClock }) => hasClock) === true,
    'day is of an event': dayIn !== sentence && NOUN.test(dayIn.text),
    'day is asked for': dayIn !== sentence && dayIn.question,
    'day is bounded': dayIn !== sentence && BOUND.test(dayIn.text),
    'is a span': date.end !== null,
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
