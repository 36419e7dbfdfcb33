import type { Spelling } from '../../../local-models/tokens-file.ts';
import type { TimedWord } from './token-words.ts';

/** English words that are never written small. */
const ALWAYS_CAPITAL = new Set([
  ...['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
  ...['january', 'february', 'april', 'june', 'july', 'august', 'september', 'october'],
  ...['november', 'december', 'english', 'german', 'french', 'spanish', 'i'],
]);
/** `i'm`, `i'll`: `i` with what is drawn to it. */
const CONTRACTED_I = /^i('|’)/;
/** First words that make an English sentence a question, with what must follow the ambiguous ones. */
const ASKING = new Set(['what', 'when', 'where', 'who', 'whom', 'whose', 'why', 'how', 'which']);
const AUXILIARY = new Set(
  'can could will would shall should do does did is are was were am have has may might'.split(' '),
);
const SUBJECT = new Set('i you he she it we they there this that these those'.split(' '));

/** Writes the words of one utterance; `isWhole` is false while it goes on. */
export type Writer = (
  words: readonly TimedWord[],
  language: string,
  isWhole: boolean,
) => TimedWord[];

/**
 * Writes the words of one utterance as a sentence, by rule: for recognisers that give neither
 * capital letters nor punctuation, if no punctuation model is there. Text that has capitals or
 * punctuation already keeps them.
 */
export function writeSentence(
  words: readonly TimedWord[],
  spelling: Spelling,
  language: string,
  isWhole: boolean,
): TimedWord[] {
  const isEnglish = language === 'en' || language.startsWith('en-');
  const written = words.map((word) => ({ ...word, text: cased(word.text, spelling, isEnglish) }));
  if (spelling.hasPunctuation) return written;
  const first = written[0];
  const last = written.at(-1);
  if (first === undefined || last === undefined) return written;
  const texts = words.map(({ text }) => text.toLowerCase());
  first.text = capitalised(first.text);
  if (isWhole) last.text += mark(last.text, isEnglish && isQuestion(texts));
  return written;
}

function cased(text: string, { letterCase }: Spelling, isEnglish: boolean): string {
  if (letterCase === 'mixed' || letterCase === 'none') return text;
  const small = text.toLowerCase();
  const isCapital = isEnglish && (ALWAYS_CAPITAL.has(small) || CONTRACTED_I.test(small));
  return isCapital ? capitalised(small) : small;
}

function capitalised(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length);
}

function isQuestion([first = '', second = '', third = '']: readonly string[]): boolean {
  if (AUXILIARY.has(first) && SUBJECT.has(second)) return true;
  // `what is`, `how do`; not `when we met, …`.
  return ASKING.has(first) && (AUXILIARY.has(second) || AUXILIARY.has(third));
}

/** The mark of the script that the text is written in. */
function mark(text: string, asks: boolean): string {
  if (/\p{P}$/u.test(text)) return '';
  if (/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}/u.test(text)) return '。';
  return asks ? '?' : '.';
}
