import type { SpokenLine } from '../../search-index.ts';
import { stemOf, WORD } from '../../terms.ts';
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

const SENTENCE = /[^.!?。！？]*[.!?。！？]+\s*|[^.!?。！？]+$/gu;
/** Of two terms that follow each other in the query and in a sentence, this share counts again. */
const TOGETHER = 0.5;
/** Words that may stand between two terms that still count as together. */
const NEAR = 2;
/** What the terms count that a line holds outside of its best sentence. */
const ELSEWHERE = 0.3;
/** What the words of somebody who was asked for count more. */
const ASKED_FOR = 1.3;
/** Lines below this share of the best one's score do not count as matching. */
const LEAST_SHARE = 0.5;

/**
 * Finds the sentence in a window: sentences are weighed by the terms that they hold, those that
 * stand together as in the query more; a line counts as its best sentence.
 */
export class LineRanking {
  readonly #terms: readonly WeighedTerm[];
  readonly #asked: ReadonlySet<string>;
  /** Index of the term by its stem. */
  readonly #byStem: ReadonlyMap<string, number>;
  readonly #unspaced: readonly number[];
  /** The term that may not be typed to its end, -1 for none. */
  readonly #typing: number;
  readonly #stems = new Map<string, string>();

  constructor(terms: readonly WeighedTerm[], asked: ReadonlySet<string>) {
    this.#terms = terms;
    this.#asked = asked;
    this.#byStem = new Map(terms.map(({ stem }, i) => [stem, i]));
    this.#typing = terms.findIndex(({ typing }) => typing);
    this.#unspaced = terms.flatMap(({ unspaced }, i) => (unspaced ? [i] : []));
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
    let ofBest: ReadonlySet<number> = new Set();
    for (const [sentence] of line.matchAll(SENTENCE)) {
      const { score, held } = this.#sentenceScore(sentence);
      for (const term of held) inLine.add(term);
      if (score > best) [best, ofBest] = [score, held];
    }
    let elsewhere = 0;
    for (const term of inLine) if (!ofBest.has(term)) elsewhere += this.#weight(term);
    return best + ELSEWHERE * elsewhere;
  }

  #sentenceScore(sentence: string): { score: number; held: ReadonlySet<number> } {
    const held = new Set<number>();
    let score = 0;
    let last = -1;
    let since = 0;
    for (const [word] of sentence.matchAll(WORD)) {
      since += 1;
      const term = this.#termOf(word);
      if (term < 0) continue;
      if (!held.has(term)) score += this.#weight(term);
      if (last >= 0 && term === last + 1 && since <= NEAR + 1) {
        score += TOGETHER * Math.min(this.#weight(term), this.#weight(last));
      }
      held.add(term);
      last = term;
      since = 0;
    }
    for (const term of this.#unspaced) {
      if (held.has(term) || !sentence.includes(this.#terms[term]?.word ?? '')) continue;
      held.add(term);
      score += this.#weight(term);
    }
    return { score, held };
  }

  /** Index of the term that a word is, -1 where it is none. */
  #termOf(word: string): number {
    const term = this.#byStem.get(this.#stem(word));
    if (term !== undefined) return term;
    const begun = this.#terms[this.#typing]?.word;
    return begun !== undefined && word.toLowerCase().startsWith(begun) ? this.#typing : -1;
  }

  #weight(term: number): number {
    return this.#terms[term]?.weight ?? 0;
  }

  #stem(word: string): string {
    const known = this.#stems.get(word);
    if (known !== undefined) return known;
    const stem = stemOf(word.normalize('NFC').toLowerCase());
    this.#stems.set(word, stem);
    return stem;
  }
}
