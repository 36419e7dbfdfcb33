import { DateTime } from 'luxon';
import { capitalize, titleCase } from '../../../../text/capitals.ts';
import { isFunctionWord } from '../../../../text/word-classes.ts';
import type { EventClaim } from '../../../understanding-engine.ts';
import type { CooperativeLoop } from '../../cooperative-loop.ts';
import type { Sentence } from '../../talk.ts';
import { type Score, type Scored, scoreBy } from '../claims/claim-score.ts';
import { partSpokenOf, type ResolvedDate } from '../dates/resolve-date.ts';
import { parseNumber } from '../dates/spoken-number.ts';
import { nounPhrases } from '../tagger.ts';
import type { TalkContext } from '../talk-context.ts';
import { featuresOf, involvesUser, isSpoiled, REQUEST, SOMEBODY_ELSE } from './event-features.ts';
import {
  agreementOn,
  DAY_HOLDS,
  DECLINES,
  dateOf,
  datesIn,
  isOccupied,
  refusesHour,
  startOf,
} from './event-times.ts';
import { NOUN, titleOf, VERB } from './event-title.ts';

const DEFAULT_MINUTES = 30;
const MAX_MINUTES = 180;
/** What begins sooner is part of the talk. */
const SOON_MS = 15 * 60_000;
/** Events of one talk, at most: each is compared with all before it. */
const MAX_EVENTS = 100;

/** A bare number that is a time of day: "How about four?", "Twelve thirty at Luigi's?", "Nine is good." */
const BARE_CLOCK =
  /(?<before>\b(?:how about|what about|make it|let's say|say) (?:at )?|^(?:okay, |ok, |then |well, )?(?:around |about )?)(?<!at )(?<clock>(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: (?:thirty|fifteen|forty-five))?(?: o'clock)?)(?=[?.,]? *$| (?:is|it is|works|sounds|then|at)\b)/iu;
/** What stands before another proposal in the same breath. */
const DECLINES_FIRST =
  /^.*\b(?:busy|bad|no good|can't|cannot|difficult|doesn't work|not free)\b[^,;]*[,;] (?:but )?(?=(?:what|how) about\b|can\b|could\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b)/i;
