import { stemOf } from '../../../text/stems.ts';
import type { SpokenLine } from '../../search-index.ts';
import type { QueryTerm } from './word-query.ts';

/** A term with what its occurrence tells: its inverse document frequency. */
export interface WeighedTerm extends QueryTerm {
  weight: number;
}

export interface LineScore {
  /** Of the best sentence. */
  best: number;
  /** Segments whose words answer, the best first. */
  segmentIds: string[];
}

const SENTENCE_END = /[.!?。！？]/u;
const WORD_CHARACTER = /[\p{L}\p{N}\p{M}]/u;
/** Of two terms that follow each other in the query and in a sentence, this share counts again. */
const TOGETHER = 0.5;
/** Characters that may stand between two terms that still count as together: some two words. */
const NEAR = 16;
/** What the terms count that a line holds outside of its best sentence. */
const ELSEWHERE = 0.3;
/** What the words of somebody who was asked for count more. */
const ASKED_FOR = 1.3;
/** Lines below this share of the best one's score do not count as matching. */
const LEAST_SHARE = 0.5;

/** Where a term stands in a line. */
interface Occurrence {
  term: number;
  start: number;
  end: number;
}

/**
 * Finds the sentence in a window: sentences are weighed by the terms that they hold, those that
 * stand together as in the query more; a line counts as its best sentence. Hundreds of windows are
 * read for one answer: only what begins as a term does is looked at.
 */
export class LineRanking {
  readonly #terms: readonly WeighedTerm[];
  readonly #asked: ReadonlySet<string>;
  /** Index of the term by its stem. */
  readonly #byStem: ReadonlyMap<string, number>;
  /** Words that begin as one of the terms; null where there is none. */
  readonly #pattern: RegExp | null;
  /** The term that may not be typed to its end, -1 for none. */
  readonly #typing: number;

  constructor(terms: readonly WeighedTerm[], asked: ReadonlySet<string>) {
    this.#terms = terms;
    this.#asked = asked;
    this.#byStem = new Map(terms.map(({ stem }, i) => [stem, i]));
    this.#typing = terms.findIndex(({ typing }) => typing);
    // A stem is the beginning of its word, and made of word characters alone.
    const beginnings = terms.map(({ stem, word, unspaced }) =>
      unspaced ? word : `${stem}[\\p{L}\\p{N}\\p{M}]*`,
    );
    this.#pattern = terms.length === 0 ? null : new RegExp(beginnings.join('|'), 'gu');
  }

  /** Where `lines` is empty no segment is named. */
  score(title: string, text: string, lines: readonly SpokenLine[]): LineScore {
    const scored = text.split('\n').map((line, n) => {
      const spoken = lines[n];
      const isAsked = typeof spoken?.speaker === 'string' && this.#asked.has(spoken.speaker);
      const score = this.#lineScore(line) * (isAsked ? ASKED_FOR : 1);
      return { segmentId: spoken?.segmentId ?? null, score };
    });
    scored.sort((a, b) => b.score - a.score);
    const best = Math.max(scored[0]?.score ?? 0, this.#lineScore(title));
    const segmentIds = new Set<string>();
    for (const { segmentId, score } of scored) {
      if (score <= 0 || score < (scored[0]?.score ?? 0) * LEAST_SHARE) break;
      if (segmentId !== null) segmentIds.add(segmentId);
    }
    return { best, segmentIds: [...segmentIds] };
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

  /** The terms of each sentence that holds any. */
  #sentences(line: string): Occurrence[][] {
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
    if (this.#pattern === null) return [];
    const found: Occurrence[] = [];
    const lower = line.normalize('NFC').toLowerCase();
    for (const { 0: word, index: start } of lower.matchAll(this.#pattern)) {
      const term = this.#termOf(word);
      if (term < 0) continue;
      const isInside = start > 0 && WORD_CHARACTER.test(lower.charAt(start - 1));
      if (isInside && !this.#terms[term]?.unspaced) continue;
      found.push({ term, start, end: start + word.length });
    }
    return found;
  }

  /** Index of the term that a word is, -1 where it is none. */
  #termOf(word: string): number {
    const term = this.#byStem.get(stemOf(word)) ?? this.#byStem.get(word);
    if (term !== undefined) return term;
    const begun = this.#terms[this.#typing]?.word;
    return begun !== undefined && word.startsWith(begun) ? this.#typing : -1;
  }

  #weight(term: number): number {
    return this.#terms[term]?.weight ?? 0;
  }
}
