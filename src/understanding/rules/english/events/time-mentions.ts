import type { DateTime } from 'luxon';
import { zonedTime } from '../../../../model/zoned-time.ts';
import type { Sentence } from '../../talk.ts';
import { type ResolvedDate, resolveDates } from '../dates/resolve-date.ts';
import type { TalkContext } from '../talk-context.ts';

/** A talk whose sentences say bare hours as times, with the dates of each sentence. */
export interface TimedTalk extends TalkContext {
  dates: readonly (readonly ResolvedDate[])[];
}

/** A time that was said, on the day that the talk gives it. */
export interface TimeMention {
  sentence: Sentence;
  /** As it was said. */
  date: ResolvedDate;
  /** Epoch milliseconds; a day alone begins at its midnight. */
  start: number;
  /** Where its day was said: `period` in the week or month spoken of, `none` for the next such time. */
  dayFrom: 'own' | 'period' | SpokenDay['dayFrom'] | 'none';
  /** The sentence that says its day. */
  dayIn: Sentence;
}

const HOUR = '(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)';
const MINUTES =
  '(?:fifteen|thirty|(?:twenty|forty|fifty)(?:[ -]five)?|ten|oh five)(?! (?:minutes|pounds|euros|people)\\b)';
const COMPOSED = `(?:(?:half|(?:a )?quarter|five|ten|twenty(?:[ -]five)?) (?:past|to) ${HOUR}|half ${HOUR}|${HOUR}[ -]${MINUTES})`;
const LEAD =
  "(?:(?:okay|ok|then|well|so|or|and|no|yes|yeah|right|fine|oh|say|let's say|how about|what about|make it|around|about|it's|it is)[, ]+)*";
/** A bare number that is a time of day: "How about four?", "Twelve thirty at Luigi's?", "Five's fine." */
const FIRST = new RegExp(
  `(?<before>^${LEAD}|\\b(?:how about|what about|make it|let's say|say) )(?<clock>(?:${COMPOSED}(?=,)|(?:${COMPOSED}|${HOUR})(?: o'clock)?(?!,(?! (?:then|in|at|on|please|sharp)\\b))))(?=[?.]|$|'s\\b|, (?:then|in|at|on|please|sharp)\\b| (?:is|it is|works|sounds|then|at|in|on|with|for|sharp|please|suits|would)\\b)`,
  'iu',
);
/** "Friday the twelfth, half seven", "or ten thirty". */
const LATER = new RegExp(`(?<=, |\\bor |\\bthe )(?<clock>${COMPOSED})(?=[?.,!]|$)`, 'giu');
/** "Seven it is." */
const IT_IS = new RegExp(`^(at ${HOUR})(?= it is\\b)`, 'i');
/** "Fifth, at eleven?" */
const BARE_DAY =
  /^(?=(?:fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\p{L}+teenth|twentieth|twenty-\p{L}+|thirtieth|thirty-first)\b(?:[,.?]| at ))/iu;
/** "Two till four." */
const SPAN = new RegExp(
  `^(?=(?:${HOUR} (?:till|until)|(?!five|ten)${HOUR} to) ${HOUR}[?.,!])`,
  'iu',
);

/** Writes bare hours as times, so that they are read as such. */
export function withTimes(text: string): string {
  return text
    .replace(BARE_DAY, 'The ')
    .replace(SPAN, 'From ')
    .replace(FIRST, '$<before>at $<clock>')
    .replace(LATER, 'at $<clock>')
    .replace(/\bat at\b/gi, 'at')
    .replace(IT_IS, "$1 o'clock");
}

/** Sentences for which a day that was spoken of still holds. */
const DAY_HOLDS = 10;
const DAY_FOLLOWS = 3;
/** Dates of one sentence that are looked at. */
const MAX_DATES = 4;
/** What is longer is no day nor a week. */
const LONG_MS = 8 * 86_400_000;
/** Weekdays that set no day: "not Friday", "That's a Saturday, isn't it?". */
const NO_DAY =
  /\b(?:not (?:on )?|instead of (?:on )?|rather than (?:on )?|a )(?=\p{Lu}\p{L}+day\b)/iu;
/** A time that only bounds something: "I work until five". */
export const BOUND =
  /\b(?:until|till|by|before|after|since)(?: the| about| around)? *$|^(?:until|till|by|before|after|since)\b/i;

/** The dates that a text of a talk names. */
export function datesIn(text: string, { startedAt, timeZone }: TalkContext): ResolvedDate[] {
  return resolveDates(text, { reference: startedAt, timeZone });
}

/** True for the same hour of the clock, whether before or after noon. */
export function isSameClock(a: ResolvedDate, b: ResolvedDate): boolean {
  return a.hasClock && b.hasClock && (a.start - b.start) % 43_200_000 === 0;
}

/** The times and days of a sentence that may be of an event, each on the days that it may be of. */
export function mentionsIn(sentence: Sentence, talk: TimedTalk): TimeMention[] {
  const dates = datesOf(sentence, talk).filter((date) => !isNoDay(date, sentence.text));
  const clocks = dates.filter(({ hasTime }) => hasTime);
  return (clocks.length > 0 ? clocks : dates)
    .slice(0, MAX_DATES)
    .flatMap((date) => mentionsOf(date, sentence, talk));
}

function datesOf({ index }: Sentence, { dates }: TimedTalk): readonly ResolvedDate[] {
  return dates[index] ?? [];
}

/** True for a weekday that is named as what it is not, as what a date is, or as that of every week. */
function isNoDay({ index, hasTime, text: words }: ResolvedDate, text: string): boolean {
  if (/days$/.test(words)) return true;
  const from = Math.max(0, index - 20);
  const no = NO_DAY.exec(text.slice(from, index + 12));
  return !hasTime && no !== null && from + no.index + no[0].length >= index;
}

