import type { Sentence } from '../../talk.ts';
import type { ResolvedDate } from '../dates/resolve-date.ts';
import type { TalkContext } from '../talk-context.ts';
import { BOUND, isSameClock, type TimedTalk, type TimeMention } from './time-mentions.ts';

/** A time at which somebody is not free. */
export const DECLINES =
  /\b(?:I'm|I am|we're|he's|she's) (?:afraid )?(?:busy|booked|away|working|not free|in meetings?|out of town)\b|\b(?:is|are) (?:no good|not good|bad|difficult|full)\b|\b(?:can't|cannot)(?: (?:make|do|come|manage|meet)\b|[,.]|$)|\b(?:doesn't|won't) work\b/i;
/** The sentence before asks when. */
export const ASKS_WHEN = /\b(?:what time|when|which day|how late|from when)\b.*\?$/i;
/** Sentences within which a time is agreed to or refused. */
const REPLIES = 4;
/** Sentences for which what a time is for still holds. */
export const MATTER_HOLDS = 6;

/** What others say in the next turns. */
export function repliesTo(sentence: Sentence, { sentences }: TalkContext): Sentence[] {
  return sentences
    .slice(sentence.index + 1, sentence.index + 1 + REPLIES)
    .filter(({ speaker }) => speaker !== sentence.speaker);
}

const PROPOSAL =
  /\b(?:how about|what about|shall we|should we|could we|can we|can you (?:do|make|come)|could you (?:do|make|come)|would .* (?:work|suit)|does .* work|is .* (?:okay|ok|good|fine)|would you like|how does .* sound|do you want|we could|let's|invite you|you're invited|come to (?:my|our)|are (?:you|we) (?:free|still on)|want to|will you join|why don't we|shall we say)\b/i;
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
/** What takes a time back that stood. */
const CANCELLED =
  /\b(?:can't make it|cannot make it|(?:have|has|need) to cancel|(?:have|has|need|want|like|calling) to cancel|cancelled|canceled|called off|something(?:'s| has) come up|reschedul\w+|postpone\w*|(?:is|are) off(?=[.,!]|$)|(?:isn't|not) happening)/i;
/** It asks for a time that stands: "When is your train?" */
const ASKS_FACT =
  /\b(?:when|what time)(?:'s| is| does| do| are| will) (?:your|my|our|the|it|you)\b/i;
/** A statement that only asks for a nod. */
const TAGGED =
  /, (?:remember|right|okay|ok|yeah|isn't it|aren't (?:you|we|they)|don't (?:you|we)|won't (?:you|we|it)|correct)\?$/i;
/** What the other may still deny or refuse: "Your flight is at six, right?", "I'd like a table for two". */
const WANTED = new RegExp(
  `${TAGGED.source}|\\b(?:I'd|I would|we'd) like\\b|\\b(?:can|could|may) (?:I|we)\\b`,
  'i',
);
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
export function agreementOn({ sentence, date }: TimeMention, talk: TimedTalk): Agreement {
  const { text } = sentence;
  const previous = talk.sentences[sentence.index - 1];
  const isAsked =
    (sentence.question && !TAGGED.test(text)) ||
    (previous !== undefined &&
      previous.speaker !== sentence.speaker &&
      ASKS_WHEN.test(previous.text) &&
      !ASKS_FACT.test(previous.text));
  const proposal = PROPOSAL.test(text) || isAsked;
  const isBound = date.parts.some(
    ({ index, length }) =>
      BOUND.test(text.slice(0, index)) || BOUND.test(text.slice(index, index + length)),
  );
  const answer = replyTo(sentence, talk, proposal ? ACCEPTED : AGREED, date);
  const isRefused = answer === 'rejected' && (proposal || ARRANGES.test(text) || WANTED.test(text));
  const doubts = Object.entries({
    'ends something': isBound,
    'is cancelled': isCancelled(sentence, talk),
    'is refused': isRefused,
  }).flatMap(([doubt, holds]) => (holds ? [doubt] : []));
  const reply = answer === 'rejected' ? null : answer;
  const isAnswer = previous !== undefined && isAsking(previous, sentence) && AGREED.test(text);
  const isArranged =
    !sentence.question && (isAnswer || ARRANGES.test(text) || answersWhen(sentence, talk));
  const isAgreed = (reply !== null || isArranged) && date.hasClock && !isBound;
  return { reply, isArranged, isAgreed, isAsked, proposal, doubts };
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

/** "No, sorry", "Friday is difficult", "Yes, but she is fully booked". */
function isDeclined(text: string): boolean {
  return REJECTED.test(text) || DECLINES.test(text) || /^[^.?!]*, but\b/.test(text);
}

/** The sentence of somebody else that agrees to a time, `rejected` if one refuses it, or null. */
function replyTo(
  sentence: Sentence,
  context: TimedTalk,
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
  const isEcho = ({ index, words, question }: Sentence): boolean =>
    words <= 6 &&
    !question &&
    context.dates[index]?.some((said) => isSameClock(said, date)) === true;
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

/** True for a question or a proposal of somebody else. */
function isAsking(said: Sentence, { speaker }: Pick<Sentence, 'speaker'>): boolean {
  return said.speaker !== speaker && (said.question || PROPOSAL.test(said.text));
}
