import { capitalize, titleCase } from '../../../../text/capitals.ts';
import { isFunctionWord } from '../../../../text/word-classes.ts';
import type { EventClaim } from '../../../understanding-engine.ts';
import type { CooperativeLoop } from '../../cooperative-loop.ts';
import type { Sentence } from '../../talk.ts';
import { type Score, type Scored, scoreBy } from '../claims/claim-score.ts';
import { endOfLocalDay, type ResolvedDate } from '../dates/resolve-date.ts';
import { parseNumber } from '../dates/spoken-number.ts';
import { nounPhrases } from '../tagger.ts';
import type { TalkContext } from '../talk-context.ts';
import { featuresOf, REQUEST, SOMEBODY_ELSE } from './event-features.ts';
import { agreementOn, isOccupied, MATTER_HOLDS } from './event-times.ts';
import { birthdayTitle, NOUN, titleOf, VERB } from './event-title.ts';
import {
  type AfterNoon,
  afterNoonByTable,
  afterNoonOf,
  chooseHalf,
  halfFeatures,
  type SaidHour,
} from './half-of-day.ts';
import {
  datesIn,
  isSameDay,
  local,
  mentionsIn,
  type TimedTalk,
  type TimeMention,
  withTimes,
} from './time-mentions.ts';

const DEFAULT_MINUTES = 30;
const MAX_MINUTES = 180;
/** What begins sooner is part of the talk. */
const SOON_MS = 15 * 60_000;
/** Candidates of one talk, at most, the likeliest: each is compared with the events before it. */
const MAX_CANDIDATES = 400;

/** A sentence that says itself what is done then is not about the noun before it. */
const OWN_MATTER =
  /\b(?:I'll|I will|I'm (?:gonna|going to)|I have to|I need to|we'll|can you|could you|please|remind)\b/i;

/** What a claim of an event comes from. */
interface Basis {
  /** True if only its day is known so far. */
  isDay: boolean;
  /** True if a noun or a verb of appointments names it. */
  isNamed: boolean;
  /** True if it is only what the sentence is about. */
  isLoose: boolean;
  /** Places of the sentences that name it and say its time. */
  named: number;
  index: number;
  /** Where in that sentence the time stands. */
  said: number;
}

/** What may be an event, with what speaks for and against it. */
export interface EventCandidate {
  claim: EventClaim;
  basis: Basis;
  features: string[];
  /** How likely its hour is in the right half of the day, .5 to 1. */
  certainty: number;
}

interface ScoredEvent extends Scored<EventClaim> {
  basis: Basis;
}

/** Meetings, appointments, deadlines and journeys ahead that involve the user, each once with its sources and its score. */
export async function findEvents(
  context: TalkContext,
  each: CooperativeLoop,
  score: Score = scoreBy('events'),
  afterNoon: AfterNoon = afterNoonByTable,
): Promise<Scored<EventClaim>[]> {
  const candidates = await findEventCandidates(context, each, afterNoon);
  const scored = candidates
    .map(({ claim, basis, features, certainty }) => ({
      claim,
      basis,
      score: score(features) * certainty,
    }))
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_CANDIDATES);
  return unite(scored, context).sort((a, b) => a.basis.index - b.basis.index);
}

/** Makes one claim of all that are about one appointment: the first and likeliest of them holds. */
function unite(scored: readonly ScoredEvent[], context: TalkContext): ScoredEvent[] {
  const events: ScoredEvent[] = [];
  for (const next of scored) {
    const twin =
      events.find(({ claim }) => claim.start === next.claim.start) ??
      events.find((event) => isSame(event, next, context));
    if (twin) mergeEvent(twin, next);
    else events.push({ ...next });
  }
  return events;
}

/** A talk with its bare hours written as times, and the dates of each sentence. */
async function timeTalk(context: TalkContext, each: CooperativeLoop): Promise<TimedTalk> {
  const sentences = context.sentences.map((sentence) => ({
    ...sentence,
    text: withTimes(sentence.text),
  }));
  const dates: ResolvedDate[][] = [];
  await each(sentences, ({ text }) => {
    dates.push(datesIn(text, context));
  });
  return { ...context, sentences, dates };
}

