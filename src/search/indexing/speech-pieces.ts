import { splitSentences } from '../../text/sentences.ts';
import { graphemesOf } from '../../text/tokenizer.ts';
import { countWords } from '../../text/word-count.ts';

/** Graphemes of a script without spaces that surely are no more than a word. */
const GRAPHEMES_PER_WORD = 2;

/**
 * A text in parts of at most `maxWords`, cut between sentences, or within a sentence that is longer
 * by itself. Empty for a text without words.
 */
export function splitSpeech(text: string, maxWords: number): string[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  if (countWords(trimmed) <= maxWords) return [trimmed];
  const parts: string[] = [];
  let part = '';
  for (const sentence of splitSentences(trimmed)) {
    for (const run of splitRun(sentence, maxWords)) {
      if (part !== '' && countWords(part) + countWords(run) > maxWords) {
        parts.push(part.trim());
        part = '';
      }
      part += run;
    }
  }
  if (part.trim() !== '') parts.push(part.trim());
  return parts;
}

/** A sentence in runs of at most `maxWords` words, by its spaces, or by characters without any. */
function splitRun(sentence: string, maxWords: number): string[] {
  if (countWords(sentence) <= maxWords) return [sentence];
  const runs: string[] = [];
  let run = '';
  let words = 0;
  for (const [token] of sentence.matchAll(/\S+\s*|\s+/gu)) {
    for (const bit of splitToken(token, maxWords)) {
      const size = countWords(bit);
      if (run !== '' && words + size > maxWords) {
        runs.push(run);
        run = '';
        words = 0;
      }
      run += bit;
      words += size;
    }
  }
  if (run !== '') runs.push(run);
  return runs;
}

function splitToken(token: string, maxWords: number): string[] {
  if (countWords(token) <= maxWords) return [token];
  const characters = graphemesOf(token);
  const size = maxWords * GRAPHEMES_PER_WORD;
  const bits: string[] = [];
  for (let from = 0; from < characters.length; from += size) {
    bits.push(characters.slice(from, from + size).join(''));
  }
  return bits;
}
