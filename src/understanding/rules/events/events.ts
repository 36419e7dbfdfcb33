import { capitalize, titleCase } from '../../../text/capitals.ts';
import { isFunctionWord } from '../../../text/word-classes.ts';
import type { EventClaim } from '../../understanding-engine.ts';
import type { CooperativeLoop } from '../cooperative-loop.ts';
import { EVENING, type ResolvedDate } from '../dates/resolve-date.ts';
import { parseNumber } from '../dates/spoken-number.ts';
import type { Sentence } from '../sentences.ts';
import type { TalkContext } from '../talk-context.ts';
import {
  agreementOn,
  DAY_HOLDS,
  DECLINES,
  dateOf,
  datesIn,
  isOccupied,
  repliesTo,
  startOf,
} from './event-times.ts';
import { NOUN, NOUN_FIRST, titleOf, VERB } from './event-title.ts';

const DEFAULT_MINUTES = 30;
const MAX_MINUTES = 180;
/** What begins sooner is part of the talk. */
const SOON_MS = 15 * 60_000;
/** Events of one talk, at most: each is compared with all before it. */
const MAX_EVENTS = 100;

const SPOILED =
  /\b(?:maybe|perhaps|might|if|would|could|wish|hypothetically|should we|shall we|can't make|cannot make|cancel(?:led|ed)?|not sure|used to|was|were|had|went|did(?!n't you)|met|flew|happened|not going|isn't|won't|don't|no longer|thinking (?:about|of)|wanted to|sold out|should(?! be)|nobody|missed|what about|how about|unless|last time)\b/i;
/** A bare number that is a time of day: "How about four?", "Twelve thirty at Luigi's?", "Nine is good." */
const BARE_CLOCK =
  /(?<before>\b(?:how about|what about|make it|let's say|say) (?:at )?|^(?:okay, |ok, |then |well, )?(?:around |about )?)(?<!at )(?<clock>(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: (?:thirty|fifteen|forty-five))?(?: o'clock)?)(?=[?.,]? *$| (?:is|it is|works|sounds|then|at)\b)/iu;
/** When something is open or ready, or goes on time and again, is nobody's appointment. */
const HOURS =
  /\b(?:opens?|closes?|closed|shuts?|closing|every|each (?:day|week|month|year)|usually|normally|on \p{L}+days|check-?(?:in|out)|(?:is|be|are) ready|in bed)\b/iu;
const PARTING = /\blet's (?:all )?(?:meet|talk|speak|catch up|continue|go on|reconvene)\b/i;
/** What stands before another proposal in the same breath. */
const DECLINES_FIRST =
  /^.*\b(?:busy|bad|no good|can't|cannot|difficult|doesn't work|not free)\b[^,;]*[,;] (?:but )?(?=(?:what|how) about\b|can\b|could\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b)/i;