/** Everything with a time ahead that may be an event, in the order in which it was said. */
export async function findEventCandidates(
  context: TalkContext,
  each: CooperativeLoop,
  afterNoon: AfterNoon = afterNoonByTable,
): Promise<EventCandidate[]> {
  const found: EventCandidate[] = [];
  const talk = await timeTalk(context, each);
  const hours = await hoursOf(talk, each);
  await each(talk.sentences, (sentence) => {
    for (const mention of mentionsIn(sentence, talk)) {
      const isLate = afterNoonOf(mention.date, hours, afterNoon);
      const candidate = candidateOf(mention, talk, isLate);
      if (candidate) found.push(candidate);
    }
  });
  return found;
}

/** The hours that a talk says: what the halves of the day are fitted to. */
export async function findHours(context: TalkContext, each: CooperativeLoop): Promise<SaidHour[]> {
  return hoursOf(await timeTalk(context, each), each);
}

async function hoursOf(talk: TimedTalk, each: CooperativeLoop): Promise<SaidHour[]> {
  const hours: SaidHour[] = [];
  await each(talk.sentences, (sentence) => {
    for (const mention of mentionsIn(sentence, talk)) {
      const { date, start } = mention;
      if (!date.hasClock || hours.some((hour) => hour.date === date)) continue;
      const named = namedIn(sentence, talk, true) ?? sentence;
      const features = date.isHalfOpen ? halfFeatures(mention, named, talk) : [];
      hours.push({ date, start, isLate: local(start, talk).hour >= 12, features });
    }
  });
  return hours;
}

/** Gives an event the better name of another claim of the same appointment, and its sources. */
function mergeEvent(into: ScoredEvent, again: ScoredEvent): void {
  const rank = ({ basis }: ScoredEvent): number =>
    (basis.isNamed ? 2 : 0) + (basis.isLoose ? 0 : 1);
  const better = rank(again) > rank(into) ? again : into;
  const segmentIds = [...new Set([...into.claim.segmentIds, ...again.claim.segmentIds])];
  into.claim = { ...into.claim, title: better.claim.title, segmentIds };
  into.basis = { ...into.basis, isNamed: better.basis.isNamed, isLoose: better.basis.isLoose };
}

/** Sentences within which two times without names of their own are about one appointment. */
const ONE_MATTER = 6;

/** True if two claims are about one appointment. */
function isSame(a: ScoredEvent, b: ScoredEvent, talk: TalkContext): boolean {
  const isOneDay = isSameDay(a.claim.start, b.claim.start, talk);
  // "Lunch on Wednesday?" - "At half past twelve": the hour of that day.
  if (isOneDay && (a.basis.isDay || b.basis.isDay)) return true;
  const isNear = Math.abs(a.basis.index - b.basis.index) <= ONE_MATTER;
  if (a.basis.index === b.basis.index && a.basis.said === b.basis.said) return true;
  if (isNear && a.basis.named === b.basis.named) return true;
  const words = new Set(a.claim.title.toLowerCase().split(' '));
  const isShared = b.claim.title
    .toLowerCase()
    .split(' ')
    .some((word) => !isFunctionWord(word) && words.has(word));
  return isShared && (isOneDay || isNear);
}

function candidateOf(
  mention: TimeMention,
  talk: TimedTalk,
  afterNoon: number,
): EventCandidate | null {
  const { sentence, date } = mention;
  const agreement = agreementOn(mention, talk);
  if (agreement.doubts.includes('is cancelled')) return null;
  const { reply, isArranged, isAgreed } = agreement;
  const named = namedIn(sentence, talk, isAgreed) ?? sentence;
  const half = chooseHalf(mention, afterNoon, talk);
  const start = startOf(mention, half.start, talk);
  if (start <= talk.startedAt + (date.fromNow ? SOON_MS : 0)) return null;
  const ownTitle = titleOf(named, talk.dates[named.index] ?? [], talk);
  const previous = talk.sentences[sentence.index - 1] ?? null;
  const other = reply ?? previous;
  const agreed =
    isAgreed && (isArranged || !REQUEST.test(sentence.text))
      ? appointmentWith(sentence, other)
      : null;
  const loose = ownTitle === null && agreed === null ? looseTitle(sentence, date, talk) : null;
  const title = ownTitle ?? agreed ?? loose ?? appointmentWith(sentence, other);
  // Without a title of its own it is named after who said the other turn, so that this is a source as well.
  const second = ownTitle === null ? other : reply;
  const sources = [named, sentence, ...(second === null ? [] : [second])];
  const claim = {
    title,
    description: capitalize(sentence.text),
    start,
    durationMinutes: durationOf(sentence.text, date),
    segmentIds: [...new Set(sources.flatMap((source) => source.segmentIds))],
  };
  const basis = {
    isDay: !date.hasClock,
    isNamed: ownTitle !== null,
    isLoose: loose !== null,
    named: named.index,
    index: sentence.index,
    said: date.index,
  };
  const features = featuresOf({
    mention,
    sentence,
    date,
    context: talk,
    agreement,
    named,
    isLoose: loose !== null,
  });
  return { claim, basis, features, certainty: half.certainty };
}

