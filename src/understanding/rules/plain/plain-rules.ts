import { trimCharacters } from '../../../kernel/bounded-text.ts';
import { capitalize } from '../../../text/capitals.ts';
import { isPhaticText } from '../../../text/phatic-text.ts';
import { isUnspaced } from '../../../text/scripts.ts';
import { tokenize } from '../../../text/tokenizer.ts';
import { isStopWord } from '../../../text/word-classes.ts';
import { clipWords } from '../../../text/word-count.ts';
import { emptyUnderstanding } from '../../empty-understanding.ts';
import { PhaticTalk } from '../english/phatic.ts';
import type { Talk } from '../talk.ts';
import type { TalkReader, TalkRules } from '../talk-rules.ts';
import type { OverviewWording, TitleWording } from '../wording.ts';

/** Words of a title that is the beginning of a talk. */
const BEGINNING_WORDS = 6;
const ONLY_A_MODEL =
  'Only a language model understands this language: without one, no tasks, events or facts are found in it.';

/** What is a pause in any language: "um" is "at" in German, "er" is "he", "oh" is a word of many. */
const ANY_PAUSE_WORDS =
  /(?:^|(?<=[\s,.—-]))(?:hm+|mm+(?:[ -]+hmm+)?|mhm+|uh[ -]+huh|hmm+[ -]+hmm+|[äö]+h+m*|ä+hm+)(?=[\s,.?!;:—-]|$)[,]?/giu;

const isNumberOrStopWord = (lower: string): boolean => isStopWord(lower) || /^\d{1,2}$/.test(lower);

/** No words of a language are added: a comma is understood everywhere. */
const PLAIN_TITLES: TitleWording = {
  prefersClaims: false,
  isPicky: false,
  announced: () => null,
  tell: (phrase) => phrase,
  isName: () => false,
  isDeed: () => false,
  cased: capitalize,
  joined: (subjects) => subjects.join(isUnspaced(subjects.at(-1) ?? '') ? '、' : ', '),
  beginning: ([first]) =>
    trimCharacters(clipWords(first?.text ?? '', BEGINNING_WORDS), ' ', ' .,;:!?。，、；：！？।؟،'),
};

const PLAIN_OVERVIEWS: OverviewWording = {
  trim: (text) => text.replace(/[?.!]$/, ''),
  isChatter: isPhaticText,
  isUnclear: () => false,
  isCommon: isNumberOrStopWord,
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
  titles: PLAIN_TITLES,
  overviews: PLAIN_OVERVIEWS,
  open: (talk) => Promise.resolve(readPlainly(talk)),
};

/** Reads a talk without knowing its language. */
export function readPlainly(talk: Talk): TalkReader {
  return {
    findClaims: () => Promise.resolve(emptyUnderstanding(true)),
    isEmpty: () => isEmpty(talk),
    thingsOf: (phrases) => [...phrases],
    leadOf: () => [],
    isWhole: () => true,
    namedFor: (claims) => [...claims],
  };
}

/** True if there are only greetings of any language, sounds, and what English says without saying anything. */
function isEmpty({ sentences, names, userName }: Talk): boolean {
  const people = new Set(
    [...names, userName ?? ''].flatMap((name) => tokenize(name).map(({ lower }) => lower)),
  );
  const texts = sentences.map(({ text }) => text);
  const phatic = new PhaticTalk(texts, people);
  return texts.every((text) => isPhaticText(text) || phatic.wordsLeft(text).length === 0);
}
