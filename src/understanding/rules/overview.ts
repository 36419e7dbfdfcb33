import type { OverviewEvidence } from '../../model/conversations/conversation.ts';
import { capitalize } from '../../text/capitals.ts';
import { isUnspaced } from '../../text/scripts.ts';
import { endsSentence } from '../../text/sentences.ts';
import { contentStems, stemOf } from '../../text/stems.ts';
import { tokenize } from '../../text/tokenizer.ts';
import type { CooperativeLoop } from './cooperative-loop.ts';
import type { KeyPhrase, Sentence } from './talk.ts';
import type { LikelyClaim, TalkRules } from './talk-rules.ts';
import type { OverviewWording } from './wording.ts';

const MAX_SENTENCES = 3;
const MAX_CHARACTERS = 640;
const MAX_SENTENCE_WORDS = 42;
const LEAST_WORDS = 4;
/** Sentences of a long talk's overview, at most. */
const MAX_PARTS = 6;
/** Candidates that are looked at. */
const POOL = 60;
/** From so many parts on a talk lasts for hours, and may have several subjects. */
const HOURS_IN_PARTS = 5;
/** How much more a sentence counts that is all about its part's own subject. */
const OWN_SUBJECT = 6;

export interface Ranked {
  sentence: Sentence;
  text: string;
  stems: Set<string>;
  score: number;
  /** How likely something is to be claimed of it, 0 to 1. */
  likelihood: number;
  /** True if a task or an event was claimed of it. */
  isDecision: boolean;
}

/** From here on what is likely to be a claim is told even if it is no whole sentence: "Tuesday at half past eight." */
const LIKELY = 0.5;
/**
 * How much it counts what a sentence holds and how likely it holds a claim, near to a logistic regression of the sentences
 * that hold the expected claims of `eval/`. A long talk has few claims and is about more than them.
 */
const WEIGHT = 1.5;
const CLAIM = { short: 2.5, long: 0.7 };

/** A claim that was made or may be, with the stems of its words. */
interface StemmedClaim {
  stems: number;
  score: number;
  isDecision: boolean;
}

/** What is likely to be a claim of a talk, found by the segments and the stems of its words. */
export class ClaimIndex {
  readonly #bySegment = new Map<string, Map<string, StemmedClaim[]>>();

  /**
   * @param likely everything that may be a claim
   * @param decided the tasks and events that are claimed
   */
  constructor(
    likely: readonly LikelyClaim[],
    decided: readonly { description: string; segmentIds: readonly string[] }[],
  ) {
    for (const claim of likely) this.#add(claim.text, claim.segmentIds, claim.score, false);
    for (const { description, segmentIds } of decided) this.#add(description, segmentIds, 1, true);
  }

  #add(text: string, ids: readonly string[], score: number, isDecision: boolean): void {
    const stems = new Set(contentStems(text));
    const claim = { stems: stems.size, score, isDecision };
    for (const id of ids) {
      const byStem = this.#bySegment.get(id) ?? new Map<string, StemmedClaim[]>();
      this.#bySegment.set(id, byStem);
      for (const stem of stems) {
        const same = byStem.get(stem);
        if (same) same.push(claim);
        else byStem.set(stem, [claim]);
      }
    }
  }

  /** How likely a sentence holds a claim, 0 to 1, and whether one was made of it: half of the claim's words are its. */
  of({ text, segmentIds }: Sentence): { likelihood: number; isDecision: boolean } {
    const near = segmentIds.flatMap((id) => this.#bySegment.get(id) ?? []);
    // Of most sentences nothing is claimed: they need not be stemmed.
    if (near.length === 0) return { likelihood: 0, isDecision: false };
    const shared = new Map<StemmedClaim, number>();
    for (const stem of new Set(contentStems(text))) {
      const own = new Set(near.flatMap((byStem) => byStem.get(stem) ?? []));
      for (const claim of own) shared.set(claim, (shared.get(claim) ?? 0) + 1);
    }
    const held = [...shared].flatMap(([claim, count]) => (count * 2 >= claim.stems ? [claim] : []));
    return {
      likelihood: held.reduce((most, { score }) => Math.max(most, score), 0),
      isDecision: held.some(({ isDecision }) => isDecision),
    };
  }
}

