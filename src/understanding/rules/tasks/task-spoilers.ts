import type { Sentence } from '../sentences.ts';
import type { TaskFrame, Who } from './task-frames.ts';

/** What makes the words before a frame no promise: a question, a condition, somebody's report. */
const BEFORE_SPOILS =
  /\b(?:if|unless|whether|when|whenever|what|how|why|where|who|which|until|before|after|because|do|does|did|should|would|wish|hope|said|says|saying|told|asked|not|don't think|imagine|suppose|supposing|maybe|perhaps|once|as soon as|everything|all|that|things?|in case|means|while|than|sometimes|usually|whatever)\s*(?:that\s+)?$/i;
const POLITE_BEFORE_SPOILS =
  /\b(?:if|unless|whether|when|whenever|what|how|why|where|who|until|because|things?|than|as|said|says|told|sometimes|usually|whatever|all|means|think|which)\s*$/i;
const HYPOTHETICAL =
  /\b(?:maybe|perhaps|might|I wish|hypothetically|would have|could have|should have|in theory|supposedly|if I were|if we were)\b/i;
const CONDITION = /(?:^|[,;] |\b(?:and|but|so) )(?:if|unless|in case)\b/i;
/** Conditions that are only manners: "if it's helpful, could you ...". */
const MANNERS =
  /\b(?:if (?:it's|it is|that's|that is|that would be) (?:helpful|okay|ok|possible|alright)|if (?:you like|you don't mind|you don't have|you can|possible))\b/i;
const CONDITION_AFTER =
  /^[^,]*\bif (?:you|I|we|he|she|they|it) (?:want|like|need|can|could|would|have|get|wish)/i;
const HABIT =
  /\b(?:always|usually|every day|normally|often|sometimes|generally|typically|whenever)\b/i;
/** What is done at once, wishes without a day, and what the speaker takes back in the same breath. */
const NOT_HELD =
  /\b(?:right away|straight away|at once|right now|in a (?:moment|minute|second)|at some point|some ?day|one day|eventually|when I get (?:a|the) chance|if I have time|when I'm (?:rich|old|older|dead|retired|famous)|in the future|but (?:I|we) (?:can't|cannot|couldn't|won't|didn't|don't want to)(?=[.,!]|$))\b/i;
const HEARSAY = /\b(?:I heard|apparently|supposedly|they say|rumou?r has it)\b/i;
const REFUSAL =
  /^(?:(?:oh|well|um|hmm|but|ah|honestly|listen)[,.]? )*(?:no\b(?!,? (?:problem|worries|trouble))|nope|never|I can't|I cannot|I won't|I couldn't|sorry|I'm (?:sorry|afraid|busy|not|away)|do (?:we|I) have to|I'd rather|I'd (?:love|like) to,? but|I would,? but|I wish|I don't|I haven't|not (?:now|today|really|yet|again|me|after|on|in)|unfortunately|you must be|are you (?:kidding|joking|serious|mad|crazy)|certainly not|absolutely not|of course not|forget it|why\b|what for|ask (?:somebody|someone|him|her|your)|do it yourself|I(?:'ve)? already|already done|(?:(?:okay|ok|yes|right|there)[,.] )?(?:all )?done\b|I did (?:that )?already)|\b(?:I'd rather not|but I can't|I really can't)\b/i;
export const PLEDGE =
  /^(?:yes|yeah|yep|sure|okay|ok|of course|will do|no problem|absolutely|certainly|I will|I'll|right|alright|got it|definitely|happy to|on it|consider it done)\b/i;
/** What turns an offer down: "No, thanks", "Don't be silly". */
const OFFER_DECLINED =
  /^(?:(?:oh|ah|no|well|please|you're kind|that's kind|thanks|thank you|but)[,.!]* )*(?:no,? (?:it's|no|thanks|thank|don't|please|leave|you|I'll|I can|we)\b|don't (?:be silly|be daft|bother|trouble|you dare)|(?:there's )?no need|you (?:don't (?:have|need) to|needn't|mustn't|shouldn't)|I wouldn't dream|(?:that's|that is|it's|that won't be|it isn't|that isn't) (?:not |really not )?(?:necessary|needed)|never mind|forget (?:it|about it)|it's on me|my treat|I can (?:manage|do it myself)|leave it\b|not necessary)/i;

/** True if the words around a frame make it no promise and no request: a condition, a habit, a wish, hearsay. */
export function isTakenBack({
  sentence,
  frame: { who, polite },
  before,
  said,
  rest,
}: {
  sentence: Sentence;
  frame: TaskFrame;
  before: string;
  said: string;
  rest: string;
}): boolean {
  if ((polite ? POLITE_BEFORE_SPOILS : BEFORE_SPOILS).test(before.trimEnd())) return true;
  const manners = polite && MANNERS.test(before);
  if ((CONDITION.test(before) && !manners) || CONDITION_AFTER.test(rest)) return true;
  if (NOT_HELD.test(rest) || (who === 'third' && HEARSAY.test(sentence.text))) return true;
  if (polite) return false;
  const clause = `${lastClause(before)}${said}`;
  if (HYPOTHETICAL.test(clause) || HABIT.test(`${clause}${rest}`)) return true;
  return sentence.question && who !== 'third';
}

/** True for what the other refuses to do, for a plan that they do not share and an offer they turn down. */
export function isWithdrawn({
  frame,
  who,
  said,
  reply,
}: {
  frame: TaskFrame;
  who: Who;
  said: string;
  reply: Sentence | null;
}): boolean {
  if (reply === null) return false;
  // "Don't forget to lock the door." - "I won't.", "Have you called?" - "Not yet."
  const isKept = frame.name === 'not yet' || /\bforget\b/i.test(said);
  if (who === 'listener' || who === 'group' || frame.answer)
    return !isKept && REFUSAL.test(reply.text);
  return /^(?:promise|able|let me)$/.test(frame.name) && OFFER_DECLINED.test(reply.text);
}

/** The words since the last clause began. */
export function lastClause(before: string): string {
  const at = Math.max(...[', ', '; ', ' but ', ' so '].map((end) => before.lastIndexOf(end)));
  return at < 0 ? before : before.slice(at);
}
