import type { Sentence } from '../../talk.ts';
import {
  endOfLocalDay,
  partSpokenOf,
  type ResolvedDate,
  resolveDates,
  type SpokenPart,
} from '../dates/resolve-date.ts';
import type { TalkContext } from '../talk-context.ts';

/** A time at which somebody is not free. */
export const DECLINES =
  /\b(?:I'm|I am|we're|he's|she's) (?:afraid )?(?:busy|booked|away|working|not free|in meetings?|out of town)\b|\b(?:is|are) (?:no good|not good|bad|difficult|full)\b|\b(?:can't|cannot)(?: (?:make|do|come|manage|meet)\b|[,.]|$)|\b(?:doesn't|won't) work\b/i;
/** The sentence before asks when. */
export const ASKS_WHEN = /\b(?:what time|when|which day|how late|from when)\b.*\?$/i;
/** What somebody does on a day of its own. */
const OTHER_MATTER =
  /\bI(?:'ll| will| have to| need to) (?:just )?(?:ring|call|phone|write|e?mail|text|ask|check|talk|speak)\b/i;
/** Weekdays that set no day: "not Friday", "That's a Saturday, isn't it?". */
const NO_DAY =
  /\b(?:not (?:on )?|(?:that's|that is|it's|is that|that'll be) a )\p{Lu}\p{L}+day\b/giu;
/** Sentences within which a time is agreed to or refused. */
const REPLIES = 4;
/** What is longer is no day nor a week. */
const LONG_MS = 8 * 86_400_000;
/** Sentences for which a day that was spoken of still holds, and what a time is for. */
const LAST_DAY_HOLDS = 10;
export const DAY_HOLDS = 6;

/** When it is: a time, or the day alone of what stands on the calendar by its day. */
export function dateOf(
  sentence: Sentence,
  context: TalkContext,
  spokenPart: SpokenPart | null,
): ResolvedDate | undefined {
  const { text } = sentence;
  const dates = datesIn(text, { ...context, spokenPart });
  const found = isChoice(text, dates)
    ? dates.find((date) => isChosen(date, sentence, context))
    : (dates.find((date) => date.hasTime) ?? dates[0]);
  // "It's a Saturday" says of a day which one it is.
  if (!found || (!found.hasTime && text.replace(NO_DAY, '') !== text)) return undefined;
  return withDay(found, sentence, { ...context, spokenPart });
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

/** What others say in the next turns. */
export function repliesTo(sentence: Sentence, { sentences }: TalkContext): Sentence[] {
  return sentences
    .slice(sentence.index + 1, sentence.index + 1 + REPLIES)
    .filter(({ speaker }) => speaker !== sentence.speaker);
}

/** True for the same hour of the clock, whether before or after noon. */
function isSameClock(a: ResolvedDate, b: ResolvedDate): boolean {
  return a.hasClock && b.hasClock && (a.start - b.start) % 43_200_000 === 0;
}

/** A clock time on the last day that was spoken of; undefined if there is none. */
function withDay(
  date: ResolvedDate,
  sentence: Sentence,
  context: TalkContext & { spokenPart: SpokenPart | null },
): ResolvedDate | undefined {
  if (date.hasDay) return inWeekSpokenOf(date, sentence, context);
  const from = Math.max(0, sentence.index - LAST_DAY_HOLDS);
  for (const { text, index } of context.sentences.slice(from, sentence.index + 1).reverse()) {
    if (index !== sentence.index && OTHER_MATTER.test(text)) continue;
    const said = datesIn(text.replace(NO_DAY, ''), context).findLast(
      (other) => other.hasDay && other.end === null,
    );
    if (!said) continue;
    const reference = said.hasTime ? startOfDay(said.start, context) : said.start;
    const clock = sentence.text.slice(date.index, date.index + date.text.length);
    const spokenPart = context.spokenPart ?? partSpokenOf(text);
    const [moved] = resolveDates(clock, {
      reference: reference - 1,
      timeZone: context.timeZone,
      spokenPart,
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
  context: TalkContext & { spokenPart: SpokenPart | null },
): ResolvedDate {
  if (!/^(?:on )?\p{L}+day\b(?! the\b)/iu.test(date.text)) return date;
  const before = context.sentences.slice(Math.max(0, index - DAY_HOLDS), index).reverse();
  // A season or a month is no day, and a deadline is of something else.
  const days = before.flatMap((said) =>
    datesIn(said.text, context)
      .filter(({ hasDay, start, end }) => hasDay && (end ?? start) - start < LONG_MS)
      .map(({ start, index: at }) => (BOUND.test(said.text.slice(0, at)) ? 0 : start)),
  );
  const last = days[0] ?? 0;
  if (last - date.start < 86_400_000 || last - context.startedAt < 6 * 86_400_000) return date;
  const reference = startOfDay(last, context);
  const later = resolveDates(text, {
    reference,
    timeZone: context.timeZone,
    spokenPart: context.spokenPart,
  });
  return later.find((other) => other.index === date.index) ?? date;
}

function startOfDay(instant: number, context: TalkContext): number {
  const [day] = resolveDates('today', { reference: instant, timeZone: context.timeZone });
  return day?.start ?? instant;
}

export function datesIn(
  text: string,
  context: TalkContext & { spokenPart?: SpokenPart | null },
): ResolvedDate[] {
  const { startedAt: reference, timeZone, spokenPart = null } = context;
  return resolveDates(text, { reference, timeZone, spokenPart });
}

export function startOf(
  date: ResolvedDate,
  sentence: Sentence,
  context: TalkContext,
): number | null {
  if (date.fromNow) return date.start + sentence.startMs;
  if (date.hasTime) return date.start;
  // A deadline without a time ends with its day; anything else begins with the morning.
  const evening = endOfLocalDay(date.start, context.timeZone);
  if (/\b(?:deadline|due)\b/i.test(sentence.text)) return evening;
  const [morning] = resolveDates('at 9 am', { reference: date.start, timeZone: context.timeZone });
  return morning?.start ?? null;
}

const PROPOSAL =
  /\b(?:how about|what about|shall we|should we|could we|can we|can you (?:do|make|come)|could you (?:do|make|come)|would .* (?:work|suit)|does .* work|is .* (?:okay|ok|good|fine)|would you like|how does .* sound|do you want|we could|let's|invite you|you're invited|come to (?:my|our)|are (?:you|we) (?:free|still on)|want to|will you join|why don't we|shall we say)\b/i;
/** Asks the other to come to what was just spoken of. */
const INVITES =
  /\b(?:can|could|will|would) you (?:like to )?(?:come|join|make it|be there)\b|\b(?:do you )?want to (?:come|join)\b|\bwould you like to (?:come|join)\b|\byou're (?:all )?invited\b|\bare you (?:coming|free)\b/i;
/** Says when the speaker and the other will be together. */
const ARRANGES =
  /\bI(?:'ll| will| can) (?:be there|come over|come by|come round|drop by|pick you up|meet you|see you)\b|\bsee you (?:at|on|then)\b|, then[.!]?$|^then\b/i;
const ACCEPTED =
  /\b(?:works(?: for me)?|sounds (?:good|great|perfect|fine)|perfect|that's (?:fine|good|great|perfect)|it's a date|see you (?:then|there|on)|I'll be there|count me in|great|booked|confirmed|yes|yeah|yep|sure|okay|ok|deal|done|love to|good|fine|absolutely|of course|lovely|wonderful|alright|all right|certainly|delighted|why not|free then|\w+ it is(?=[.!]?$)|with pleasure|gladly|count on me|I'll come|we'll come|we'll be there)\b/i;
/** What agrees to a time that nobody asked about: "We've got Thursday at nine." - "Thursday works." */
const AGREED =
  /\b(?:works|perfect|I'll take (?:it|that)|fine|it is|see you|it's booked|booked|confirmed|suits me|certainly|done|deal|it's a date|we'll take it|is (?:good|great|perfect)|I'll be there|that's (?:fine|good)|I'm at home)\b/i;
const REJECTED =
  /\b(?:no(?!,? (?:problem|worries))|can't|cannot|won't|doesn't|don't|not|busy|unfortunately|sorry|afraid|bad|booked out|(?:we're|is|are) full|but (?:I|we)(?:'m| have| must|'ve| already)|after all|rather|I wish|abroad|out of town|have plans|another time|some other time|away|too bad|what a (?:pity|shame)|too (?:early|late|soon|far)|closed)\b/i;
/** What one has at a time that is asked for: "On Friday I have my choir", "I work until six". */
const OCCUPIED =
  /^(?:(?:but|oh|wait|no|well|hm|sorry|actually|(?:on|at) \p{L}+(?: \p{L}+)?)[,.]? )*(?:I|we)(?:'ve (?:already )?got| (?:already |always |usually )?have|'(?:m|re) (?:at|on|in|away)\b| work| teach)\b(?! (?:time|nothing|no plans|it|that|home|my way)\b)/iu;
/** What shows that a time is the other's alone, or that the user stays away. */
const NOT_COMING =
  /\b(?:(?:I'm|I'll be|we're|we'll be) (?:away|abroad|out of town|busy|working|not (?:coming|going))|(?:can't|won't|wouldn't) (?:come|make|be there|be able)|wasn't invited|have fun|good luck|on (?:TV|television)|enjoy (?:it|yourself|your)|safe (?:trip|journey))\b/i;
/** A new time for what was spoken of. */
const MOVED =
  /\b(?:could|can|shall) (?:I|we|you) (?:move|change|make it|do)\b|\b(?:move|change|shift) (?:it|my|the|our)\b|\binstead\b/i;
/** What takes a time back that stood. */
const CANCELLED =
  /\b(?:can't make it|cannot make it|(?:have|has|need) to cancel|(?:have|has|need|want|like|calling) to cancel|cancelled|canceled|called off|something(?:'s| has) come up|reschedul\w+|postpone\w*|(?:is|are) off(?=[.,!]|$)|(?:isn't|not) happening)/i;
/** It asks for a time that stands: "When is your train?" */
const ASKS_FACT =
  /\b(?:when|what time)(?:'s| is| does| do| are| will) (?:your|my|our|the|it|you)\b/i;
/** A time that only bounds something: "I work until five". */
const BOUND =
  /\b(?:until|till|by|before|after|since)(?: the| about| around)? *$|^(?:until|till|by|before|after|since)\b/i;
/** A statement that only asks for a nod. */
const TAGGED =
  /, (?:remember|right|okay|ok|yeah|isn't it|aren't (?:you|we|they)|don't (?:you|we)|won't (?:you|we|it)|correct)\?$/i;
/** What the other may still deny or refuse: "Your flight is at six, right?", "I'd like a table for two". */
const WANTED = new RegExp(
  `${TAGGED.source}|\\b(?:I'd|I would|we'd) like\\b|\\b(?:can|could|may) (?:I|we)\\b`,
  'i',
);
/** "After four": from when or until when, but not when. */
function isOpenEnded({ hasClock, parts }: ResolvedDate, text: string): boolean {
  return (
    hasClock &&
    parts.some(({ index, length }) =>
      /(?<!\b(?:day|week|quarter|five|ten|twenty|minutes) )\b(?:until|till|before|after|since)(?: (?:about|around|the|half|past|a|quarter|to))* \S+$/i.test(
        text.slice(0, index + length),
      ),
    )
  );
}

/** What people make of a time. */
export interface Agreement {
  /** Who agrees says so here; null if nobody does. */
  reply: Sentence | null;
  isArranged: boolean;
  isAgreed: boolean;
  isAsked: boolean;
  proposal: boolean;
  /** What speaks against the time: "is cancelled", "is refused" ... */
  doubts: string[];
}

/** What the others make of a time. */
export function agreementOn(
  sentence: Sentence,
  date: ResolvedDate,
  context: TalkContext,
): Agreement {
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
  const isStaying =
    !sentence.isUser && repliesTo(sentence, context).some((reply) => NOT_COMING.test(reply.text));
  const answer = replyTo(invitation, context, proposal ? ACCEPTED : AGREED, date);
  const isRefused = answer === 'rejected' && (proposal || ARRANGES.test(text) || WANTED.test(text));
  const doubts = Object.entries({
    'is bounded': isOpenEnded(date, text),
    'is cancelled': isCancelled(sentence, context),
    'is moved': isMoved(sentence, context),
    'is without the user': isStaying,
    'is refused': isRefused,
  }).flatMap(([doubt, holds]) => (holds ? [doubt] : []));
  const reply = answer === 'rejected' ? null : answer;
  const isAnswer = previous !== undefined && isAsking(previous, sentence) && AGREED.test(text);
  const isArranged =
    !sentence.question && (isAnswer || ARRANGES.test(text) || answersWhen(sentence, context));
  const isAgreed = (reply !== null || isArranged) && date.hasClock && !isBound;
  return { reply, isArranged, isAgreed, isAsked, proposal, doubts };
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

/** True if somebody takes the time back in the next turns. */
function isCancelled(sentence: Sentence, { sentences }: TalkContext): boolean {
  return sentences
    .slice(sentence.index, sentence.index + 1 + REPLIES)
    .some(({ text }) => CANCELLED.test(text));
}

/** "Wednesday at ten. No, wait, half past ten." */
const SECOND_THOUGHT =
  /^(?:(?:no|wait|sorry|hang on|hold on|actually|I mean|or rather)\b[,.]? *)+/i;

/** True if the speaker then names another time at once, or the others ask for one. */
function isMoved(sentence: Sentence, context: TalkContext): boolean {
  const next = context.sentences[sentence.index + 1];
  if (
    next?.speaker === sentence.speaker &&
    SECOND_THOUGHT.test(next.text) &&
    datesIn(next.text.replace(SECOND_THOUGHT, ''), context).some(({ hasClock }) => hasClock)
  )
    return true;
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

/** "No, sorry", "Friday is difficult", "Yes, but she is fully booked". */
function isDeclined(text: string): boolean {
  return REJECTED.test(text) || DECLINES.test(text) || /^[^.?!]*, but\b/.test(text);
}

/** The sentence of somebody else that agrees to a time, `rejected` if one refuses it, or null. */
function replyTo(
  sentence: Sentence,
  context: TalkContext,
  agreed: RegExp,
  date: ResolvedDate,
): Sentence | 'rejected' | null {
  const replies = repliesTo(sentence, context);
  const weekday = /\p{Lu}\p{L}+day\b/u.exec(date.text)?.[0];
  const isTaken = ({ text }: Sentence): boolean =>
    weekday !== undefined && text.includes(weekday) && OCCUPIED.test(text);
  if ((replies[0] && OCCUPIED.test(replies[0].text)) || replies.some(isTaken)) return 'rejected';
  if (
    replies[0] &&
    isDeclined(replies[0].text) &&
    !AGREED.test(replies[0].text.replace(/\bfully booked\b/i, ''))
  )
    return 'rejected';
  // Who says the same time again agrees to it.
  const isEcho = ({ text, words, question }: Sentence): boolean =>
    words <= 6 && !question && datesIn(text, context).some((said) => isSameClock(said, date));
  return replies.find((reply) => agreed.test(reply.text) || isEcho(reply)) ?? null;
}

/** True for what somebody has at the time that the other asked for. */
export function isOccupied(
  { text, index, speaker }: Sentence,
  { sentences }: TalkContext,
): boolean {
  const asked = sentences[index - 1];
  if (!OCCUPIED.test(text)) return false;
  return /\bthen[.!]?$/i.test(text) || (asked !== undefined && isAsking(asked, { speaker }));
}

/** "On Wednesday at three?" - "At three I have a visitor.": the hour is said again to refuse it. */
export function refusesHour(sentence: Sentence, context: TalkContext): boolean {
  const asked = context.sentences[sentence.index - 1];
  if (asked === undefined || !isOccupied(sentence, context)) return false;
  return datesIn(sentence.text, context).some((own) =>
    datesIn(asked.text, context).some((said) => isSameClock(own, said)),
  );
}

/** True for a question or a proposal of somebody else. */
function isAsking(said: Sentence, { speaker }: Pick<Sentence, 'speaker'>): boolean {
  return said.speaker !== speaker && (said.question || PROPOSAL.test(said.text));
}