/** A sentence as it reads best alone: no openers, no loose end, one full stop. */
export function polish(text: string, wording: OverviewWording): string {
  const plain = wording
    .trim(text)
    .replace(/\s+/g, ' ')
    .replace(/[\s,;:—–-]+$/, '')
    .trim();
  if (plain === '') return '';
  return endsSentence(plain, '') ? capitalize(plain) : `${capitalize(plain)}${fullStopOf(plain)}`;
}

/** The mark that ends a sentence in the script in which a text ends; Thai and its neighbours have none. */
function fullStopOf(text: string): string {
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u.test(text)) return '。';
  if (/\p{Script=Devanagari}\p{M}*$/u.test(text)) return '।';
  return isUnspaced(text.slice(-2)) ? '' : '.';
}

/**
 * Sentences by how much of the talk they hold: the weights of their stems over their length
 * (tf-idf centroid), with a bonus for key phrases and for announcing a subject, and a malus for what
 * cannot be read alone; and by how likely something is to be claimed of them. Linear in the talk.
 */
export async function rankSentences(
  sentences: readonly Sentence[],
  weights: Map<string, number>,
  phrases: readonly KeyPhrase[],
  claims: ClaimIndex,
  each: CooperativeLoop,
  { overviews: wording, isCommonWord }: Pick<TalkRules, 'overviews' | 'isCommonWord'>,
): Promise<Ranked[]> {
  const ranked: Ranked[] = [];
  const top = phrases
    .slice(0, 25)
    .map((phrase) => ({ key: phrase.stems.join(' '), gain: phrase.score }));
  const best = Math.max(1, top[0]?.gain ?? 1);
  const claim = partsOf(sentences.length) > 1 ? CLAIM.long : CLAIM.short;
  await each(sentences, (sentence) => {
    if (sentence.words < LEAST_WORDS || wording.isChatter(sentence.text)) return;
    const { likelihood, isDecision } = claims.of(sentence);
    if (sentence.question && likelihood < LIKELY) return;
    const text = told(sentence, polish(shorten(sentence.text, wording), wording));
    const words = tokenize(text);
    if (words.length < LEAST_WORDS || words.length > MAX_SENTENCE_WORDS + 4) return;
    const stems = words.map((word) => stemOf(word.lower));
    const telling = new Set<string>();
    for (const [at, word] of words.entries()) {
      if (!isCommonWord(word.lower)) telling.add(stems[at] ?? '');
    }
    if (telling.size < 2 && likelihood < LIKELY) return;
    let score = 0;
    for (const word of telling) score += weights.get(word) ?? 0;
    score /= Math.sqrt(words.length + 4);
    const joined = ` ${stems.join(' ')} `;
    let bonus = 0;
    for (const { key, gain } of top) if (joined.includes(` ${key} `)) bonus += gain / best;
    score *= 1 + Math.min(1.2, bonus * 0.35);
    score *= 1 - 0.25 * (sentence.index / Math.max(1, sentences.length));
    score = (1 + score) ** WEIGHT * Math.exp(claim * likelihood);
    if (sentence.broken) score *= 0.35;
    if (wording.isUnclear(text)) score *= 0.5;
    if (words.length < 8 || words.length > 30) score *= 0.8;
    for (const [pattern, factor] of wording.factors) if (pattern.test(text)) score *= factor;
    ranked.push({ sentence, text, stems: telling, score, likelihood, isDecision });
  });
  return ranked.sort((a, b) => b.score - a.score || a.sentence.index - b.sentence.index);
}

/** The text of a sentence, a question as one. */
function told({ question }: Sentence, text: string): string {
  return question ? text.replace(/\.$/, '?') : text;
}