/** What is asked to be done by a time is a task. */
const REQUEST = /\b(?:can|could|will|would) you (?!come|make|be|do|see|fit)|\bI'll\b|\bplease\b/i;
const FIRST = /\b(?:I|I'm|I've|I'll|my|me|we|we're|we've|we'll|our|us|let's)\b/i;
const SECOND = /\b(?:you|you're|you've|you'll|your|we|we're|we've|we'll|our|us|let's)\b/i;

/** "Call the dentist at nine" is a task: the dentist is not an appointment yet. */
const TASK_ABOUT =
  /\b(?:call|ring|phone|email|text|ask|tell|message|contact) (?:the|my|your|our) (?:\w+ )?(?:dentist|doctor|physio|school|office)\b|\bremind me to (?:call|book|buy|send|write|order|pay)\b/i;

/** What would be done if something else happened is not on the calendar. */
const CONDITION = /^(?:(?:and|but|so|or|well|then),? )*(?:only )?(?:if|unless|in case)\b/i;
/** A sentence that says itself what is done then is not about the noun before it. */
const OWN_MATTER =
  /\b(?:I'll|I will|I'm (?:gonna|going to)|I have to|I need to|we'll|can you|could you|please|remind)\b/i;

const SOMEBODY_ELSE =
  /^(?:(?:my|our) (?:\p{L}+ )?\p{L}+(?: \p{Lu}\p{L}+)? (?:has|has got|needs|is having|takes|flies|(?:is|are) (?!coming|getting|visiting|arriving|picking|taking|leaving|landing)\p{L}+ing)|he|she|they|his|her|their|he's|she's|they're|my (?:boss|colleague|neighbou?r|friend)(?:'s)?) /iu;

/** An event of which only the day may be known so far. */
interface FoundEvent extends EventClaim {
  isDay: boolean;
}

/** Meetings, appointments, deadlines and journeys ahead that involve the user, each with its sources. */
export async function findEvents(
  context: TalkContext,
  each: CooperativeLoop,
): Promise<EventClaim[]> {
  const events: FoundEvent[] = [];
  const sentences = context.sentences.map((sentence) => ({
    ...sentence,
    text: sentence.text.replace(BARE_CLOCK, '$<before>at $<clock>'),
  }));
  await each(sentences, (sentence) => {
    const event = eventOf(sentence, { ...context, sentences });
    if (!event) return;
    const twin = events.find((other) => isSame(other, event));
    if (!twin) {
      if (events.length < MAX_EVENTS) events.push(event);
    } else {
      // "A picnic on Sunday" - "At noon?": the hour is the picnic's.
      if (twin.isDay && !event.isDay) Object.assign(twin, { start: event.start, isDay: false });
      twin.segmentIds = [...new Set([...twin.segmentIds, ...event.segmentIds])];
      if (twin.title.split(' ').length < event.title.split(' ').length) {
        twin.title = event.title;
        twin.description = event.description;
      }
    }
  });
  return events.map(({ isDay: _, ...event }) => event);
}

function isSame(a: EventClaim, b: EventClaim): boolean {
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

function eventOf(said: Sentence, context: TalkContext): FoundEvent | null {
  // "Saturday is bad, what about Sunday at six?", "Wednesday instead of Tuesday at three".
  const text = said.text
    .replace(DECLINES_FIRST, '')
    .replace(/\b(?:instead of|rather than|and not|but not) (?:on )?\p{L}+(?: at \S+)?/giu, '');
  const sentence = { ...said, text };
  if (TASK_ABOUT.test(text) || CONDITION.test(text) || DECLINES.test(text) || HOURS.test(text))
    return null;
  const birthday = birthdayOf(sentence, context);
  if (birthday) return birthday;
  const dates = datesIn(text, context);
  const previous = context.sentences[sentence.index - 1];
  const date = dateOf(sentence, context, false);
  if (!date) return null;
  const agreement = agreementOn(sentence, date, context);
  if (agreement === null) return null;
  const { reply, isArranged, isAgreed, isAsked, proposal } = agreement;
  const named = namedIn(sentence, context, isAgreed);
  if (named === null) return null;
  const isEvening = named !== sentence && EVENING.test(named.text);
  const start = startOf(
    (isEvening ? dateOf(sentence, context, true) : undefined) ?? date,
    sentence,
    context,
  );
  if (start === null || start <= context.startedAt) return null;
  // "The doctor will see you in a minute."
  if (date.fromNow && start - context.startedAt < SOON_MS) return null;
  const plain = text.replace(/\b(?:please )?(?:don't|do not) forget\b/gi, '');
  if (proposal) {
    // The last word of a talk is agreed to if nobody answers it any more.
    const isLast = repliesTo(sentence, context).length === 0;
    const isParting = !isAsked && isLast && date.hasTime && PARTING.test(text);
    if (reply === null && !isParting && !(isArranged && isAgreed)) return null;
  } else if (!isAgreed) {
    const isSpoiled =
      SPOILED.test(plain) ||
      (named !== sentence &&
        /\b(?:cancel|change|rebook|postpone|reschedule|move my|used to|if)\b/i.test(named.text));
    if (isSpoiled || !involvesUser(sentence, named, context)) return null;
  } else if (isOfSomebodyElse(text)) return null;
  const title =
    titleOf(named, named === sentence ? dates : datesIn(named.text, context), context) ??
    (isAgreed && (isArranged || !REQUEST.test(text))
      ? appointmentWith(sentence, reply ?? previous ?? null)
      : null);
  if (!title) return null;
  const sources = [named, sentence, ...(reply === null ? [] : [reply])];
  return {
    title,
    description: capitalize(sentence.text),
    start,
    isDay: !date.hasClock,
    durationMinutes: durationOf(text, date),
    segmentIds: [...new Set(sources.flatMap((source) => source.segmentIds))],
  };
}

/** The sentence that names what the time is for: this one, or one before it; null if none does. */
function namedIn(sentence: Sentence, context: TalkContext, isAgreed: boolean): Sentence | null {
  const { text } = sentence;
  if (NOUN.test(text) || VERB.test(text)) return sentence;
  // "The dentist is confirmed. Tuesday at ten."
  const back = isAgreed ? DAY_HOLDS : 2;
  const before = context.sentences
    .slice(Math.max(0, sentence.index - back), sentence.index)
    .filter((other) => !isOccupied(other, context) && !SOMEBODY_ELSE.test(other.text));
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
    durationMinutes: DEFAULT_MINUTES,
    segmentIds: [...sentence.segmentIds],
  };
}

/** What was agreed on without a name: an appointment with the one who is not the user. */
function appointmentWith(sentence: Sentence, reply: Sentence | null): string | null {
  const other = sentence.isUser ? reply : sentence;
  return other?.name ? `Appointment with ${other.name}` : 'Appointment';
}

function involvesUser(sentence: Sentence, named: Sentence, context: TalkContext): boolean {
  const text = withoutOpening(sentence.text);
  if (SOMEBODY_ELSE.test(text) || isOfSomebodyElse(named.text)) return false;
  if (!context.hasUser)
    return FIRST.test(sentence.text) || FIRST.test(named.text) || SECOND.test(sentence.text);
  const words = sentence.isUser ? FIRST : SECOND;
  if (
    words.test(sentence.text) ||
    (named !== sentence && (named.isUser ? FIRST : SECOND).test(named.text))
  )
    return true;
  // "The appointment is on Tuesday at ten", said to the user or by them.
  return (
    /^(?:(?!the (?:flight|train|bus|ferry|plane|boat)\b)the|your|our|it|it's|that's|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b/i.test(
      text,
    ) || NOUN_FIRST.test(text)
  );
}

function withoutOpening(text: string): string {
  return text.replace(
    /^(?:(?:so|and|also|but|okay|ok|yes|yeah|great|then|well|right|good|fine|nice|thanks|perfect|sure)\b[,.!]? ?)+/i,
    '',
  );
}

/** "His flight leaves at noon" is not about the user, whoever says it. */
function isOfSomebodyElse(text: string): boolean {
  const noun = NOUN.exec(text);
  return noun !== null && /\b(?:his|her|their) (?:\S+ )?$/i.test(text.slice(0, noun.index));
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
