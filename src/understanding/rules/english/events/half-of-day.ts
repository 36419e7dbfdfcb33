import type { Sentence } from '../../talk.ts';
import { scoreOf } from '../claims/claim-score.ts';
import type { ResolvedDate } from '../dates/resolve-date.ts';
import HALVES from './half-weights.json' with { type: 'json' };
import { isSameClock, local, type TimedTalk, type TimeMention } from './time-mentions.ts';

/** Returns the probability, 0 to 1, that an hour with these features is one after noon. */
export type AfterNoon = (features: readonly string[]) => number;

export const afterNoonByTable: AfterNoon = (features) => scoreOf(features, HALVES);

/** Sentences around an hour whose words may tell the half of the day. */
const AROUND = 3;
/** Words of a sentence that are looked at. */
const MAX_WORDS = 30;
/** Nouns of times and days, which say nothing of what the hour is for. */
const IS_TIME = /^(?:half|quarter|today|tomorrow|may|march)$|(?:st|nd|rd|th|second|third)$/;
const PARTS: Readonly<Record<string, RegExp>> = {
  morning: /\b(?:mornings?|breakfast|first thing|early|sunrise|awake|get up|alarm)\b/i,
  afternoon: /\b(?:afternoons?|lunch|tea|after (?:lunch|school))\b/i,
  evening:
    /\b(?:tonight|evenings?|nights?|dinner|supper|drinks|pub|party|concert|film|movie|cinema|after work|eve)\b/i,
};

/** What speaks for an hour before or after noon, as names of features. */
export function halfFeatures(
  { sentence, start, dayIn }: TimeMention,
  named: { text: string; index: number },
  talk: TimedTalk,
): string[] {
  const at = local(start, talk);
  const hour = at.hour % 12 || 12;
  const now = local(talk.startedAt, talk);
  const { index } = sentence;
  const around = talk.sentences
    .slice(Math.max(0, index - AROUND), index + 2)
    .filter((other) => other.index !== index && other.index !== named.index);
  const own = named.index === index ? [sentence.text] : [sentence.text, named.text];
  const partsIn = (name: string, texts: readonly string[]): string[] =>
    Object.entries(PARTS).flatMap(([part, words]) =>
      texts.some((text) => words.test(text)) ? [`${name} ${part}`] : [],
    );
  const words = own.flatMap((text) => talk.tag(text).slice(0, MAX_WORDS));
  const things = words.flatMap(({ pos, lemma }) =>
    /^(?:NOUN|VERB)$/.test(pos) && !IS_TIME.test(lemma) ? [`thing: ${lemma}`] : [],
  );
  return [
    `hour ${hour}`,
    ...partOfDay(dayIn, talk),
    ...(at.minute === 0 ? [] : [hour < 7 ? 'early hour with minutes' : 'late hour with minutes']),
    ...partsIn('says', own),
    ...partsIn(
      'around',
      around.map(({ text }) => text),
    ),
    ...new Set(things),
    ...(at.hasSame(now, 'day') ? ['today', ...overBy(hour, now.hour + now.minute / 60)] : []),
  ];
}

/** "Tonight?" - "At eight.": the part of the day that is said with the day of an hour. */
function partOfDay({ index }: Sentence, talk: TimedTalk): string[] {
  const said = talk.dates[index]?.find(
    ({ hasDay, hasTime, isHalfOpen }) => hasDay && hasTime && !isHalfOpen,
  );
  if (!said) return [];
  return [local(said.start, talk).hour < 12 ? 'day says before noon' : 'day says after noon'];
}

/** What is over by the time of the talk, if the hour were before noon. */
function overBy(hour: number, now: number): string[] {
  return (hour % 12) + 1 < now ? ['over before noon'] : [];
}

/** An hour that was said in a talk, with what speaks for its half of the day. */
export interface SaidHour {
  date: ResolvedDate;
  /** Epoch milliseconds, in the half that is usual. */
  start: number;
  /** True for one after noon. */
  isLate: boolean;
  features: string[];
}

/** How likely an hour is that is said with its half somewhere else in the talk. */
const SAID_ELSEWHERE = 0.97;

/** Returns the probability that an hour is after noon, by all times that it is said in a talk. */
export function afterNoonOf(
  date: ResolvedDate,
  hours: readonly SaidHour[],
  afterNoon: AfterNoon,
): number {
  const same = hours.filter((hour) => isSameClock(hour.date, date));
  const said = same.find((hour) => !hour.date.isHalfOpen);
  if (said) return said.isLate ? SAID_ELSEWHERE : 1 - SAID_ELSEWHERE;
  const logits = same.map(({ features }) => logit(afterNoon(features)));
  const mean = logits.reduce((sum, each) => sum + each, 0) / Math.max(1, logits.length);
  return 1 / (1 + Math.exp(-mean));
}

function logit(probability: number): number {
  return Math.log(probability / (1 - probability));
}

/** When a mention begins if its hour is in the likelier half of the day, and how likely that half is. */
export function chooseHalf(
  { start, date, dayFrom }: TimeMention,
  probability: number,
  talk: TimedTalk,
): { start: number; certainty: number } {
  if (!date.isHalfOpen) return { start, certainty: 1 };
  const isAfterNoon = probability >= 0.5;
  const certainty = Math.max(probability, 1 - probability);
  const said = local(start, talk);
  const now = local(talk.startedAt, talk);
  const day = dayFrom === 'none' ? now : said;
  const hour = (said.hour % 12) + (isAfterNoon ? 12 : 0);
  const { year, month, day: ofMonth } = day;
  const chosen = said.set({ year, month, day: ofMonth, hour });
  if (chosen > now || !day.hasSame(now, 'day')) return { start: chosen.toMillis(), certainty };
  // An hour of today that is over comes after noon, else tomorrow.
  const later = isAfterNoon ? chosen : chosen.plus({ hours: 12 });
  if (later > now) return { start: later.toMillis(), certainty: 1 };
  return { start: dayFrom === 'none' ? chosen.plus({ days: 1 }).toMillis() : start, certainty };
}
