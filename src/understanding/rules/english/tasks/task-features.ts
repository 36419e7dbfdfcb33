import { wordsOf } from '../../../../text/tokenizer.ts';
import type { Sentence } from '../../talk.ts';
import {
  beginningOf,
  grammarOf,
  isNote,
  kindsOf,
  namesOf,
  turnOf,
} from '../claims/word-features.ts';
import type { TalkContext } from '../talk-context.ts';
import { AGREED, type TaskFrame, type Who } from './task-frames.ts';
import type { Deed } from './task-verbs.ts';

/** A task that somebody may have taken on or been given, with what speaks for and against it. */
export interface SaidTask {
  sentence: Sentence;
  context: TalkContext;
  frame: TaskFrame;
  who: Who;
  verb: string;
  /** The words after the verb. */
  rest: string;
  /** The words before the frame in its sentence. */
  before: string;
  /** What the other says next, null if nobody does soon. */
  reply: Sentence | null;
  owner: string | null;
  dueAt: number | null;
  description: string;
  /** True if a pronoun of it was replaced by a noun said before. */
  usedContext: boolean;
  /** True if its pronoun stands for nothing that was said. */
  isOpen: boolean;
  /** True if the other answers what the frame waits for. */
  isAnswered: boolean;
  deed: Deed;
}

/** Classes of verbs by where and when their deed is done. */
const VERBS: Readonly<Record<string, RegExp>> = {
  contact:
    /^(?:call|ring|phone|text|e?mail|message|contact|write|ask|tell|remind|inform|let|speak|talk|reply|have an? (?:word|chat|talk))\b/,
  errand:
    /^(?:buy|order|book|reserve|pay|return|collect|pick|post|send|forward|deliver|cancel|renew|register|print|transfer|apply|hire|rent|sell|arrange|organi[sz]e|schedule|submit|hand|drop|bring|invite|get (?:an?|some|more))\b/,
  work: /^(?:prepare|finish|draft|update|fix|repair|replace|paint|clean|wash|water|feed|cook|bake|mow|pack|install|review|design|plan|research|look|redo)\b/,
  present:
    /^(?:get|fetch|show|give|put|make|open|close|shut|turn|try|see|help|hold|pass|hang|cut|wrap|carry|weigh|explain|describe|repeat|leave|have|move|enter|draw|play|sing|roll|press|push|pull|lift|lay|pour|slice|stir|start|tune|read|count|smell|finish)\b(?<!^get(?= (?:an?|some|more)\b))/,
};
/** How a shop, an office or a surgery serves somebody. */
const SERVICE =
  /\bhelp you\b|\bwhat can I (?:do|get)\b|\b(?:ready|like) to order\b|\bnext,? please\b|\bwhat seems to be\b|\banything else\b|\b(?:sir|madam)\b|^what would you like|\beuros?\b|\bplease (?:take a seat|sit down|lie down)\b/i;
const NOW =
  /\b(?:here|now|right away|straight away|at once|in a (?:moment|minute|second)|a (?:moment|minute|second)|for a (?:bit|while)|first|again|once more|a little)\b/i;
const LATER =
  /\b(?:later|soon|next|when|as soon as|before|after|afterwards|until|back|by|over|online)\b/i;
const POINTED_AT =
  /\b(?:this|these|that|those) (?!week|weekend|month|year|morning|afternoon|evening|summer|winter|time)[a-z]|\bthere$/i;
