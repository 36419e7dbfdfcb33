import type { OverviewEvidence } from '../../model/conversations/conversation.ts';
import { splitSentences } from '../../text/sentences.ts';
import { wordsOf } from '../../text/tokenizer.ts';
import { contentWordsOf } from '../../text/word-classes.ts';
import { WordSet } from '../../text/word-set.ts';
import type { SpokenSegment } from '../understanding-engine.ts';

/** Share of a claim's content words that must have been said where it points. */
const ENOUGH_WORDS = 0.5;
/** Share of a quote's words that must stand in one place for it to count as copied from there. */
const ENOUGH_QUOTE = 0.75;
/** Lines that a sentence of an overview, which sums up, is bound to at most. */
const MAX_OVERVIEW_LINES = 4;
/** Content words of such a sentence that one line alone must hold. */
const LEAST_SHARED = 2;
/** Sentences of an overview that are looked at. */
const MAX_OVERVIEW_SENTENCES = 40;

export interface Claim {
  /** The claim itself, in the language that is written. */
  text: string;
  /** Words that the model says stand in a cited line. */
  quote: string;
  /** Line numbers that the model cites, 1-based; may be wrong. */
  cited: readonly number[];
  /** Words by which the claim's date may have been named. */
  dateWords: readonly string[];
}

interface Line {
  segment: SpokenSegment;
  words: WordSet;
}

/**
 * Checks claims against what was said. A claim stands if half of its content words occur in
 * the lines it cites; or one of them together with a true quote or with its date; or, if the
 * notes are written in another language than was spoken, a true quote. Where the cited lines do not
 * bear it out, another place has to say all of its words, or the quote.
 */
export class Evidence {
  readonly #lines: readonly Line[];
  readonly #ignored: WordSet;
  readonly #translated: boolean;

  /**
   * @param segments the numbered lines: number 1 is the first
   * @param userName never counts as evidence: everything is about the user
   * @param translated true if the notes are in another language than the speech
   */
  constructor(segments: readonly SpokenSegment[], userName: string | null, translated: boolean) {
    this.#lines = segments.map((segment) => ({
      segment,
      words: new WordSet([...wordsOf(segment.text), ...wordsOf(segment.name ?? '')]),
    }));
    this.#ignored = new WordSet(wordsOf(userName ?? ''));
    this.#translated = translated;
  }

  /**
   * Ids of the segments that bear a claim out: those that it cites, or if those do not, the
   * place that fits best. Null if nothing that was said does.
   */
  anchor(claim: Claim): string[] | null {
    const words = this.#contentWordsOf(claim.text);
    const quote = wordsOf(claim.quote);
    const cited = [...new Set(claim.cited)]
      .sort((a, b) => a - b)
      .flatMap((number) => this.#lines[number - 1] ?? []);
    if (this.#bears(cited, words, quote, claim.dateWords)) return cited.map(idOf);

    const best = this.#bestLine(words, quote);
    if (best < 0) return null;
    const alone = this.#lines.slice(best, best + 1);
    if (this.#isFrom(alone, words, quote, claim)) return alone.map(idOf);
    const around = this.#lines.slice(Math.max(0, best - 1), best + 2);
    return this.#isFrom(around, words, quote, claim) ? around.map(idOf) : null;
  }

  /**
   * The sentences of an overview that were said, each with the lines that hold most of its words,
   * the rarest words first in weight. Half of the words must have been said there, as for a claim.
   */
  ofOverview(overview: string): OverviewEvidence[] {
    return splitSentences(overview)
      .slice(0, MAX_OVERVIEW_SENTENCES)
      .map((text) => text.trim())
      .flatMap((sentence) => {
        const segmentIds = this.#supportOf(sentence);
        return segmentIds.length === 0 ? [] : [{ sentence, segmentIds }];
      });
  }

  /** The lines that together say a sentence, in their order; empty if nothing does. */
  #supportOf(sentence: string): string[] {
    const words = this.#contentWordsOf(sentence).map((word) => {
      const lines = this.#lines.flatMap((line, index) => (line.words.has(word) ? [index] : []));
      // A word of every line says nothing of any one of them.
      return { lines, weight: Math.log((1 + this.#lines.length) / (1 + lines.length)) + 0.01 };
    });
    const said = words.filter(({ lines }) => lines.length > 0);
    if (said.length === 0 || said.length < words.length * ENOUGH_WORDS) return [];
    let missing = said;
    const chosen = new Set<number>();
    while (missing.length > 0 && chosen.size < MAX_OVERVIEW_LINES) {
      const best = heaviest(missing);
      const isFirst = chosen.size === 0;
      const shared = missing.filter(({ lines }) => lines.includes(best)).length;
      if (isFirst && shared < Math.min(LEAST_SHARED, words.length)) return [];
      chosen.add(best);
      missing = missing.filter(({ lines }) => !lines.includes(best));
    }
    if (said.length - missing.length < words.length * ENOUGH_WORDS) return [];
    return [...chosen]
      .sort((a, b) => a - b)
      .flatMap((index) => this.#lines[index]?.segment.id ?? []);
  }

  #contentWordsOf(text: string): string[] {
    return contentWordsOf(text).filter((word) => !this.#ignored.has(word));
  }

  /** A place that the model has not named must say all of the claim's words, or its very quote. */
  #isFrom(
    lines: readonly Line[],
    words: readonly string[],
    quote: readonly string[],
    { dateWords }: Claim,
  ): boolean {
    const isWhole = words.every((word) => lines.some((line) => line.words.has(word)));
    const isQuoted = lines.some((line) => shareOf(quote, line.words) >= ENOUGH_QUOTE);
    return (isWhole || isQuoted) && this.#bears(lines, words, quote, dateWords);
  }

  #bears(
    lines: readonly Line[],
    words: readonly string[],
    quote: readonly string[],
    dateWords: readonly string[],
  ): boolean {
    if (lines.length === 0) return false;
    const said = (word: string) => lines.some((line) => line.words.has(word));
    const shared = words.filter(said).length;
    if (shared > 0 && shared >= words.length * ENOUGH_WORDS) return true;
    const quoted = lines.some((line) => shareOf(quote, line.words) >= ENOUGH_QUOTE);
    if (quoted && this.#translated) return true;
    const dated = dateWords.some((phrase) => wordsOf(phrase).every(said));
    return shared > 0 && (quoted || dated);
  }

  #bestLine(words: readonly string[], quote: readonly string[]): number {
    let best = -1;
    let bestScore = 0;
    for (const [index, line] of this.#lines.entries()) {
      const score = shareOf(words, line.words) + shareOf(quote, line.words);
      if (score > bestScore) {
        best = index;
        bestScore = score;
      }
    }
    return best;
  }
}

/** The line with the greatest weight of the words, the first of equal ones. */
function heaviest(words: readonly { lines: readonly number[]; weight: number }[]): number {
  const gains = new Map<number, number>();
  for (const { lines, weight } of words) {
    for (const line of lines) gains.set(line, (gains.get(line) ?? 0) + weight);
  }
  const [best] = [...gains].sort(([a, gainA], [b, gainB]) => gainB - gainA || a - b);
  return best?.[0] ?? -1;
}

function idOf(line: Line): string {
  return line.segment.id;
}

function shareOf(words: readonly string[], within: WordSet): number {
  if (words.length === 0) return 0;
  return words.filter((word) => within.has(word)).length / words.length;
}