/** What would be done if something else happened is not on the calendar. */
const CONDITION = /^(?:(?:and|but|so|or|well|then),? )*(?:only )?(?:if|unless|in case)\b/i;
/** A sentence that says itself what is done then is not about the noun before it. */
const OWN_MATTER =
  /\b(?:I'll|I will|I'm (?:gonna|going to)|I have to|I need to|we'll|can you|could you|please|remind)\b/i;

/** An event of which only the day may be known so far. */
interface FoundEvent extends EventClaim {
  isDay: boolean;
  /** True if a noun or a verb of appointments names it. */
  isNamed: boolean;
  /** True if it is only what the sentence is about. */
  isLoose: boolean;
}

/** What may be an event, with what speaks for and against it. */
export interface EventCandidate {
  claim: FoundEvent;
  features: string[];
}

/** Meetings, appointments, deadlines and journeys ahead that involve the user, each once with its sources and its score. */
export async function findEvents(
  context: TalkContext,
  each: CooperativeLoop,
  score: Score = scoreBy('events'),
): Promise<Scored<EventClaim>[]> {
  const events: Scored<FoundEvent>[] = [];
  for (const { claim, features } of await findEventCandidates(context, each)) {
    const own = score(features);
    const twin = events.find((other) => isSame(other.claim, claim));
    if (twin) {
      mergeEvent(twin.claim, claim);
      twin.score = Math.max(twin.score, own);
    } else if (events.length < MAX_EVENTS) events.push({ claim, score: own });
  }
  return events.map(({ claim: { isDay: _, isNamed: __, isLoose: ___, ...claim }, score: own }) => ({
    claim,
    score: own,
  }));
}

/** Everything with a time ahead that may be an event, in the order in which it was said. */
export async function findEventCandidates(
  context: TalkContext,
  each: CooperativeLoop,
): Promise<EventCandidate[]> {
  const found: EventCandidate[] = [];
  const sentences = context.sentences.map((sentence) => ({
    ...sentence,
    text: sentence.text.replace(BARE_CLOCK, '$<before>at $<clock>'),
  }));
  await each(sentences, (sentence) => {
    const candidate = candidateIn(sentence, { ...context, sentences });
    if (candidate) found.push(candidate);
  });
  return found;
}

/** Said twice: "A picnic on Sunday" - "At noon?": the hour is the picnic's. */
function mergeEvent(into: FoundEvent, again: FoundEvent): void {
  const rank = (event: FoundEvent): number => (event.isNamed ? 2 : 0) + (event.isLoose ? 0 : 1);
  const gain = rank(again) - rank(into);
  const isLonger = into.title.split(' ').length < again.title.split(' ').length;
  const isHour = into.isDay && !again.isDay;
  if (isHour) Object.assign(into, { start: again.start, isDay: false });
  into.segmentIds = [...new Set([...into.segmentIds, ...again.segmentIds])];
  if (gain > 0 || (gain === 0 && (into.isDay === again.isDay && !isHour ? isLonger : isHour))) {
    const { title, description, isNamed, isLoose } = again;
    Object.assign(into, { title, description, isNamed, isLoose });
  }
}

function isSame(a: FoundEvent, b: FoundEvent): boolean {
  // "Lunch on Wednesday?" - "At half past twelve": the hour of that day.
  const dayOf = (event: FoundEvent): string =>
    DateTime.fromMillis(event.start, { zone: 'Europe/Berlin' }).toISODate() ?? '';
  if (a.isDay !== b.isDay && dayOf(a) === dayOf(b)) return true;
  // "Next Tuesday at ten?" - "Tuesday at ten works": one appointment, said a week apart.
  const apart = Math.abs(a.start - b.start) / 86_400_000;
  if (apart === 7 && a.segmentIds.some((id) => b.segmentIds.includes(id))) return true;
  const sameDay = Math.abs(a.start - b.start) < 86_400_000;
  const words = new Set(a.title.toLowerCase().split(' '));
  const shared = b.title
    .toLowerCase()
    .split(' ')
    .some((word) => !isFunctionWord(word) && words.has(word));
  return a.start === b.start || (sameDay && shared);
}

function candidateIn(said: Sentence, context: TalkContext): EventCandidate | null {
  // "Saturday is bad, what about Sunday at six?", "Wednesday instead of Tuesday at three".
  const text = said.text
    .replace(DECLINES_FIRST, '')
    .replace(/\b(?:instead of|rather than|and not|but not) (?:on )?\p{L}+(?: at \S+)?/giu, '');
  const sentence = { ...said, text };
  if (CONDITION.test(text) || DECLINES.test(text) || refusesHour(sentence, context)) return null;
  const birthday = birthdayOf(sentence, context);
  if (birthday) return { claim: birthday, features: ['way: birthday'] };
  const date = dateOf(sentence, context, null);
  if (!date) return null;
  const agreement = agreementOn(sentence, date, context);
  const { reply, isArranged, isAgreed, doubts } = agreement;
  const named = namedIn(sentence, context, isAgreed) ?? sentence;
  if (
    doubts.length > 0 ||
    (!isAgreed &&
      reply === null &&
      (isSpoiled(sentence) || !involvesUser({ sentence, named, context })))
  )
    return null;
  const start = startAhead(sentence, { named, date, context });
  if (start === null) return null;
  const dates = named === sentence ? datesIn(text, context) : datesIn(named.text, context);
  const ownTitle = titleOf(named, dates, context);
  const previous = context.sentences[sentence.index - 1] ?? null;
  const other = reply ?? previous;
  const agreed =
    isAgreed && (isArranged || !REQUEST.test(text)) ? appointmentWith(sentence, other) : null;
  const loose = ownTitle === null && agreed === null ? looseTitle(sentence, date, context) : null;
  const title = ownTitle ?? agreed ?? loose;
  if (!title) return null;
  // Without a title of its own it is named after who said the other turn, so that this is a source as well.
  const second = ownTitle === null ? other : reply;
  const sources = [named, sentence, ...(second === null ? [] : [second])];
  const claim = {
    title,
    description: capitalize(sentence.text),
    start,
    isDay: !date.hasClock,
    isNamed: ownTitle !== null,
    isLoose: loose !== null,
    durationMinutes: durationOf(text, date),
    segmentIds: [...new Set(sources.flatMap((source) => source.segmentIds))],
  };
  const hasName = ownTitle !== null;
  const features = featuresOf({
    sentence,
    context,
    date,
    agreement,
    named,
    hasName,
    isLoose: loose !== null,
  });
  return { claim, features };
}

/** When it begins, by the part of the day that was named with it; null if it is over or part of the talk. */
function startAhead(
  sentence: Sentence,
  { named, date, context }: { named: Sentence; date: ResolvedDate; context: TalkContext },
): number | null {
  const part = named === sentence ? null : partSpokenOf(named.text);
  const said = (part ? dateOf(sentence, context, part) : undefined) ?? date;
  const start = startOf(said, sentence, context);
  // "The doctor will see you in a minute" is part of the talk.
  const soonest = context.startedAt + (date.fromNow ? SOON_MS : 1);
  return start === null || start < soonest ? null : start;
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
function namedIn(sentence: Sentence, context: TalkContext, isAgreed: boolean): Sentence | null {
  const { text } = sentence;
  if (NOUN.test(text) || VERB.test(text)) return sentence;
  // "The dentist is confirmed. Tuesday at ten."
  const back = isAgreed ? DAY_HOLDS : 2;
  const before = context.sentences
    .slice(Math.max(0, sentence.index - back), sentence.index)
    .filter((other) => !isOccupied(other, context) && !SOMEBODY_ELSE.test(other.text))
    // "Lunch is at noon" has its time.
    .filter((other) => isAgreed || !datesIn(other.text, context).some(({ hasClock }) => hasClock));
  const isShort = sentence.words <= 14 && !OWN_MATTER.test(text);
  const source =
    isShort || isAgreed ? before.findLast((other) => NOUN.test(other.text)) : undefined;
  return source ?? (isAgreed ? sentence : null);
}

/** "Dad turns seventy on Saturday", "my birthday is on the 5th": a day of the year, whoever's it is. */
function birthdayOf(sentence: Sentence, context: TalkContext): FoundEvent | null {
  const said =
    /\b(?<who>\p{L}+(?:'s)? \p{L}+|\p{L}+) turns (?<age>\p{L}+(?:-\p{L}+)?|\d+)\b|\b(?<whose>my|(?:\p{L}+ )?\p{L}+'s|his|her) (?<day>birthday) (?:is|falls)\b/iu.exec(
      sentence.text,
    )?.groups;
  const date = datesIn(sentence.text, context).find(({ hasDay }) => hasDay);
  if (!said || !date || sentence.question) return null;
  const isNumber = said.age !== undefined && parseNumber(said.age) !== null;
  if (said.day === undefined && !isNumber) return null;
  const start = startOf(date, sentence, context);
  if (start === null || start <= context.startedAt) return null;
  const title = said.day === undefined ? `${said.who} turns ${said.age}` : `${said.whose} birthday`;
  return {
    title: titleCase(title.replace(/^(?:my|our) /i, '')),
    description: capitalize(sentence.text),
    start,
    isDay: !date.hasTime,
    isNamed: true,
    isLoose: false,
    durationMinutes: DEFAULT_MINUTES,
    segmentIds: [...sentence.segmentIds],
  };
}

/** What was agreed on without a name: an appointment with the one who is not the user. */
function appointmentWith(sentence: Sentence, reply: Sentence | null): string | null {
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