/** When an event begins: a deadline without a time ends with its day, anything else begins with the morning. */
function startOf({ date, sentence }: TimeMention, start: number, talk: TimedTalk): number {
  if (date.hasTime) return start;
  if (/\b(?:deadline|due)\b/i.test(sentence.text)) return endOfLocalDay(start, talk.timeZone);
  return local(start, talk).set({ hour: 9 }).toMillis();
}

/** What a sentence is about, its time left out: "I'm at the eye hospital at ten" is about the eye hospital. */
function looseTitle({ text }: Sentence, date: ResolvedDate, { tag }: TalkContext): string | null {
  const without = [...date.parts]
    .sort((a, b) => b.index - a.index)
    .reduce(
      (left, { index, length }) => `${left.slice(0, index)}, ${left.slice(index + length)}`,
      text,
    );
  const words = tag(without);
  const [phrase] = nounPhrases(words).filter(
    ({ text: said }) =>
      !isFunctionWord(said.toLowerCase()) &&
      !/^(?:day|week|month|year|time|o'clock)s?$|day$/.test(said),
  );
  if (!phrase) return null;
  const verb = words.findLast(({ pos, index }) => pos === 'VERB' && index < phrase.index);
  return titleCase(verb ? `${verb.lemma} ${phrase.text}` : phrase.text);
}

/** The sentence that names what the time is for: this one, or one before it; null if none does. */
function namedIn(sentence: Sentence, context: TimedTalk, isAgreed: boolean): Sentence | null {
  const { text } = sentence;
  if (NOUN.test(text) || VERB.test(text) || birthdayTitle(text) !== null) return sentence;
  // "The dentist is confirmed. Tuesday at ten."
  const back = isAgreed ? MATTER_HOLDS : 4;
  const before = context.sentences
    .slice(Math.max(0, sentence.index - back), sentence.index)
    .filter((other) => !isOccupied(other, context) && !SOMEBODY_ELSE.test(other.text))
    // "Lunch is at noon" has its time.
    .filter(({ index }) => isAgreed || !context.dates[index]?.some(({ hasClock }) => hasClock));
  const isShort = sentence.words <= 14 && !OWN_MATTER.test(text);
  const source =
    isShort || isAgreed ? before.findLast((other) => NOUN.test(other.text)) : undefined;
  return source ?? (isAgreed ? sentence : null);
}

/** What was agreed on without a name: an appointment with the one who is not the user. */
function appointmentWith(sentence: Sentence, reply: Sentence | null): string {
  const other = sentence.isUser ? reply : sentence;
  return other?.name ? `Appointment with ${other.name}` : 'Appointment';
}

/** Minutes said with the time: "for an hour", "from 3 to 4"; 30 if none were, 180 at most. */
function durationOf(text: string, date: ResolvedDate): number {
  let minutes = DEFAULT_MINUTES;
  if (date.end !== null && date.hasTime) minutes = Math.round((date.end - date.start) / 60_000);
  const said =
    /\b(?:for|takes?|lasts?|about|a|an|is) (?:about |around |roughly )?(half an|an?|one|two|three|four|ninety|\d+|fifteen|twenty|thirty|forty[ -]five|sixty)[ -](hour|minute)s?( and a half)?\b/i.exec(
      text,
    );
  if (said) {
    const word = (said[1] ?? '').toLowerCase();
    const amount =
      word === 'half an'
        ? 0.5
        : /^an?$/.test(word)
          ? 1
          : word === 'ninety'
            ? 90
            : word === 'sixty'
              ? 60
              : (parseNumber(word) ?? 0);
    const whole = said[3] ? amount + 0.5 : amount;
    const found = said[2]?.toLowerCase() === 'hour' ? whole * 60 : whole;
    if (found > 0 && !/\bin\s*$/.test(text.slice(0, said.index))) minutes = found;
  }
  return Math.max(5, Math.min(MAX_MINUTES, minutes));
}