const PROMISED = /\bI(?:'ll| will)\b(?! not| be)|\bwill do\b/i;
const HANDED_OVER =
  /\b(?:here(?: (?:you (?:go|are)|it is|they are))?[.,!]|there(?: you (?:are|go))?[.,!]|it's \p{L}+|my (?:name|number|address) is|like this|done|one moment|okay\.$)/iu;
const FOR_SOMEBODY = /^(?:you|me|us|him|her|them)\b|\bfor (?:you|me|us)\b/i;
const REFERS = /^(?:it|that|this|those|these|them|one|some)\b/i;
const RECURS =
  /\b(?:an?|per|every|each) (?:day|night|week|month|year)\b|\b(?:every|each) \p{L}+|\btwice\b/iu;
const ABSENT =
  /\b(?:mom|mum|mother|dad|father|sister|brother|wife|husband|son|daughter|boss|grandma|grandpa|aunt|uncle|landlord|landlady|accountant|lawyer|manager|dentist|doctor|neighbou?rs?|colleagues?|plumber|electrician|insurance|bank|council|customer|teacher|school|kids|parents)\b/i;
const NAME = /(?<=\s)\p{Lu}\p{Ll}+/u;
const OWN: ReadonlySet<string> = new Set(['promise', 'plan', 'duty', 'ongoing', 'able', 'let me']);
const ASKED: ReadonlySet<string> = new Set(['request', 'wish', 'please', 'order']);

const KEPT_IN_MIND: ReadonlySet<string> = new Set(['remind', 'reminder', 'due', 'still']);

/** Yes-or-no features of a task, by the name that they have in the table of weights. */
const FEATURES: Readonly<Record<string, (task: SaidTask) => boolean>> = {
  'has a day': ({ dueAt }) => dueAt !== null,
  'is agreed to': ({ reply }) => reply !== null && AGREED.test(reply.text),
  'reply promises': ({ reply }) => reply !== null && PROMISED.test(reply.text),
  'has no reply': ({ reply }) => reply === null,
  'reply hands it over': ({ reply }) => reply !== null && HANDED_OVER.test(reply.text),
  'reply asks': ({ reply }) => reply?.question === true,
  "is the user's": ({ owner }) => owner === 'user',
  'has no owner': ({ owner }) => owner === null,
  'is served': ({ context }) =>
    context.sentences.slice(0, 6).some(({ text, isUser }) => !isUser && SERVICE.test(text)),
  'is now': ({ rest, dueAt }) => dueAt === null && NOW.test(rest),
  'is later': ({ rest, dueAt }) => dueAt === null && LATER.test(rest),
  'is pointed at': ({ rest }) => POINTED_AT.test(rest),
  'is about somebody absent': ({ rest }) => ABSENT.test(rest) || NAME.test(` ${rest}`),
  'is for somebody here': ({ rest }) => FOR_SOMEBODY.test(rest),
  'object is a pronoun': ({ rest }) => REFERS.test(rest),
  'object was said before': ({ usedContext }) => usedContext,
  'object is open': ({ isOpen }) => isOpen,
  'two words': ({ description }) => description.split(' ').length <= 2,
  'three words': ({ description }) => description.split(' ').length === 3,
  'many words': ({ description }) => description.split(' ').length > 8,
  recurs: ({ rest }) => RECURS.test(rest),
  'own, recurs': ({ frame, rest }) => OWN.has(frame.name) && RECURS.test(rest),
  'near the end': ({ sentence, context }) =>
    sentence.index >= context.sentences.length - 5 && context.sentences.length > 8,
  'in the beginning': ({ sentence, context }) => sentence.index < 3 && context.sentences.length > 8,
  'is not to be forgotten': ({ frame }) => KEPT_IN_MIND.has(frame.name),
  'own, for somebody here': ({ frame, rest }) => OWN.has(frame.name) && FOR_SOMEBODY.test(rest),
  'is answered': ({ isAnswered }) => isAnswered,
  'is asked': ({ sentence }) => sentence.question,
  'asked, dated': ({ frame, dueAt }) => ASKED.has(frame.name) && dueAt !== null,
  'asked, promised': ({ frame, reply }) =>
    ASKED.has(frame.name) && reply !== null && PROMISED.test(reply.text),
};

/** Features of how a task is said: its frame, and whether it is said by itself. */
export function frameFeatures(frame: string, { sentences }: TalkContext): string[] {
  return [`frame: ${frame}`, ...(isNote(sentences) ? [`way: alone, ${frame}`] : [])];
}

/** Returns the names of the features that a task has. */
export function featuresOf(task: SaidTask): string[] {
  const spoken = `${task.verb.toLowerCase()} ${task.rest}`;
  const verbs = Object.keys(VERBS).filter((name) => VERBS[name]?.test(spoken));
  return [
    ...frameFeatures(task.frame.name, task.context),
    ...verbs.map((name) => `verb: ${name}`),
    ...namesOf(FEATURES, task),
    ...wordsOfTask(task),
  ];
}

/** How somebody turns down what they are asked or offered. */
const REFUSED =
  /^(?:(?:oh|well|um|but|please|thanks|thank you)[,.]? )*(?:no\b(?!,? (?:problem|worries))|never|nope|why\b|what for|don't|I (?:can't|cannot|won't|don't|didn't|wish|already)|I'(?:m|ve|d) (?:sorry|afraid|busy|away|not|already|rather)|sorry|do (?:we|I) have to|forget|leave it|you (?:don't|must)|unfortunately|certainly not|of course not|done\b|not\b)|\bbut I can't\b/i;

function wordsOfTask({ deed, rest, before, reply, sentence, context }: SaidTask): string[] {
  const { verb, head } = deed;
  const previous = context.sentences[sentence.index - 1];
  const answers = previous !== undefined && previous.speaker !== sentence.speaker;
  return [
    `does: ${verb}`,
    ...kindsOf('verbs', verb).map((kind) => `does kind: ${kind}`),
    ...beginningOf('then', rest),
    ...beginningOf(`${verb}`, rest).slice(0, 1),
    ...(head === null ? ['no object'] : []),
    ...(head === null ? [] : kindsOf('nouns', head)).map((kind) => `object kind: ${kind}`),
    `before: ${wordsOf(before).at(-1) ?? '-'}`,
    ...grammarOf('said', sentence.text),
    ...(reply ? beginningOf('reply', reply.text) : []),
    ...(reply === null || reply.words > 6 ? [] : ['short reply']),
    ...(REFUSED.test(reply?.text ?? '') ? ['is refused'] : []),
    ...turnOf(sentence, previous),
    ...(answers && previous.question ? ['answers a question'] : []),
    `speakers: ${Math.min(3, context.speakers)}`,
    sentence.isUser ? 'user speaks' : 'other speaks',
    `words: ${Math.min(4, Math.floor(sentence.words / 6))}`,
  ];
}
