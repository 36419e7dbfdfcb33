import type { LabelledCandidate } from './label-candidates.ts';
import type { Kind } from './score-claims.ts';

export interface FittedWeights {
  bias: number;
  weights: Record<string, number>;
}

/** Strength of the pull of each weight to 0. */
const RIDGE = 1;
const RIDGE_OF_WORDS = 3;
/** Features of single words and kinds of words, of which there are many. */
const IS_WORD = /^(?!frame|way|form|verb)[^:]+: /;
/** Candidates that a feature has to be seen in. */
const LEAST = 2;
/** By how much the pull is stronger for many features and few claims. */
export const PULL: Readonly<Record<Kind | 'halves', number>> = {
  tasks: 1.5,
  events: 2,
  facts: 3,
  // An hour alone tells much.
  halves: 0.2,
};
/**
 * By how much some features count for more than their fit says. The thresholds are chosen on long talk, most of which is no fact. Of statements
 * by themselves most are one: with this 19 of 20 traps still give none.
 */
const LIFT: Readonly<Partial<Record<Kind, Readonly<Record<string, number>>>>> = {
  facts: { 'is alone': 0.65 },
  // A note to oneself, and what a message asks for, which nobody answers at once.
  tasks: { 'way: alone, due': 0.8, 'way: alone, promise': 0.5, 'frame: please': 0.25 },
  // An appointment that is told by itself, as one tells a recorder.
  events: { 'way: alone, noun': 0.6, 'way: alone, verb': 0.6 },
};
const STEPS = 400;
const RATE = 0.5;

/** Fits a logistic regression with a quadratic penalty by gradient descent with one rate a weight (Adagrad); `pull` multiplies the penalty. */
export function fitWeights(candidates: readonly LabelledCandidate[], pull = 1): FittedWeights {
  const counts = new Map<string, number>();
  for (const name of candidates.flatMap(({ features }) => [...new Set(features)]))
    counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts.keys()].filter((name) => (counts.get(name) ?? 0) >= LEAST).sort();
  const at = new Map(names.map((name, index) => [name, index]));
  const rows = candidates.map(({ features, isRight }) => ({
    on: [names.length, ...features.flatMap((name) => at.get(name) ?? [])],
    target: isRight ? 1 : 0,
  }));
  const ridges = names.map((name) => pull * (IS_WORD.test(name) ? RIDGE_OF_WORDS : RIDGE));
  const weights = new Float64Array(names.length + 1);
  const squares = new Float64Array(names.length + 1).fill(1e-8);
  for (let step = 0; step < STEPS; step += 1) {
    const slope = weights.map((weight, index) => (ridges[index] ?? 0) * weight);
    for (const { on, target } of rows) {
      const sum = on.reduce((total, index) => total + (weights[index] ?? 0), 0);
      const error = 1 / (1 + Math.exp(-sum)) - target;
      for (const index of on) slope[index] = (slope[index] ?? 0) + error;
    }
    for (const [index, value] of slope.entries()) {
      squares[index] = (squares[index] ?? 0) + value * value;
      weights[index] = (weights[index] ?? 0) - (RATE * value) / Math.sqrt(squares[index] ?? 1);
    }
  }
  const round = (value: number | undefined): number => Math.round((value ?? 0) * 100) / 100;
  return {
    bias: round(weights[names.length]),
    weights: Object.fromEntries(names.map((name, index) => [name, round(weights[index])])),
  };
}

/** Fits the weights of one kind of claims. */
export function fitClaims(candidates: readonly LabelledCandidate[], kind: Kind): FittedWeights {
  const { bias, weights } = fitWeights(candidates, PULL[kind]);
  for (const [name, lift] of Object.entries(LIFT[kind] ?? {}))
    weights[name] = Math.round(((weights[name] ?? 0) + lift) * 100) / 100;
  return { bias, weights };
}
