import { isQuestion } from '../../../text/questions.ts';
import { stemOf } from '../../../text/stems.ts';
import { comparable } from '../../../text/tokenizer.ts';
import type { SpokenLine } from '../../search-index.ts';
import type { QueryTerm } from './word-query.ts';

/** A term with its inverse document frequency. */
export interface WeighedTerm extends QueryTerm {
  weight: number;
}

/** What of a text matches: UTF-16 offsets, and which term with which weight. */
export interface Mark {
  from: number;
  to: number;
  term: number;
  weight: number;
}

export interface TextScore {
  /** Score of the best sentence. */
  best: number;
  /** Segments that match, the best first. */
  segmentIds: string[];
}

const SENTENCE_END = /[.!?…。！？؟।]/u;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}\u00ad\u200c\u200d]*/gu;
const WORD_CHARACTER = /[\p{L}\p{N}\p{M}]/u;
/** The rest of a word, from a place inside it. */
const REST_OF_WORD = /[\p{L}\p{N}\p{M}]*/uy;
/** Two terms that follow each other in the query and in a sentence count this share again. */
const TOGETHER = 0.5;
/** Most characters between two terms that follow each other: about two words. */
const NEAR = 16;
/** Weight of the terms that a line holds outside of its best sentence. */
const ELSEWHERE = 0.3;
/** Factor for lines of a speaker whom the query names. */
const ASKED_FOR = 1.3;
/** Share of a line's score that the lines before and after it add if they match as well. */
const BESIDE = 0.5;
/** Share of a neighbour's score that a line has at least if it holds what the question asks for. */
const ANSWERS = 0.8;
/** Share of the score of a question that a reply to it adds, if it holds what is asked for. */
const REPLIES = 0.6;
/** Factor for lines that match and hold what the question asks for. */
const FITS = 1.3;
/** Lines below this share of the best line's score do not match. */
const LEAST_SHARE = 0.5;

/** Where a term stands in a line. */
interface Occurrence {
  term: number;
  start: number;
  end: number;
}

/**
 * Scores the sentences of a window by the terms that they hold; terms that follow each other as in
 * the query count more. A line counts as its best sentence. Hundreds of windows are read for one
 * query, so only words that begin like a term are looked at.
 */
export class SentenceRanking {
  readonly #terms: readonly WeighedTerm[];
  readonly #asked: ReadonlySet<string>;
  /** Index of the term by its stem. */
  readonly #byStem: ReadonlyMap<string, number>;
  /** How words begin that may be a form of a term, in the order of the terms. */
  readonly #starts: readonly { text: string; isWhole: boolean }[];
  /** Terms that a longer word may begin with. */
  readonly #beginnings: readonly { word: string; term: number }[];

  /** What a line that answers the question holds; null if the query does not say. */
  readonly #answer: RegExp | null;

