import { splitSentences } from '../text/sentences.ts';
import { stemOf } from '../text/stems.ts';
import { wordsOf } from '../text/tokenizer.ts';
import { isAskingWord } from '../text/word-classes.ts';
import { clipWords, countWords } from '../text/word-count.ts';

const MAX_TERMS = 20;

/** The words that a question is about, each once, in their order. */
export function questionTerms(question: string): string[] {
  const telling = [...new Set(wordsOf(question).filter((word) => !isAskingWord(word)))];
  return telling.slice(0, MAX_TERMS);
}

/** Which of the terms a text holds, in any form of the word. */
export function matchedTerms(text: string, terms: readonly string[]): Set<string> {
  const stems = new Set(wordsOf(text).map(stemOf));
  return new Set(terms.filter((term) => stems.has(stemOf(term))));
}

/** The part of a text, whole sentences, that holds most of the terms, of about `words` words. */
export function excerptOf(text: string, terms: readonly string[], words: number): string {
  const trimmed = text.trim();
  if (countWords(trimmed) <= words) return trimmed;
  const sentences = splitSentences(trimmed);
  let best = { score: -1, text: '' };
  for (let from = 0; from < sentences.length; from += 1) {
    let run = '';
    for (const sentence of sentences.slice(from)) {
      if (run !== '' && countWords(run) + countWords(sentence) > words) break;
      run += sentence;
    }
    const score = matchedTerms(run, terms).size;
    if (score > best.score) best = { score, text: run };
  }
  const found = best.text.trim();
  const short = found
    .split(/\s+/)
    .slice(0, words * 2)
    .join(' ');
  const before = trimmed.startsWith(short) ? '' : '… ';
  return `${before}${short}${trimmed.endsWith(short) ? '' : ' …'}`;
}
