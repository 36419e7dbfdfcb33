import { capitalize, titleCase } from '../../text/capitals.ts';
import { isFunctionWord } from '../../text/word-classes.ts';
import type { EventClaim } from '../understanding-engine.ts';
import type { TalkContext } from './action-items.ts';
import type { CooperativeLoop } from './cooperative-loop.ts';
import { EVENING, endOfLocalDay, type ResolvedDate, resolveDates } from './dates/resolve-date.ts';
import { parseNumber } from './dates/spoken-number.ts';
import { DATED_NOUN, NOUN, NOUN_FIRST, titleOf, VERB } from './event-title.ts';
import type { Sentence } from './sentences.ts';

const DEFAULT_MINUTES = 30;
const MAX_MINUTES = 180;
/** What begins sooner is part of the talk. */
const SOON_MS = 15 * 60_000;
/** Events of one talk, at most: each is compared with all before it. */
const MAX_EVENTS = 100;

const SPOILED =
  /\b(?:maybe|perhaps|might|if|would|could|wish|hypothetically|should we|shall we|can't make|cannot make|cancel(?:led|ed)?|not sure|used to|was|were|had|went|did(?!n't you)|met|flew|happened|not going|isn't|won't|don't|no longer|thinking (?:about|of)|wanted to|sold out|should(?! be)|nobody|missed|what about|how about|unless|last time)\b/i;