  constructor(
    terms: readonly WeighedTerm[],
    asked: ReadonlySet<string>,
    answer: RegExp | null = null,
  ) {
    this.#terms = terms;
    this.#asked = asked;
    this.#answer = answer;
    this.#byStem = new Map(terms.map(({ stem }, i) => [stem, i]));
    this.#beginnings = terms.flatMap(({ word, isBeginning }, term) =>
      isBeginning ? [{ word, term }] : [],
    );
    // A stem begins its word, but for a last "y": "sky", "skies".
    this.#starts = terms
      .map(({ stem, word, unspaced }) => ({
        text: unspaced ? word : stem.replace(/(?<=.)y$/, ''),
        isWhole: unspaced,
      }))
      .filter(({ text }) => text !== '');
  }

  /** Scores a document. Without `lines` it names no segments. */
  score(title: string, text: string, lines: readonly SpokenLine[]): TextScore {
    const texts = text.split('\n');
    const words = texts.map((line) => this.#lineScore(line));
    const own = words.map((ofLine, n) => this.#withAnswer(ofLine, n, words, texts, lines));
    const scored = own.map((ofLine, n) => {
      const spoken = lines[n];
      const isAsked = typeof spoken?.speaker === 'string' && this.#asked.has(spoken.speaker);
      const beside = ofLine === 0 ? 0 : (words[n - 1] ?? 0) + (words[n + 1] ?? 0);
      const score = (ofLine + BESIDE * beside) * (isAsked ? ASKED_FOR : 1);
      return {
        segmentId: spoken?.segmentId ?? null,
        score,
        own: ofLine * (isAsked ? ASKED_FOR : 1),
      };
    });
    scored.sort((a, b) => b.score - a.score);
    const best = Math.max(scored[0]?.score ?? 0, this.#lineScore(title));
    const segmentIds = new Set<string>();
    const mostOwn = Math.max(...scored.map((line) => line.own));
    for (const { segmentId, own: ofLine } of scored) {
      // The turns beside a line order it; whether it matches, its own words say.
      if (segmentId === null || ofLine <= 0 || ofLine < mostOwn * LEAST_SHARE) continue;
      segmentIds.add(segmentId);
    }
    return { best, segmentIds: [...segmentIds] };
  }

  /** The score of a line by its words, and by what it says to the line before it. */
  #withAnswer(
    ofLine: number,
    n: number,
    words: readonly number[],
    texts: readonly string[],
    lines: readonly SpokenLine[],
  ): number {
    if (this.#answer === null || !this.#answer.test(texts[n] ?? '')) return ofLine;
    const before = words[n - 1] ?? 0;
    const near = Math.max(before, words[n + 1] ?? 0);
    const isOther = lines[n]?.speaker !== lines[n - 1]?.speaker;
    const isReply = isOther && before > 0 && isQuestion(texts[n - 1] ?? '');
    return Math.max(ofLine * FITS, ANSWERS * near) + (isReply ? REPLIES * before : 0);
  }

  /** Returns what of a text matches, in order. */
  marks(text: string): Mark[] {
    const plain = comparable(text);
    if (plain.length === text.length) {
      return this.#occurrences(plain).map(({ start, end, term }) => this.#mark(start, end, term));
    }
    // Letters that are written in several characters move what stands after them: word by word.
    return [...text.matchAll(WORD)].flatMap(({ 0: word, index }) => {
      const own = comparable(word);
      const inside = this.#occurrences(own);
      if (own.length === word.length) {
        return inside.map(({ start, end, term }) => this.#mark(index + start, index + end, term));
      }
      const term = inside[0]?.term;
      return term === undefined ? [] : [this.#mark(index, index + word.length, term)];
    });
  }

  #mark(from: number, to: number, term: number): Mark {
    return { from, to, term, weight: this.#weight(term) };
  }

  #lineScore(line: string): number {
    const inLine = new Set<number>();
    let best = 0;
    let ofBest: ReadonlySet<number> = inLine;
    for (const sentence of this.#sentences(line)) {
      const { score, held } = this.#sentenceScore(sentence);
      for (const term of held) inLine.add(term);
      if (score > best) [best, ofBest] = [score, held];
    }
    let elsewhere = 0;
    for (const term of inLine) if (!ofBest.has(term)) elsewhere += this.#weight(term);
    return best + ELSEWHERE * elsewhere;
  }

  #sentenceScore(sentence: readonly Occurrence[]): { score: number; held: ReadonlySet<number> } {
    const held = new Set<number>();
    let score = 0;
    let last: Occurrence | undefined;
    for (const occurrence of sentence) {
      const { term, start } = occurrence;
      if (!held.has(term)) score += this.#weight(term);
      if (last && term === last.term + 1 && start - last.end <= NEAR) {
        score += TOGETHER * Math.min(this.#weight(term), this.#weight(last.term));
      }
      held.add(term);
      last = occurrence;
    }
    return { score, held };
  }

  /** Returns the terms of each sentence that holds any. */
  #sentences(text: string): Occurrence[][] {
    const line = comparable(text);
    const sentences: Occurrence[][] = [];
    let end = 0;
    for (const occurrence of this.#occurrences(line)) {
      const current = sentences.at(-1);
      if (current && !SENTENCE_END.test(line.slice(end, occurrence.start)))
        current.push(occurrence);
      else sentences.push([occurrence]);
      end = occurrence.end;
    }
    return sentences;
  }

  #occurrences(line: string): Occurrence[] {
    const found: Occurrence[] = [];
    for (const { start, end } of this.#wordsLikeTerms(line)) {
      const term = this.#termOf(line.slice(start, end));
      if (term < 0) continue;
      const isInside = start > 0 && WORD_CHARACTER.test(line.charAt(start - 1));
      if (isInside && !this.#terms[term]?.unspaced) continue;
      found.push({ term, start, end });
    }
    return found;
  }

  /**
   * Yields the words that begin like a term, from left to right, without overlap. Most lines hold none: to
   * look for plain text is many times as fast as a pattern of all words, and needs no pattern for each query.
   */
  *#wordsLikeTerms(line: string): Generator<{ start: number; end: number }> {
    const places = this.#starts.map(({ text }) => line.indexOf(text));
    for (let from = 0; ; ) {
      let first = -1;
      for (const [i, { text }] of this.#starts.entries()) {
        let place = places[i] ?? -1;
        if (place >= 0 && place < from) {
          place = line.indexOf(text, from);
          places[i] = place;
        }
        if (place >= 0 && (first < 0 || place < (places[first] ?? 0))) first = i;
      }
      const found = this.#starts[first];
      if (!found) return;
      const start = places[first] ?? 0;
      const end = found.isWhole
        ? start + found.text.length
        : endOfWord(line, start + found.text.length);
      yield { start, end };
      from = end;
    }
  }

  /** Returns the index of the term that a word is a form of, -1 if it is none. */
  #termOf(word: string): number {
    const term = this.#byStem.get(stemOf(word)) ?? this.#byStem.get(word);
    if (term !== undefined) return term;
    return this.#beginnings.find((beginning) => word.startsWith(beginning.word))?.term ?? -1;
  }

  #weight(term: number): number {
    return this.#terms[term]?.weight ?? 0;
  }
}

/** Returns the end of the word that goes on at `from`. */
function endOfWord(line: string, from: number): number {
  REST_OF_WORD.lastIndex = from;
  REST_OF_WORD.test(line);
  return REST_OF_WORD.lastIndex;
}