function mentionsOf(date: ResolvedDate, sentence: Sentence, talk: TimedTalk): TimeMention[] {
  const said = { sentence, date };
  if (date.fromNow)
    return [{ ...said, start: date.start + sentence.startMs, dayFrom: 'own', dayIn: sentence }];
  if (date.hasDay) {
    return daysMeant(date, sentence, talk).map(({ start, isInPeriod }) => ({
      ...said,
      start,
      dayFrom: isInPeriod ? 'period' : 'own',
      dayIn: sentence,
    }));
  }
  const before = daysBefore(sentence, talk);
  const after = before[0]?.dayIn === sentence ? undefined : dayAfter(sentence, talk);
  const days = [...before, ...(after ? [after] : [])].map(({ day, dayIn, dayFrom }) => {
    const { year, month, day: ofMonth } = local(day, talk);
    const start = local(date.start, talk).set({ year, month, day: ofMonth }).toMillis();
    return { ...said, start, dayFrom, dayIn };
  });
  return days.length > 0
    ? days
    : [{ ...said, start: date.start, dayFrom: 'none', dayIn: sentence }];
}

/**
 * The days that a named day may mean: a day that is told is one of the week or month that was spoken of, one that is
 * proposed may come first.
 */
function daysMeant(
  date: ResolvedDate,
  sentence: Sentence,
  talk: TimedTalk,
): { start: number; isInPeriod: boolean }[] {
  const period = inPeriodSpokenOf(date, sentence, talk);
  return [
    ...(sentence.question || period === null ? [{ start: date.start, isInPeriod: false }] : []),
    ...(period === null ? [] : [{ start: period, isInPeriod: true }]),
  ];
}

export function local(instant: number, { timeZone }: Pick<TalkContext, 'timeZone'>): DateTime {
  return zonedTime(instant, timeZone);
}

interface SpokenDay {
  day: number;
  dayIn: Sentence;
  dayFrom: 'before' | 'other before' | 'period before' | 'after';
}

/** The last two days that were spoken of before a sentence or in it, the last one first. */
function daysBefore({ index }: Sentence, talk: TimedTalk): SpokenDay[] {
  const found: SpokenDay[] = [];
  const from = Math.max(0, index - DAY_HOLDS);
  for (const dayIn of talk.sentences.slice(from, index + 1).reverse()) {
    const said = datesOf(dayIn, talk).findLast(
      (other) => other.hasDay && other.end === null && !isNoDay(other, dayIn.text),
    );
    if (!said || found.some(({ day }) => isSameDay(day, said.start, talk))) continue;
    const dayFrom = found.length === 0 ? 'before' : 'other before';
    for (const { start, isInPeriod } of daysMeant(said, dayIn, talk))
      found.push({ day: start, dayIn, dayFrom: isInPeriod ? 'period before' : dayFrom });
    if (dayIn.index === index || found.length >= 2) break;
  }
  return found;
}

/** "At eight?" - "On Saturday.": the day that is named next without an hour. */
function dayAfter({ index }: Sentence, talk: TimedTalk): SpokenDay | undefined {
  for (const dayIn of talk.sentences.slice(index + 1, index + 1 + DAY_FOLLOWS)) {
    const [date] = datesOf(dayIn, talk);
    if (date?.hasDay && !date.hasTime && date.end === null && !isNoDay(date, dayIn.text))
      return { day: date.start, dayIn, dayFrom: 'after' };
    if (date) return undefined;
  }
  return undefined;
}

/** True for two instants of one local day. */
export function isSameDay(a: number, b: number, talk: Pick<TalkContext, 'timeZone'>): boolean {
  return local(a, talk).hasSame(local(b, talk), 'day');
}

/** A day of the month without the month, maybe with an hour. */
const ORDINAL =
  /^(?:[Oo]n )?(?:[Tt]he )?[\p{L}\d-]+(?:st|nd|rd|th|first|second|third)\b(?!,? (?:of )?\p{Lu})/u;
const WEEKDAY = /^(?:on )?\p{L}+day\b(?! the\b)/iu;
/** A day by its name, number or month; "at Christmas" is mostly the last one. */
const OF_CALENDAR =
  /\d|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\bweek|\bmonth|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b|(?:first|second|third|\p{L}{2}th|tieth)\b/iu;
/** Sentences for which the week or the month that was spoken of still holds. */
const PERIOD_HOLDS = 8;

/** "You fly on the nineteenth." - "And the meeting?" - "On Wednesday at nine": the one after that day; null if there is none. */
function inPeriodSpokenOf(date: ResolvedDate, { index }: Sentence, talk: TimedTalk): number | null {
  const isWeekday = WEEKDAY.test(date.text);
  if (!isWeekday && !ORDINAL.test(date.text)) return null;
  const before = talk.sentences.slice(Math.max(0, index - PERIOD_HOLDS), index).reverse();
  // A season is no week, and a deadline is of something else.
  const last =
    before.flatMap((said) =>
      datesOf(said, talk).filter(
        ({ hasDay, start, end, index: at, text }) =>
          hasDay &&
          OF_CALENDAR.test(text) &&
          (!isWeekday || (end ?? start) - start < LONG_MS) &&
          !BOUND.test(said.text.slice(0, at)),
      ),
    )[0]?.start ?? 0;
  if (last - date.start < 86_400_000 || last - talk.startedAt < 6 * 86_400_000) return null;
  const own = local(date.start, talk);
  const spoken = local(last, talk);
  if (!isWeekday) return own.set({ year: spoken.year, month: spoken.month }).toMillis();
  const weeks = Math.ceil(spoken.startOf('day').diff(own.startOf('day'), 'weeks').weeks);
  return own.plus({ weeks }).toMillis();
}