const PROPOSAL =
  /\b(?:how about|what about|shall we|should we|could we|can we|can you (?:do|make|come)|could you (?:do|make|come)|would .* (?:work|suit)|does .* work|is .* (?:okay|ok|good|fine)|would you like|how does .* sound|do you want|we could|let's|invite you|you're invited|come to (?:my|our)|are (?:you|we) (?:free|still on)|want to|will you join|why don't we|shall we say)\b/i;
/** A bare number that is a time of day: "How about four?", "Twelve thirty at Luigi's?", "Nine is good." */
const BARE_CLOCK =
  /(?<before>\b(?:how about|what about|make it|let's say|say) (?:at )?|^(?:okay, |ok, |then |well, )?(?:around |about )?)(?<!at )(?<clock>(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: (?:thirty|fifteen|forty-five))?(?: o'clock)?)(?=[?.,]? *$| (?:is|works|sounds|then|at)\b)/iu;
/** When something is open or ready is nobody's appointment. */
const HOURS =
  /\b(?:opens?|closes?|closed|shuts?|closing|check-?(?:in|out)|(?:is|be|are) ready|in bed)\b/i;
/** Asks the other to come to what was just spoken of. */
const INVITES =
  /\b(?:can|could|will|would) you (?:like to )?(?:come|join|make it|be there)\b|\b(?:do you )?want to (?:come|join)\b|\bwould you like to (?:come|join)\b|\byou're (?:all )?invited\b|\bare you (?:coming|free)\b/i;
/** Says when the speaker and the other will be together. */
const ARRANGES =
  /\bI(?:'ll| will| can) (?:be there|come over|come by|come round|drop by|pick you up|meet you|see you)\b|\bsee you (?:at|on|then)\b|, then[.!]?$|^then\b/i;
/** A time at which somebody is not free. */
const DECLINES =
  /\b(?:I'm|I am|we're|he's|she's) (?:afraid )?(?:busy|booked|away|working|not free|in meetings?|out of town)\b|\b(?:is|are) (?:no good|not good|bad|difficult|full)\b|\b(?:can't|cannot)(?: (?:make|do|come|manage|meet)\b|[,.]|$)|\b(?:doesn't|won't) work\b/i;
const PARTING = /\blet's (?:all )?(?:meet|talk|speak|catch up|continue|go on|reconvene)\b/i;
const ACCEPTED =
  /\b(?:works(?: for me)?|sounds (?:good|great|perfect|fine)|perfect|that's (?:fine|good|great|perfect)|it's a date|see you (?:then|there|on)|I'll be there|count me in|great|booked|confirmed|yes|yeah|yep|sure|okay|ok|deal|done|love to|good|fine|absolutely|of course|lovely|wonderful|alright|all right|certainly|delighted|why not|free then|with pleasure|gladly|count on me|I'll come|we'll come|we'll be there)\b/i;
/** What agrees to a time that nobody asked about: "We've got Thursday at nine." - "Thursday works." */
const AGREED =
  /\b(?:works|perfect|I'll take (?:it|that)|fine|it is|see you|it's booked|booked|confirmed|suits me|certainly|done|deal|it's a date|we'll take it|is (?:good|great|perfect)|I'll be there|that's (?:fine|good)|I'm at home)\b/i;
const REJECTED =
  /\b(?:no(?!,? (?:problem|worries))|can't|cannot|won't|doesn't|don't|not|busy|unfortunately|sorry|afraid|bad|booked out|(?:we're|is|are) full|but (?:I|we)(?:'m| have| must|'ve| already)|after all|rather|I wish|abroad|out of town|have plans|another time|some other time|away|too bad|what a (?:pity|shame)|too (?:early|late|soon|far)|closed)\b/i;
/** What one has at a time that is asked for: "On Friday I have my choir", "I work until six". */
const OCCUPIED =
  /^(?:(?:but|oh|wait|no|well|hm|sorry|actually|(?:on|at) \p{L}+(?: \p{L}+)?)[,.]? )*(?:I|we)(?:'ve (?:already )?got| (?:already |always |usually )?have|'m (?:at|on)|'re (?:at|on)| work| teach)\b(?! (?:time|nothing|no plans|it|that|home|my way)\b)/iu;
/** What shows that a time is the other's alone, or that the user stays away. */
const NOT_COMING =
  /\b(?:(?:I'm|I'll be|we're|we'll be) (?:away|abroad|out of town|busy|working|not (?:coming|going))|(?:can't|won't|wouldn't) (?:come|make|be there|be able)|wasn't invited|have fun|good luck|on (?:TV|television)|enjoy (?:it|yourself|your)|safe (?:trip|journey))\b/i;
/** A new time for what was spoken of. */
const MOVED =
  /\b(?:could|can|shall) (?:I|we|you) (?:move|change|make it|do)\b|\b(?:move|change|shift) (?:it|my|the|our)\b|\binstead\b/i;
/** What stands before another proposal in the same breath. */
const DECLINES_FIRST =
  /^.*\b(?:busy|bad|no good|can't|cannot|difficult|doesn't work|not free)\b[^,;]*[,;] (?:but )?(?=(?:what|how) about\b|can\b|could\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b)/i;
/** What takes a time back that stood. */
const CANCELLED =
  /\b(?:can't make it|cannot make it|(?:have|has|need) to cancel|(?:have|has|need|want|like|calling) to cancel|cancelled|canceled|called off|something(?:'s| has) come up|reschedul\w+|postpone\w*|(?:is|are) off(?=[.,!]|$)|(?:isn't|not) happening)/i;
/** What is asked to be done by a time is a task. */
const REQUEST = /\b(?:can|could|will|would) you (?!come|make|be|do|see|fit)|\bI'll\b|\bplease\b/i;
/** The sentence before asks when. */
const ASKS_WHEN = /\b(?:what time|when|which day|how late|from when)\b.*\?$/i;
/** It asks for a time that stands: "When is your train?" */
const ASKS_FACT =
  /\b(?:when|what time)(?:'s| is| does| do| are| will) (?:your|my|our|the|it|you)\b/i;
/** A time that only bounds something: "I work until five". */
const BOUND =
  /\b(?:until|till|by|before|after|since)(?: the| about| around)? *$|^(?:until|till|by|before|after|since)\b/i;
/** Weekdays that set no day: "not Friday", "That's a Saturday, isn't it?". */
const NO_DAY =
  /\b(?:not (?:on )?|(?:that's|that is|it's|is that|that'll be) a )\p{Lu}\p{L}+day\b/giu;
/** Turns within which a time is agreed to or refused, and a day spoken of still holds. */
const REPLIES = 4;
const DAY_HOLDS = 6;
const FIRST = /\b(?:I|I'm|I've|I'll|my|me|we|we're|we've|we'll|our|us|let's)\b/i;
const SECOND = /\b(?:you|you're|you've|you'll|your|we|we're|we've|we'll|our|us|let's)\b/i;

/** "Call the dentist at nine" is a task: the dentist is not an appointment yet. */
const TASK_ABOUT =
  /\b(?:call|ring|phone|email|text|ask|tell|message|contact) (?:the|my|your|our) (?:\w+ )?(?:dentist|doctor|physio|school|office)\b|\bremind me to (?:call|book|buy|send|write|order|pay)\b/i;

/** A statement that only asks for a nod. */
const TAGGED =
  /, (?:remember|right|okay|ok|yeah|isn't it|aren't (?:you|we|they)|don't (?:you|we)|won't (?:you|we|it)|correct)\?$/i;

/** What the other may still deny or refuse: "Your flight is at six, right?", "I'd like a table for two". */
const WANTED = new RegExp(
  `${TAGGED.source}|\\b(?:I'd|I would|we'd) like\\b|\\b(?:can|could|may) (?:I|we)\\b`,
  'i',
);
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
    // The last word of a talk is agreed to where nobody answers it any more.
    const isLast = repliesTo(sentence, context).length === 0;
    const isParting = !isAsked && isLast && date.hasTime && PARTING.test(text);
    if (reply === null && !isParting && !(isArranged && isAgreed)) return null;
  } else if (!isAgreed) {
    const isSpoiled =
      SPOILED.test(plain) || (named !== sentence && /\b(?:cancel|used to|if)\b/i.test(named.text));
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
    isDay: !date.hasTime,
    durationMinutes: durationOf(text, date),
    segmentIds: [...new Set(sources.flatMap((source) => source.segmentIds))],
  };
}

/** When it is: a time, or the day alone of what stands on the calendar by its day. */
function dateOf(
  sentence: Sentence,
  context: TalkContext,
  isEvening: boolean,
): ResolvedDate | undefined {
  const { text, index, speaker } = sentence;
  const previous = context.sentences[index - 1];
  // "My cousin's wedding. It's on the thirtieth.", "When's the wedding?" - "On the thirtieth."
  const isOfLast =
    previous !== undefined &&
    DATED_NOUN.test(previous.text) &&
    (/^(?:it's|it is|that's) /i.test(text) ||
      (previous.speaker !== speaker && ASKS_WHEN.test(previous.text) && sentence.words <= 8));
  const dates = datesIn(text, { ...context, isEvening });
  const found = isChoice(text, dates)
    ? dates.find((date) => isChosen(date, sentence, context))
    : dates.find((date) => date.hasTime || isOfLast || DATED_NOUN.test(text));
  return found && withDay(found, sentence, { ...context, isEvening });
}

/** "At nine tomorrow or at four on Thursday": several times, of which at most one will be. */
function isChoice(text: string, dates: readonly ResolvedDate[]): boolean {
  return /\bor\b/i.test(text) && dates.filter(({ hasClock }) => hasClock).length > 1;
}

/** True if somebody else then names the weekday or the hour of a time. */
function isChosen(date: ResolvedDate, sentence: Sentence, context: TalkContext): boolean {
  const day = /\p{Lu}\p{L}+day\b/u.exec(date.text)?.[0];
  return repliesTo(sentence, context).some(
    ({ text }) =>
      !DECLINES.test(text) &&
      ((day !== undefined && text.includes(day)) ||
        datesIn(text, context).some((said) => isSameClock(said, date))),
  );
}

interface Agreement {
  /** Who agrees says so here; null if nobody does. */
  reply: Sentence | null;
  isArranged: boolean;
  isAgreed: boolean;
  isAsked: boolean;
  proposal: boolean;
}

/** What the others make of a time; null if it is refused, moved or taken back. */
function agreementOn(
  sentence: Sentence,
  date: ResolvedDate,
  context: TalkContext,
): Agreement | null {
  const { text } = sentence;
  const previous = context.sentences[sentence.index - 1];
  const isAsked =
    (sentence.question && !TAGGED.test(text)) ||
    (previous !== undefined &&
      previous.speaker !== sentence.speaker &&
      ASKS_WHEN.test(previous.text) &&
      !ASKS_FACT.test(previous.text));
  const invitation = invitationOf(sentence, context);
  const proposal = PROPOSAL.test(text) || isAsked || invitation !== sentence;
  const isBound = date.parts.some(
    ({ index, length }) =>
      BOUND.test(text.slice(0, index)) || BOUND.test(text.slice(index, index + length)),
  );
  if (isCancelled(sentence, context) || isMoved(sentence, context)) return null;
  if (
    !sentence.isUser &&
    repliesTo(sentence, context).some((reply) => NOT_COMING.test(reply.text))
  ) {
    return null;
  }
  const answer = replyTo(invitation, context, proposal ? ACCEPTED : AGREED, date);
  if (answer === 'rejected' && (proposal || ARRANGES.test(text) || WANTED.test(text))) return null;
  const reply = answer === 'rejected' ? null : answer;
  const isAnswer = previous !== undefined && isAsking(previous, sentence) && AGREED.test(text);
  const isArranged =
    !sentence.question && (isAnswer || ARRANGES.test(text) || answersWhen(sentence, context));
  const isAgreed = (reply !== null || isArranged) && date.hasClock && !isBound;
  return { reply, isArranged, isAgreed, isAsked, proposal };
}

/** The sentence that asks the other to come to what was just spoken of; the same one if none does. */
function invitationOf(sentence: Sentence, { sentences }: TalkContext): Sentence {
  const next = sentences.slice(sentence.index, sentence.index + 3);
  const other = next.findIndex(({ speaker }) => speaker !== sentence.speaker);
  const own = next.slice(0, other < 0 ? undefined : other);
  return own.find(({ text }) => INVITES.test(text)) ?? sentence;
}

/** "We'd love to. When?" - "Around seven.": the time of what was accepted before. */
function answersWhen({ index, speaker }: Sentence, { sentences }: TalkContext): boolean {
  const before = sentences.slice(Math.max(0, index - 3), index);
  const own = before.findLastIndex((other) => other.speaker === speaker);
  const turn = before.slice(own + 1);
  return ASKS_WHEN.test(turn.at(-1)?.text ?? '') && turn.some(({ text }) => ACCEPTED.test(text));
}

/** What others say in the next turns. */
function repliesTo(sentence: Sentence, { sentences }: TalkContext): Sentence[] {
  return sentences
    .slice(sentence.index + 1, sentence.index + 1 + REPLIES)
    .filter(({ speaker }) => speaker !== sentence.speaker);
}

/** True if somebody takes the time back in the next turns. */
function isCancelled(sentence: Sentence, { sentences }: TalkContext): boolean {
  return sentences
    .slice(sentence.index, sentence.index + 1 + REPLIES)
    .some(({ text }) => CANCELLED.test(text));
}

/** True if the others then ask for another time. */
function isMoved(sentence: Sentence, context: TalkContext): boolean {
  const later = context.sentences.slice(sentence.index + 1, sentence.index + 1 + REPLIES);
  return later.some(
    ({ text }) =>
      MOVED.test(text) &&
      datesIn(text, context).length > 0 &&
      !datesIn(sentence.text, context).some((was) =>
        datesIn(text, context).some((now) => now.start === was.start),
      ),
  );
}

/** The sentence of somebody else that agrees to a time, `rejected` if one refuses it, or null. */
function replyTo(
  sentence: Sentence,
  context: TalkContext,
  agreed: RegExp,
  date: ResolvedDate,
): Sentence | 'rejected' | null {
  const replies = repliesTo(sentence, context);
  if (replies[0] && OCCUPIED.test(replies[0].text)) return 'rejected';
  if (replies[0] && REJECTED.test(replies[0].text) && !AGREED.test(replies[0].text))
    return 'rejected';
  // Who says the same time again agrees to it.
  const isEcho = ({ text, words, question }: Sentence): boolean =>
    words <= 6 && !question && datesIn(text, context).some((said) => isSameClock(said, date));
  return replies.find((reply) => agreed.test(reply.text) || isEcho(reply)) ?? null;
}

function isSameClock(a: ResolvedDate, b: ResolvedDate): boolean {
  return a.hasClock && b.hasClock && (a.start - b.start) % 43_200_000 === 0;
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

/** True for what somebody has at the time that the other asked for. */
function isOccupied({ text, index, speaker }: Sentence, { sentences }: TalkContext): boolean {
  const asked = sentences[index - 1];
  if (!OCCUPIED.test(text)) return false;
  return /\bthen[.!]?$/i.test(text) || (asked !== undefined && isAsking(asked, { speaker }));
}

/** True for a question or a proposal of somebody else. */
function isAsking(said: Sentence, { speaker }: Pick<Sentence, 'speaker'>): boolean {
  return said.speaker !== speaker && (said.question || PROPOSAL.test(said.text));
}

/** A clock time on the last day that was spoken of; undefined if there is none. */
function withDay(
  date: ResolvedDate,
  sentence: Sentence,
  context: TalkContext & { isEvening: boolean },
): ResolvedDate | undefined {
  if (date.hasDay) return inWeekSpokenOf(date, sentence, context);
  const from = Math.max(0, sentence.index - DAY_HOLDS);
  for (const { text } of context.sentences.slice(from, sentence.index + 1).reverse()) {
    const said = datesIn(text.replace(NO_DAY, ''), context).findLast(
      (other) => other.hasDay && other.end === null,
    );
    if (!said) continue;
    const reference = said.hasTime ? startOfDay(said.start, context) : said.start;
    const clock = sentence.text.slice(date.index, date.index + date.text.length);
    const isEvening = context.isEvening || EVENING.test(text);
    const [moved] = resolveDates(clock, {
      reference: reference - 1,
      timeZone: context.timeZone,
      isEvening,
    });
    if (!moved?.hasTime) return undefined;
    return { ...date, start: moved.start, end: moved.end, hasDay: true };
  }
  return undefined;
}

/** "You fly on the nineteenth." - "And the meeting?" - "On Wednesday at nine": the one after that day. */
function inWeekSpokenOf(
  date: ResolvedDate,
  { text, index }: Sentence,
  context: TalkContext & { isEvening: boolean },
): ResolvedDate {
  if (!/^(?:on )?\p{L}+day\b(?! the\b)/iu.test(text)) return date;
  const before = context.sentences.slice(Math.max(0, index - DAY_HOLDS), index).reverse();
  const days = before.flatMap((said) => datesIn(said.text, context).filter(({ hasDay }) => hasDay));
  const last = days[0]?.start ?? 0;
  if (last - date.start < 86_400_000 || last - context.startedAt < 7 * 86_400_000) return date;
  const reference = startOfDay(last, context);
  const later = resolveDates(text, {
    reference,
    timeZone: context.timeZone,
    isEvening: context.isEvening,
  });
  return later.find((other) => other.index === date.index) ?? date;
}

function startOfDay(instant: number, context: TalkContext): number {
  const [day] = resolveDates('today', { reference: instant, timeZone: context.timeZone });
  return day?.start ?? instant;
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

function datesIn(text: string, context: TalkContext & { isEvening?: boolean }): ResolvedDate[] {
  const { startedAt: reference, timeZone, isEvening = false } = context;
  return resolveDates(text, { reference, timeZone, isEvening });
}

function startOf(date: ResolvedDate, sentence: Sentence, context: TalkContext): number | null {
  if (date.fromNow) return date.start + sentence.startMs;
  if (date.hasTime) return date.start;
  // A deadline without a time ends with its day; anything else begins with the morning.
  const evening = endOfLocalDay(date.start, context.timeZone);
  if (/\b(?:deadline|due)\b/i.test(sentence.text)) return evening;
  const [morning] = resolveDates('at 9 am', { reference: date.start, timeZone: context.timeZone });
  return morning?.start ?? null;
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