/** A long sentence up to the clause where it could have ended. */
function shorten(text: string, { clauseStart }: OverviewWording): string {
  const words = text.split(' ');
  if (words.length <= MAX_SENTENCE_WORDS) return text;
  const clauses = text.split(clauseStart);
  let kept = '';
  for (const clause of clauses) {
    const longer = kept === '' ? clause : `${kept} ${clause}`;
    if (longer.split(' ').length > MAX_SENTENCE_WORDS - 6) break;
    kept = longer;
  }
  return kept.split(' ').length >= 10 ? kept.replace(/[,;:—\s]+$/, '') : text;
}

/**
 * Telling sentences, decisions and plans first, then in their order, each adding something to those before it.
 * A long talk is cut into equal parts and each has its sentence, so that its end is told as well as its beginning.
 * @param sentences how many the talk has
 * @param isWhole true for a text that is a sentence
 */
export function writeOverview(
  ranked: readonly Ranked[],
  sentences: number,
  isWhole: (text: string) => boolean = () => true,
): OverviewEvidence[] {
  const parts = partsOf(sentences);
  const chosen =
    parts > 1 ? fromParts(ranked, sentences, parts, isWhole) : fromWhole(ranked, isWhole);
  return attributed(
    chosen.sort(
      (a, b) => Number(b.isDecision) - Number(a.isDecision) || a.sentence.index - b.sentence.index,
    ),
  );
}

/** The longest sentences of a talk of which none tells enough to be ranked, in their order. */
export function shortOverview(
  sentences: readonly Sentence[],
  isWhole: (text: string) => boolean,
  wording: OverviewWording,
): OverviewEvidence[] {
  const candidates = sentences
    .filter(({ text, words }) => words >= 3 && !wording.isChatter(text) && isWhole(text))
    .map((sentence) => ({
      sentence,
      text: told(sentence, polish(sentence.text, wording)),
      stems: new Set<string>(),
      score: 0,
      likelihood: 0,
      isDecision: false,
    }))
    .filter(({ text }) => text !== '')
    // What is told says more than what is asked.
    .sort(
      (a, b) =>
        Number(a.sentence.question) - Number(b.sentence.question) ||
        b.sentence.words - a.sentence.words,
    );
  // "That works." tells nothing alone.
  const clear = candidates.filter(({ text }) => !wording.isUnclear(text));
  const chosen = (clear.length > 0 ? clear : candidates).slice(0, 2);
  return attributed(chosen.sort((a, b) => a.sentence.index - b.sentence.index));
}

/** The sentences with their sources, each turn with the name of who says it if it is known. */
function attributed(chosen: readonly Ranked[]): OverviewEvidence[] {
  return chosen.map(({ text, sentence: { name, segmentIds } }, at) => {
    const before = chosen[at - 1]?.sentence;
    const isSame = before !== undefined && before.name === name;
    return { sentence: name === null || isSame ? text : `${name}: ${text}`, segmentIds };
  });
}

/** The text of an overview out of its sentences. */
export function overviewOf(evidence: readonly OverviewEvidence[]): string {
  return evidence.map(({ sentence }) => sentence).join(' ');
}

/** True for a whole sentence, and for what is likely a claim without one: "Tuesday the ninth, half past eight." */
function canStand({ text, likelihood }: Ranked, isWhole: (text: string) => boolean): boolean {
  return likelihood >= LIKELY || isWhole(text);
}

/** The best sentences of a short talk, as far as there is room. */
function fromWhole(ranked: readonly Ranked[], isWhole: (text: string) => boolean): Ranked[] {
  const pool = ranked.slice(0, POOL).filter((one) => canStand(one, isWhole));
  const chosen: Ranked[] = [];
  while (chosen.length < MAX_SENTENCES) {
    const best = bestOf(pool, chosen);
    if (!best || (chosen.length >= 2 && lengthOf([...chosen, best]) > MAX_CHARACTERS)) break;
    chosen.push(best);
  }
  return chosen;
}

