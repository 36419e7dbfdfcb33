import { scoreOf } from '../claims/claim-score.ts';
import type { TalkContext } from '../talk-context.ts';
import { type HeardSentence, hearSentence } from './empty-features.ts';
import TABLE from './empty-weights.json' with { type: 'json' };

/** Empty talks that a word is said in, from which it is one of those that they are full of. */
const OFTEN = 3;
/** Words of a sentence that are counted one by one. */
const MOST = 5;

/** Sentences by which a talk is judged, the least likely ones. */
const LEAST_LIKELY = 3;

/** In how many empty talks a word is said. */
export type HeardWords = (word: string) => number;

/** How sentences are judged. */
export interface EmptyJudge {
  bias: number;
  weights: Readonly<Record<string, number>>;
  heard: HeardWords;
}

const OFTEN_HEARD = new Set(TABLE.often.split(' '));
const SELDOM_HEARD = new Set(TABLE.seldom.split(' '));
const JUDGE: EmptyJudge = {
  ...TABLE,
  heard: (word) => (OFTEN_HEARD.has(word) ? OFTEN : SELDOM_HEARD.has(word) ? 1 : 0),
};

/** All features of a sentence: what it is, and how many of its words no empty talk has. */
export function featuresOf({ words, features }: HeardSentence, heard: HeardWords): string[] {
  const under = (least: number): number =>
    Math.min(MOST, words.filter((word) => heard(word) < least).length);
  return [...features, `new words ${under(1)}`, `seldom words ${under(OFTEN)}`];
}

/** Returns the names of those who take part in a talk, in lower case. */
export function peopleOf({
  names,
  userName,
}: Pick<TalkContext, 'names' | 'userName'>): Set<string> {
  return new Set([...names, userName ?? ''].flatMap((name) => name.toLowerCase().split(/\s+/)));
}

/** The probability that all sentences of a talk say nothing, by the least likely ones: small talk may be long. */
export function chanceOfAll(scores: readonly number[]): number {
  return [...scores]
    .sort((a, b) => a - b)
    .slice(0, LEAST_LIKELY)
    .reduce((product, score) => product * score, 1);
}

/**
 * Returns the probability that every sentence of a talk says nothing; 0 if one of them is doubtful. Stops at the sentence
 * with which it is less than `from`, so that a long talk costs no more than its beginning.
 */
function chanceOfEmpty(context: TalkContext, judge: EmptyJudge, from: number): number {
  const people = peopleOf(context);
  let least: number[] = [];
  for (let at = 0; at < context.sentences.length && chanceOfAll(least) >= from; at += 1) {
    const heard = hearSentence(context, at, people);
    if (!heard || heard.isDoubtful) return 0;
    const score = scoreOf(featuresOf(heard, judge.heard), judge);
    least = [...least, score].sort((a, b) => a - b).slice(0, LEAST_LIKELY);
  }
  return chanceOfAll(least);
}

/** True if a talk is so likely empty that it need not be kept. */
export function isLikelyEmpty(context: TalkContext): boolean {
  return chanceOfEmpty(context, JUDGE, TABLE.threshold) >= TABLE.threshold;
}
