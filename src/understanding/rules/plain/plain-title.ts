import { trimCharacters } from '../../../kernel/bounded-text.ts';
import { capitalize } from '../../../text/capitals.ts';
import { isUnspaced } from '../../../text/scripts.ts';
import { clipWords } from '../../../text/word-count.ts';
import type { KeyPhrase, Sentence } from '../talk.ts';
import { MAX_TITLE_WORDS, NO_TITLE } from '../title.ts';

/** Words of a title that is the beginning of a talk. */
const BEGINNING_WORDS = 6;
/** Phrases of a title, at most. */
const MAX_PHRASES = 3;
/** Phrases of several words from which single ones are left out. */
const MANY = 4;

/** The title of a talk: what it keeps coming back to, else its beginning. A comma is understood everywhere. */
export function writePlainTitle(
  sentences: readonly Sentence[],
  phrases: readonly KeyPhrase[],
): string {
  const long = phrases.filter((phrase) => phrase.stems.length > 1 && phrase.sentences > 1);
  const candidates = (long.length < MANY ? phrases : long).slice(0, 40);
  const chosen: KeyPhrase[] = [];
  for (const phrase of candidates) {
    if (chosen.length === MAX_PHRASES) break;
    const least = (candidates[0]?.score ?? 0) * (phrase.stems.length > 1 ? 0.25 : 0.45);
    const isSaidAgain = chosen.length === 0 || phrase.sentences > 1;
    const isNew = !chosen.some(({ stems }) => stems.some((stem) => phrase.stems.includes(stem)));
    if (phrase.score >= least && isSaidAgain && isNew) chosen.push(phrase);
  }
  const mark = isUnspaced(chosen.at(-1)?.text ?? '') ? '、' : ', ';
  const title = chosen.map(({ text }) => capitalize(text)).join(mark);
  return clipWords(title, MAX_TITLE_WORDS) || beginningOf(sentences);
}

function beginningOf([first]: readonly Sentence[]): string {
  const words = clipWords(first?.text ?? '', BEGINNING_WORDS);
  return trimCharacters(words, ' ', ' .,;:!?。，、；：！？।؟،') || NO_TITLE;
}
