import { LANGUAGES } from '../../text/languages.ts';
import { likelyLanguages } from '../../text/likely-language.ts';
import { tokenize } from '../../text/tokenizer.ts';
import { ENGLISH_RULES } from './english/english-rules.ts';
import { framedCode } from './framed/framed-dates.ts';
import { framedRules } from './framed/framed-rules.ts';
import type { FramedLanguage } from './framed/framed-talk.ts';
import { PLAIN_RULES } from './plain/plain-rules.ts';
import type { TalkRules } from './talk-rules.ts';

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

/** Returns the rules for the language of a talk, those of English if its words do not tell. */
export function chooseRules(texts: readonly string[]): TalkRules {
  const words: string[] = [];
  for (const text of texts) {
    for (const { lower } of tokenize(text.slice(0, SAMPLE * 20))) words.push(lower);
    if (words.length >= SAMPLE) break;
  }
  const sample = words.slice(0, SAMPLE);
  if (isEnglish(sample)) return ENGLISH_RULES;
  const framed = framedBy(sample);
  return framed === null ? PLAIN_RULES : framedRules(framed);
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
