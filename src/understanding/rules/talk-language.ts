import { LANGUAGES } from '../../text/languages.ts';
import { likelyLanguages } from '../../text/likely-language.ts';
import type { SpeechFrames } from '../../text/speech-frames.ts';
import { tokenize } from '../../text/tokenizer.ts';
import { isCommonWord, isFunctionWord, isPhaticWord, isStopWord } from '../../text/word-classes.ts';
import { type FramedCode, framedCode } from './framed/framed-dates.ts';

/** What the rules know of the language of a talk: much of English, a little of the others. */
export interface TalkLanguage {
  isEnglish: boolean;
  /** German, Spanish, French: tasks, times and facts are found by their frames. Null for English and the rest. */
  framed: FramedLanguage | null;
  /** True for words without subject matter. Takes lower case. */
  isFunctionWord(lower: string): boolean;
  /** True for words too common to name a subject, function words included. Takes lower case. */
  isCommonWord(lower: string): boolean;
  /** True if a text only greets, thanks or agrees. */
  isPhatic(text: string): boolean;
}

/** Words from which the language of a talk is told. */
const SAMPLE = 600;
/** From so many words on, English has to show itself. */
const LONG = 20;
/** Words that English talk is full of, and that are no words of other languages. */
const PLAINLY_ENGLISH = new Set(
  `the and you your it's that that's is of we have was with this are they not be what but i'm i'll
  don't there would should could from about will can our`.split(/\s+/),
);
/** Share of these words in English talk, at least: it is 20 % and more. */
const LEAST_ENGLISH = 0.04;

/** Share of its function words in talk of a language with frames, at least. */
const LEAST_FRAMED = 0.12;

const isPhatic = (text: string): boolean =>
  tokenize(text).every(({ lower }) => isPhaticWord(lower));

export const ENGLISH_TALK: TalkLanguage = {
  isEnglish: true,
  framed: null,
  isFunctionWord,
  isCommonWord,
  isPhatic,
};

const isNumberOrStopWord = (lower: string): boolean => isStopWord(lower) || /^\d{1,2}$/.test(lower);
const OTHER_TALK: TalkLanguage = {
  isEnglish: false,
  framed: null,
  isFunctionWord: isNumberOrStopWord,
  isCommonWord: isNumberOrStopWord,
  isPhatic,
};

/** A language with frames, and what finds its dates. */
export type FramedLanguage = { code: FramedCode; frames: SpeechFrames };

/** Returns the language of a talk, English if its words do not tell. */
export function languageOfTalk(texts: readonly string[]): TalkLanguage {
  const words: string[] = [];
  for (const text of texts) {
    for (const { lower } of tokenize(text.slice(0, SAMPLE * 20))) words.push(lower);
    if (words.length >= SAMPLE) break;
  }
  const sample = words.slice(0, SAMPLE);
  return isEnglish(sample) ? ENGLISH_TALK : { ...OTHER_TALK, framed: framedBy(sample) };
}

/** The language with frames that the words belong to, or null. */
function framedBy(words: readonly string[]): FramedLanguage | null {
  const [first] = likelyLanguages(words);
  if (!first || first.words < Math.max(2, words.length * LEAST_FRAMED)) return null;
  const language = LANGUAGES.find(({ code }) => code === first.code);
  const code = framedCode(first.code);
  return language?.frames && code ? { code, frames: language.frames } : null;
}

function isEnglish(words: readonly string[]): boolean {
  const latin = words.filter((word) => /^[\p{Script=Latin}\p{N}]/u.test(word)).length;
  if (latin * 2 < words.length) return false;
  const shares = likelyLanguages(words);
  const english = shares.find(({ code }) => code === 'en')?.words ?? 0;
  if ((shares[0]?.words ?? 0) > english) return false;
  const plain = words.filter((word) => PLAINLY_ENGLISH.has(word)).length;
  return words.length < LONG || plain >= words.length * LEAST_ENGLISH;
}
