import { isPhaticText } from '../../../text/phatic-text.ts';
import { isStopWord } from '../../../text/word-classes.ts';
import { emptyUnderstanding } from '../../empty-understanding.ts';
import { saysNothing } from '../english/worth-keeping.ts';
import type { Talk } from '../talk.ts';
import type { TalkReader, TalkRules } from '../talk-rules.ts';
import type { OverviewWording } from '../wording.ts';
import { writePlainTitle } from './plain-title.ts';

const ONLY_A_MODEL =
  'Only a language model understands this language: without one, no tasks, events or facts are found in it.';

/** What is a pause in any language: "um" is "at" in German, "er" is "he", "oh" is a word of many. */
const ANY_PAUSE_WORDS =
  /(?:^|(?<=[\s,.—-]))(?:hm+|mm+(?:[ -]+hmm+)?|mhm+|uh[ -]+huh|hmm+[ -]+hmm+|[äö]+h+m*|ä+hm+)(?=[\s,.?!;:—-]|$)[,]?/giu;

const isNumberOrStopWord = (lower: string): boolean => isStopWord(lower) || /^\d{1,2}$/.test(lower);

const PLAIN_OVERVIEWS: OverviewWording = {
  trim: (text) => text.replace(/[?.!]$/, ''),
  isChatter: isPhaticText,
  isUnclear: () => false,
  factors: [],
  clauseStart: /(?<=[,;:—])\s?/,
};

/** Of a language that is not known: what was said, shown as it was said, and nothing claimed of it. */
export const PLAIN_RULES: TalkRules = {
  code: null,
  note: ONLY_A_MODEL,
  isFunctionWord: isNumberOrStopWord,
  isCommonWord: isNumberOrStopWord,
  clean: (text) => text.replace(ANY_PAUSE_WORDS, ' '),
  isBackchannel: isPhaticText,
  markClauses: (pieces) => [...pieces],
  introducedIn: () => [],
  isSubject: () => true,
  isPassing: () => false,
  overviews: PLAIN_OVERVIEWS,
  open: (talk) => Promise.resolve(readPlainly(talk)),
};

/** Reads a talk without knowing its language. */
export function readPlainly(talk: Talk): TalkReader {
  return {
    findClaims: () => Promise.resolve({ found: emptyUnderstanding(true), likely: [] }),
    isEmpty: () => saysNothing(talk),
    subjectsOf: (phrases) => Promise.resolve([...phrases]),
    titleOf: (subjects) => writePlainTitle(talk.sentences, subjects),
    leadOf: () => [],
    isWhole: () => true,
  };
}
