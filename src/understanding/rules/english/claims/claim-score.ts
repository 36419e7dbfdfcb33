import EVENTS from '../events/event-weights.json' with { type: 'json' };
import FACTS from '../facts/fact-weights.json' with { type: 'json' };
import TASKS from '../tasks/task-weights.json' with { type: 'json' };

/** What is judged by a score: see docs/understanding.md. */
export type ScoredKind = 'tasks' | 'events' | 'facts';

/** How one kind of claim is judged. */
export interface ScoreTable {
  bias: number;
  /** Probability from which a candidate is claimed. */
  threshold: number;
  /** Probability from which a candidate is suggested only. */
  suggested: number;
  weights: Readonly<Record<string, number>>;
}

const TABLES: Readonly<Record<ScoredKind, ScoreTable>> = {
  tasks: TASKS,
  events: EVENTS,
  facts: FACTS,
};

/** Returns the probability, 0 to 1, that a candidate with these features is right: a logistic regression. */
export function scoreOf(
  features: Iterable<string>,
  { bias, weights }: Pick<ScoreTable, 'bias' | 'weights'>,
): number {
  let sum = bias;
  for (const feature of features) sum += weights[feature] ?? 0;
  return 1 / (1 + Math.exp(-sum));
}

/** Returns the probability, 0 to 1, that a candidate with these features is right. */
export type Score = (features: readonly string[]) => number;

/** The scores of one kind by its fitted table. */
export function scoreBy(kind: ScoredKind): Score {
  return (features) => scoreOf(features, TABLES[kind]);
}

/** A claim with the probability that it is right. */
export interface Scored<T> {
  claim: T;
  score: number;
}

/** Claims that are stated, and those that are only likely. */
export interface Decided<T> {
  claimed: T[];
  suggested: T[];
}

/** Divides claims by the thresholds of their kind, suggestions by their scores; what is below both is left out. */
export function decide<T>(kind: ScoredKind, scored: readonly Scored<T>[]): Decided<T> {
  const { threshold, suggested } = TABLES[kind];
  const claimed = scored.filter(({ score }) => score >= threshold);
  const likely = scored
    .filter(({ score }) => score >= suggested && score < threshold)
    .sort((a, b) => b.score - a.score);
  return {
    claimed: claimed.map(({ claim }) => claim),
    suggested: likely.map(({ claim }) => claim),
  };
}

/** Returns the lowest score that is suggested. */
export function suggestedFrom(kind: ScoredKind): number {
  return TABLES[kind].suggested;
}
