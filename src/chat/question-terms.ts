import { splitSentences } from '../text/sentences.ts';
import { stemOf } from '../text/stems.ts';
import { wordsOf } from '../text/tokenizer.ts';
import { isAskingWord, isStopWord } from '../text/word-classes.ts';
import { countWords } from '../text/word-count.ts';

const MAX_TERMS = 20;

/** The words that a question is about, each once, in their order; small ones if there are no others. */
export function questionTerms(question: string): string[] {
  const words = [...new Set(wordsOf(question).filter((word) => !isAskingWord(word)))];
  const telling = words.filter((word) => !isStopWord(word));
  return (telling.length > 0 ? telling : words).slice(0, MAX_TERMS);
}

/** Words that only say that something was or was said; none of them is a subject. */
const HAPPENING = new Set(
  `activities activity another busy call calls chats daily day days diary doing done else event
  events everything highlight highlights journal month months new news overview past place recap
  recaps recent recently spend spent summaries take takes took week weekly weekend weeks went year
  besprochen gemacht geredet gesagt gesprochen getan los neues passiert tag unterhalten woche
  discuté dit fait journée nouveau parlé passé semaine dijimos habló hablamos hicimos hicieron hizo
  nuevo pasó semana fatto detto parlato successo feito falamos fizemos
  何 こと した し まし しました 話 話し 話した 会話 什么 什麼 做 我们 我們 说 說 聊 뭐 무엇 무슨 일 했어 했나요 했지`.split(
    /\s+/,
  ),
);

/**
 * True if a question, without its time, names no subject: "what did we do", "anything new?". Takes
 * what is left of it when the words for the time are gone.
 */
export function namesNothing(question: string): boolean {
  return questionTerms(question).every((term) => HAPPENING.has(term) || isStopWord(term));
}

/** Which of the terms a text holds, in any form of the word. */
export function matchedTerms(text: string, terms: readonly string[]): Set<string> {
  const stems = new Set(wordsOf(text).map(stemOf));
  return new Set(terms.filter((term) => stems.has(stemOf(term))));
}

/**
 * Returns the part of a text, whole sentences, that holds most of the terms, of about `words` words;
 * the earliest of several that hold as many. Linear in the text.
 */
export function excerptOf(text: string, terms: readonly string[], words: number): string {
  const trimmed = text.trim();
  if (countWords(trimmed) <= words) return trimmed;
  const stems = [...new Set(terms.map(stemOf))];
  const sentences = splitSentences(trimmed).map((sentence) => {
    const held = new Set(wordsOf(sentence).map(stemOf));
    return {
      text: sentence,
      words: countWords(sentence),
      terms: stems.flatMap((stem, term) => (held.has(stem) ? [term] : [])),
    };
  });
  const { from, to } = bestRun(sentences, stems.length, words);
  const found = sentences
    .slice(from, to)
    .map((sentence) => sentence.text)
    .join('')
    .trim();
  const short = found
    .split(/\s+/)
    .slice(0, words * 2)
    .join(' ');
  const before = trimmed.startsWith(short) ? '' : '… ';
  return `${before}${short}${trimmed.endsWith(short) ? '' : ' …'}`;
}

/** The run of at most `most` words (one sentence at least) that holds most terms, by two pointers. */
function bestRun(
  sentences: readonly { words: number; terms: readonly number[] }[],
  terms: number,
  most: number,
): { from: number; to: number } {
  const counts = new Array<number>(terms).fill(0);
  let [held, length, to] = [0, 0, 0];
  let best = { score: -1, from: 0, to: 0 };
  for (const [from, first] of sentences.entries()) {
    for (let next = sentences[to]; next; next = sentences[to]) {
      if (to > from && length + next.words > most) break;
      for (const term of next.terms) {
        counts[term] = (counts[term] ?? 0) + 1;
        if (counts[term] === 1) held += 1;
      }
      length += next.words;
      to += 1;
    }
    if (held > best.score) best = { score: held, from, to };
    for (const term of first.terms) {
      counts[term] = (counts[term] ?? 0) - 1;
      if (counts[term] === 0) held -= 1;
    }
    length -= first.words;
  }
  return best;
}
