import { Command, Option } from 'commander';
import { scoreOf } from '../../src/understanding/rules/english/claims/claim-score.ts';
import { fitWeights, PULL } from './fit-weights.ts';
import { isTalk, type LabelledCandidate, labelCandidates, readTalks } from './label-candidates.ts';
import { setOf } from './leave-out.ts';
import type { Kind } from './score-claims.ts';

/** Parts that the sets are divided into: each is judged by weights that were fitted to the others. */
const FOLDS = 5;
const options = new Command('npm run eval:ablate --')
  .description(
    'Leaves out each group of features (the part of a name before its colon), fits the weights again, and prints what the judgement of sets left out loses. A group that loses nothing may go.',
  )
  .addOption(
    new Option('--only <kind>', 'kind of claims')
      .choices(['tasks', 'events', 'facts'])
      .makeOptionMandatory(),
  )
  .option('--without <groups...>', 'groups that are left out all the time')
  .option('--try <groups...>', 'left out one at a time in place of each group')
  .option('--recall <share>', 'share of the right candidates at which precision is taken', '0.3')
  .parse()
  .opts<{ only: Kind; without?: string[]; try?: string[]; recall: string }>();

const groupOf = (feature: string): string => feature.replace(/:.*/s, '');

interface Ranked {
  score: number;
  isRight: boolean;
}

/** How well scores tell right from wrong. */
interface Quality {
  /** The mean of the precisions at each right candidate, the likeliest first. */
  average: number;
  /** At the recall that was asked for. */
  precision: number;
  /** Mean loss in nats: the proper score of probabilities. */
  loss: number;
}

const kind = options.only;
const candidates = await labelCandidates(await readTalks(), kind);
const folds = foldsOf(candidates);

/** Puts each set into the smallest part so far, large sets first. */
function foldsOf(all: readonly LabelledCandidate[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { dialogue } of all) {
    const set = setOf(dialogue);
    sizes.set(set, (sizes.get(set) ?? 0) + 1);
  }
  const filled = Array.from({ length: FOLDS }, () => 0);
  const found = new Map<string, number>();
  for (const [set, size] of [...sizes].sort(([, a], [, b]) => b - a)) {
    const fold = filled.indexOf(Math.min(...filled));
    filled[fold] = (filled[fold] ?? 0) + size;
    found.set(set, fold);
  }
  return found;
}

/** Judges each candidate of talk by weights that did not see its set, without some groups of features. */
function qualityWithout(groups: readonly string[]): Quality {
  const gone = new Set(groups);
  const kept = candidates.map(({ features, ...candidate }) => ({
    ...candidate,
    fold: folds.get(setOf(candidate.dialogue)),
    features: features.filter((feature) => !gone.has(groupOf(feature))),
  }));
  const ranked = Array.from({ length: FOLDS }, (_, fold) => {
    const fitted = fitWeights(
      kept.filter((candidate) => candidate.fold !== fold),
      PULL[kind],
    );
    return kept
      .filter((candidate) => candidate.fold === fold && isTalk(candidate.dialogue))
      .map(({ features, isRight }) => ({ score: scoreOf(features, fitted), isRight }));
  });
  return judge(ranked.flat());
}

function judge(unsorted: readonly Ranked[]): Quality {
  const ranked = [...unsorted].sort((a, b) => b.score - a.score);
  let right = 0;
  const precisions = ranked.flatMap(({ isRight }, index) => {
    if (!isRight) return [];
    right += 1;
    return [right / (index + 1)];
  });
  const losses = ranked.map(({ score, isRight }) => -Math.log(isRight ? score : 1 - score));
  return {
    average: meanOf(precisions),
    precision: precisions[Math.ceil(right * Number(options.recall)) - 1] ?? 0,
    loss: meanOf(losses),
  };
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);
}

const always = options.without ?? [];
const whole = qualityWithout(always);
console.log(
  `${kind}: ${candidates.length} candidates; average precision ${whole.average.toFixed(3)}, precision at recall ${options.recall} ${whole.precision.toFixed(3)}, loss ${whole.loss.toFixed(4)}`,
);
const seen = new Map<string, number>();
for (const { features } of candidates) {
  for (const group of new Set(features.map(groupOf))) seen.set(group, (seen.get(group) ?? 0) + 1);
}
const tried = options.try ?? [...seen.keys()].filter((group) => !always.includes(group));
const lost = tried.map((group) => ({ group, without: qualityWithout([...always, group]) }));
console.log(
  '  without this, each loses: average precision, precision, loss; candidates that have it',
);
for (const { group, without } of lost.sort((a, b) => b.without.loss - a.without.loss)) {
  const cells = [
    (whole.average - without.average).toFixed(4),
    (whole.precision - without.precision).toFixed(3),
    (without.loss - whole.loss).toFixed(5),
    String(seen.get(group) ?? 0),
  ];
  console.log(`  ${cells.map((cell) => cell.padStart(9)).join('')}  ${group}`);
}
