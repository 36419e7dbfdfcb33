import { scoreOf } from '../../src/understanding/rules/claims/claim-score.ts';
import type { LabelledCandidate } from './label-candidates.ts';

export interface FittedWeights {
  bias: number;
  weights: Record<string, number>;
}

/** Strength of the pull of each weight to 0. */
const RIDGE = 1;
const STEPS = 400;
const RATE = 0.5;

/** Fits a logistic regression with a quadratic penalty by gradient descent with one rate a weight (Adagrad). */
export function fitWeights(candidates: readonly LabelledCandidate[]): FittedWeights {
  const names = [...new Set(candidates.flatMap(({ features }) => features))].sort();
  const at = new Map(names.map((name, index) => [name, index]));
  const rows = candidates.map(({ features, isRight }) => ({
    on: [names.length, ...features.map((name) => at.get(name) ?? 0)],
    target: isRight ? 1 : 0,
  }));
  const weights = new Float64Array(names.length + 1);
  const squares = new Float64Array(names.length + 1).fill(1e-8);
  for (let step = 0; step < STEPS; step += 1) {
    const slope = weights.map((weight, index) => (index === names.length ? 0 : RIDGE * weight));
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

const FOLDS = 10;

/** A candidate with the score of a fit that did not see its dialogue. */
export interface ScoredCandidate extends LabelledCandidate {
  score: number;
}

/** Scores each candidate by a fit to the dialogues of the other folds. */
export function crossValidate(candidates: readonly LabelledCandidate[]): ScoredCandidate[] {
  return Array.from({ length: FOLDS }, (_, fold) => fold).flatMap((fold) => {
    const isOut = ({ dialogue }: LabelledCandidate): boolean => foldOf(dialogue) === fold;
    const fitted = fitWeights(candidates.filter((candidate) => !isOut(candidate)));
    return candidates
      .filter(isOut)
      .map((candidate) => ({ ...candidate, score: scoreOf(candidate.features, fitted) }));
  });
}

function foldOf(dialogue: string): number {
  let hash = 7;
  for (const char of dialogue) hash = (hash * 31 + char.charCodeAt(0)) >>> 0;
  return hash % FOLDS;
}

export interface Cut {
  threshold: number;
  precision: number;
  /** Of the candidates that are right. */
  recall: number;
}

/** What is claimed from each threshold on, in steps of .01. */
export function cutsOf(scored: readonly ScoredCandidate[]): Cut[] {
  const right = scored.filter(({ isRight }) => isRight).length;
  return Array.from({ length: 100 }, (_, step) => step / 100).map((threshold) => {
    const claimed = scored.filter(({ score }) => score >= threshold);
    const found = claimed.filter(({ isRight }) => isRight).length;
    return { threshold, precision: found / Math.max(1, claimed.length), recall: found / right };
  });
}

/** The lowest threshold, of at least an even chance, with the precision that is wanted; the highest if none has it. */
export function chooseCut(cuts: readonly Cut[], precision: number): Cut | undefined {
  return (
    cuts.find((cut) => cut.threshold >= 0.5 && cut.precision >= precision) ??
    cuts.findLast(({ recall }) => recall > 0)
  );
}
