import { scoreOf } from '../../src/understanding/rules/english/claims/claim-score.ts';
import type { AfterNoon } from '../../src/understanding/rules/english/events/half-of-day.ts';
import { fitClaims, fitWeights, PULL } from './fit-weights.ts';
import {
  claimsOf,
  isSingle,
  type LabelledCandidate,
  linesOf,
  type ReadTalk,
} from './label-candidates.ts';
import type { Kind } from './score-claims.ts';

/** A claim with the score of a fit that did not see its set. */
export interface LeftOutClaim {
  set: string;
  dialogue: string;
  /** The claim for readers. */
  line: string;
  score: number;
  /** Null for one that the data allow and do not expect: it counts neither way. */
  isRight: boolean | null;
}

/** Returns the set that a dialogue belongs to: the author's whole, however it was divided. */
export function setOf(dialogue: string): string {
  const [folder = ''] = dialogue.split('/');
  if (/^(?:fresh|everyday|tests)$/.test(folder)) return 'own';
  return isSingle(folder) ? 'exchanges' : folder;
}

/** Returns the sets of dialogues, each its author's whole. */
export function setsOf(talks: readonly { id: string }[]): string[] {
  return [...new Set(talks.map(({ id }) => setOf(id)))];
}

/** What is known of the halves of the day without a set. */
export type HalvesWithout = (set: string) => AfterNoon;

/** Fits the halves of the day without each set, so that its hours are placed as those of new talk are. */
export function halvesLeftOut(
  hours: readonly LabelledCandidate[],
  sets: readonly string[],
): HalvesWithout {
  const fitted = new Map(
    sets.map((set) => {
      const others = hours.filter(({ dialogue }) => setOf(dialogue) !== set);
      return [set, fitWeights(others, PULL.halves)];
    }),
  );
  return (set) => (features) => scoreOf(features, fitted.get(set) ?? { bias: 0, weights: {} });
}

/** Judges the claims of each set by weights that were fitted to the other sets: what was learned has to carry over. */
export async function leaveOneSetOut(
  talks: readonly ReadTalk[],
  kind: Kind,
  candidates: readonly LabelledCandidate[],
  halves: HalvesWithout,
): Promise<LeftOutClaim[]> {
  const found: LeftOutClaim[] = [];
  for (const set of setsOf(talks)) {
    const afterNoon = halves(set);
    const others = candidates.filter(({ dialogue }) => setOf(dialogue) !== set);
    const fitted = fitClaims(others, kind);
    for (const talk of talks.filter(({ id }) => setOf(id) === set)) {
      const lines = linesOf(talk, kind);
      if (lines === null) continue;
      const claims = await claimsOf(talk, kind, (features) => scoreOf(features, fitted), afterNoon);
      const open = [...lines];
      for (const { line, meets, score } of claims.sort((a, b) => b.score - a.score)) {
        const met =
          open.find((each) => !each.startsWith('? ') && meets(each)) ??
          open.find((each) => each.startsWith('? ') && meets(each.slice(2)));
        if (met !== undefined) open.splice(open.indexOf(met), 1);
        const isRight = met === undefined ? false : met.startsWith('? ') ? null : true;
        found.push({ set, dialogue: talk.id, line, score, isRight });
      }
    }
  }
  return found;
}

/** How many claims there are, and how many of them are right. */
export interface Tally {
  claimed: number;
  found: number;
  /** Of those that are right or wrong; 1 if there are none. */
  precision: number;
}

/** Counts the claims with a score of at least `from` and less than `under`. */
export function tally(
  claims: readonly LeftOutClaim[],
  from: number,
  under = Number.POSITIVE_INFINITY,
): Tally {
  const own = claims.filter(
    ({ score, isRight }) => score >= from && score < under && isRight !== null,
  );
  const found = own.filter(({ isRight }) => isRight).length;
  return { claimed: own.length, found, precision: own.length === 0 ? 1 : found / own.length };
}

/** The thresholds that may be chosen between two scores, in steps of .01. */
function stepsOf(claims: readonly LeftOutClaim[], from: number, under: number): number[] {
  return Array.from({ length: 100 }, (_, step) => step / 100).filter(
    (step) => step >= from && step < under && tally(claims, step, under).claimed > 0,
  );
}

/**
 * Returns the lowest threshold, of at least an even chance, from which all sets together have the precision; the one
 * with the best precision if there is none. A set alone has too few claims to judge by.
 */
export function chooseThreshold(claims: readonly LeftOutClaim[], precision: number): number {
  const steps = stepsOf(claims, 0.5, 1);
  const best = steps.reduce(
    (high, step) => (tally(claims, step).precision > tally(claims, high).precision ? step : high),
    steps[0] ?? 1,
  );
  return steps.find((step) => tally(claims, step).precision >= precision) ?? best;
}

/** Returns the lowest score from which what is below a threshold has the precision; the threshold if there is none. */
export function chooseSuggested(
  claims: readonly LeftOutClaim[],
  precision: number,
  threshold: number,
): number {
  const steps = stepsOf(claims, 0, threshold);
  return steps.find((step) => tally(claims, step, threshold).precision >= precision) ?? threshold;
}
