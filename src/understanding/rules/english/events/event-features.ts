import { wordsOf } from '../../../../text/tokenizer.ts';
import type { Sentence } from '../../talk.ts';
import {
  beginningOf,
  isNote,
  kindsOf,
  namesOf,
  turnOf,
  wordsSaid,
} from '../claims/word-features.ts';
import type { ResolvedDate } from '../dates/resolve-date.ts';
import { nounPhrases } from '../tagger.ts';
import { type Agreement, ASKS_WHEN, repliesTo } from './event-times.ts';
import { birthdayTitle, DATED_NOUN, NOUN, NOUN_FIRST } from './event-title.ts';
import type { TimedTalk, TimeMention } from './time-mentions.ts';
import { relationsOf } from './time-relations.ts';

/** A time that may be of an event, with what speaks for and against it. */
interface SaidEvent {
  mention: TimeMention;
  sentence: Sentence;
  context: TimedTalk;
  date: ResolvedDate;
  agreement: Agreement;
  /** The sentence that names what the time is for. */
  named: Sentence;
  /** True if it is only what the sentence is about. */
  isLoose: boolean;
}

const SPOILED =
  /\b(?:maybe|perhaps|might|if|would|could|wish|hypothetically|should we|shall we|can't make|cannot make|cancel(?:led|ed)?|not sure|used to|was|were|had|went|did(?!n't you)|met|flew|happened|not going|isn't|won't|don't|no longer|thinking (?:about|of)|wanted to|sold out|should(?! be)|nobody|missed|what about|how about|unless|last time)\b/i;
const FIRST = /\b(?:I|I'm|I've|I'll|my|me|we|we're|we've|we'll|our|us|let's)\b/i;
const SECOND = /\b(?:you|you're|you've|you'll|your|we|we're|we've|we'll|our|us|let's)\b/i;

/** The one at whose time the user need not be. */
export const SOMEBODY_ELSE =
  /^(?:(?:my|our) (?:\p{L}+ )?\p{L}+(?: \p{Lu}\p{L}+)? (?:has|has got|needs|is having|takes|flies|(?:is|are) (?!coming|getting|visiting|arriving|picking|taking|leaving|landing)\p{L}+ing)|he|she|they|his|her|their|he's|she's|they're|my (?:boss|colleague|neighbou?r|friend)(?:'s)?) /iu;

/** What is asked to be done by a time is a task. */
export const REQUEST =
  /\b(?:can|could|will|would) you (?!come|make|be|do|see|fit)|\bI'll\b|\bplease\b/i;

/** How a time came to be one of an event. */
function wayOf({ reply, isArranged, proposal }: Agreement): string {
  return `${proposal ? 'proposal' : 'told'}, ${reply ? 'accepted' : isArranged ? 'arranged' : 'open'}`;
}

/** "Remind me to call the dentist at nine." */
const OWN_TASK = /\b(?:remind|remember|forget|note to)\b/i;

/** Yes-or-no features of an event, by the name that they have in the table of weights. */
const FEATURES: Readonly<Record<string, (event: SaidEvent) => boolean>> = {
  'has a clock time': ({ date }) => date.hasClock,
  'half of the day is said': ({ date }) => date.hasClock && !date.isHalfOpen,
  'is spoiled': isSpoiled,
  'involves the user': involvesUser,
  'has a day only': ({ date }) => !date.hasTime,
  'is dated by its day': ({ named }) => DATED_NOUN.test(named.text),
  'is a birthday': ({ named }) => birthdayTitle(named.text) !== null,
  'is a timed noun': ({ named }) => NOUN.test(named.text),
  'is loosely named': ({ isLoose }) => isLoose,
  'has no day of its own': ({ date }) => !date.hasDay,
  'is named before': ({ named, sentence }) => named !== sentence,
  'long sentence': ({ sentence }) => sentence.words > 14,
};

/** Returns the names of the features that an event has. */
export function featuresOf(event: SaidEvent): string[] {
  return [
    ...new Set([
      `way: ${wayOf(event.agreement)}`,
      ...plainlyOf(event),
      ...event.agreement.doubts,
      ...namesOf(FEATURES, event),
      ...relationsOf(event.mention, event.context),
      ...wordsOfEvent(event),
    ]),
  ];
}

/** How plainly it is said for the user what the time is for: "I have the dentist at nine", and nothing against it. */
function plainlyOf(event: SaidEvent): string[] {
  const { sentence, named, date, isLoose, context } = event;
  if (!date.hasTime || named !== sentence || sentence.question) return [];
  if (isSpoiled(event) || !involvesUser(event) || OWN_TASK.test(sentence.text)) return [];
  const by = sentence.isUser ? 'user' : 'other';
  const what = NOUN.test(sentence.text) ? 'noun' : isLoose ? 'loose' : 'verb';
  return [
    `way: plainly by ${by}, ${what}`,
    ...(isNote(context.sentences) ? [`way: alone, ${what}`] : []),
  ];
}

function wordsOfEvent({ sentence, context, named, date, agreement }: SaidEvent): string[] {
  const words = context.tag(named.text);
  const verb = words.find(({ pos }) => pos === 'VERB')?.lemma;
  const heads = nounPhrases(words)
    .map(({ head }) => head)
    .filter((head) => !/day$/.test(head))
    .slice(0, 2);
  const previous = context.sentences[sentence.index - 1];
  const isAnswer = previous?.question && previous.speaker !== sentence.speaker;
  const [reply] = repliesTo(sentence, context);
  const before = wordsOf(sentence.text.slice(0, date.index)).at(-1);
  return [
    ...(verb === undefined ? [] : [`does: ${verb}`]),
    ...(date.hasTime || !agreement.reply ? [] : ['day only, agreed to']),
    ...heads.map((head) => `thing: ${head}`),
    ...heads.flatMap((head) => kindsOf('nouns', head)).map((kind) => `thing kind: ${kind}`),
    ...(before === undefined ? [] : [`before the time: ${before}`]),
    ...(reply ? beginningOf('reply', reply.text) : []),
    ...wordsSaid('word', sentence.text),
    ...turnOf(sentence, previous),
    ...(isAnswer && ASKS_WHEN.test(previous.text) ? ['answers when'] : []),
  ];
}

/** True if it is said as past, open or wished, and nobody agrees to it. */
function isSpoiled({ sentence, agreement }: SaidEvent): boolean {
  const text = sentence.text.replace(/\b(?:please )?(?:don't|do not) forget\b/gi, '');
  return SPOILED.test(text) && agreement.reply === null && !agreement.isAgreed;
}

/** True if the time is one for the user, whoever says it. */
function involvesUser({
  sentence,
  named,
  context,
}: Pick<SaidEvent, 'sentence' | 'named' | 'context'>): boolean {
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
