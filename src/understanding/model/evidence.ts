import { wordsOf } from '../../text/tokenizer.ts';
import { contentWordsOf } from '../../text/word-classes.ts';
import { WordSet } from '../../text/word-set.ts';
import type { SpokenSegment } from '../understanding-engine.ts';

/** Share of a claim's content words that must have been said where it points. */
const ENOUGH_WORDS = 0.5;
/** Share of a quote's words that must stand in one place for it to count as copied from there. */
const ENOUGH_QUOTE = 0.75;

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
    const words = contentWordsOf(claim.text).filter((word) => !this.#ignored.has(word));
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

function idOf(line: Line): string {
  return line.segment.id;
}

function shareOf(words: readonly string[], within: WordSet): number {
  if (words.length === 0) return 0;
  return words.filter((word) => within.has(word)).length / words.length;
}
