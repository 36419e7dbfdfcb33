import WEIGHTS from './claim-weights.json' with { type: 'json' };

/** What is judged by a score: see docs/understanding.md. */
export type ScoredKind = keyof typeof WEIGHTS;

/** How one kind of claim is judged. */
export interface ScoreTable {
  bias: number;
  /** Probability from which a candidate is claimed. */
  threshold: number;
  weights: Readonly<Record<string, number>>;
}

const TABLES: Readonly<Record<ScoredKind, ScoreTable>> = WEIGHTS;

/** Returns the probability, 0 to 1, that a candidate with these features is right: a logistic regression. */
export function scoreOf(
  features: Iterable<string>,
  { bias, weights }: Omit<ScoreTable, 'threshold'>,
): number {
  let sum = bias;
  for (const feature of features) sum += weights[feature] ?? 0;
  return 1 / (1 + Math.exp(-sum));
}

/** The score of a candidate by the table of its kind. */
export function scoreClaim(kind: ScoredKind, features: Iterable<string>): number {
  return scoreOf(features, TABLES[kind]);
}

/** True if a score is high enough to claim it. */
export function isClaimed(kind: ScoredKind, score: number): boolean {
  return score >= TABLES[kind].threshold;
}