/** One sentence of each part; if they are too long together, those of the middle go. */
function fromParts(
  ranked: readonly Ranked[],
  sentences: number,
  parts: number,
  isWhole: (text: string) => boolean,
): Ranked[] {
  const pools = Array.from({ length: parts }, (): Ranked[] => []);
  for (const one of ranked) {
    const at = (one.sentence.index / sentences) * parts;
    // The end of a talk of hours is what is left of its last part's second half.
    if (parts >= HOURS_IN_PARTS && at >= parts - 1 && at < parts - 0.5) continue;
    pools[Math.min(parts - 1, Math.floor(at))]?.push(one);
  }
  const telling = parts >= HOURS_IN_PARTS ? byOwnSubject(pools) : pools;
  const chosen: Ranked[] = [];
  for (const pool of telling) {
    const best = bestOf(
      pool.slice(0, POOL / 2).filter((one) => canStand(one, isWhole)),
      chosen,
    );
    if (best) chosen.push(best);
  }
  const room = (MAX_CHARACTERS * parts) / MAX_SENTENCES;
  while (chosen.length > 2 && lengthOf(chosen) > room) {
    const middle = chosen.slice(1, -1).sort((a, b) => a.score - b.score);
    const [weakest] = middle;
    if (!weakest) break;
    chosen.splice(chosen.indexOf(weakest), 1);
  }
  return chosen;
}

/**
 * The sentences of each part, those first that hold what this part is about and others are not: over
 * hours, what comes up everywhere says little of any one of them.
 */
function byOwnSubject(pools: readonly Ranked[][]): Ranked[][] {
  const counts = pools.map((pool) => {
    const count = new Map<string, number>();
    for (const { stems } of pool) {
      for (const word of stems) count.set(word, (count.get(word) ?? 0) + 1);
    }
    return count;
  });
  const spread = (word: string) => counts.filter((count) => count.has(word)).length;
  return pools.map((pool, part) => {
    const count = counts[part] ?? new Map<string, number>();
    const own = new Map<string, number>();
    for (const [word, times] of count) {
      own.set(word, times * Math.log((1 + pools.length) / (1 + spread(word))));
    }
    const most = Math.max(1, ...own.values());
    const gain = ({ stems }: Ranked): number => {
      let sum = 0;
      for (const word of stems) sum += (own.get(word) ?? 0) / most;
      return sum / stems.size;
    };
    const weighed = pool.map((one) => ({
      ...one,
      score: one.score * (1 + OWN_SUBJECT * gain(one)),
    }));
    return weighed.sort((a, b) => b.score - a.score || a.sentence.index - b.sentence.index);
  });
}

function lengthOf(chosen: readonly Ranked[]): number {
  return chosen.reduce((sum, { text }) => sum + text.length, 0);
}

/** Parts of a talk that each deserve a sentence: one for what is short, six at most. */
function partsOf(sentences: number): number {
  if (sentences < 60) return 1;
  return Math.min(MAX_PARTS, 3 + Math.floor(sentences / 1_000));
}

/** The one that adds most to those chosen. */
function bestOf(pool: readonly Ranked[], chosen: readonly Ranked[]): Ranked | null {
  const covered = new Set(chosen.flatMap(({ stems }) => [...stems]));
  let best: Ranked | null = null;
  let bestScore = 0;
  for (const candidate of pool) {
    if (chosen.includes(candidate)) continue;
    const shared = [...candidate.stems].filter((word) => covered.has(word)).length;
    const near = chosen.some(
      (other) => Math.abs(other.sentence.index - candidate.sentence.index) < 2,
    );
    const score = candidate.score * (1 - 0.7 * (shared / candidate.stems.size)) * (near ? 0.7 : 1);
    if (score > bestScore) [best, bestScore] = [candidate, score];
  }
  return best;
}
