import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { afterNoonByTable } from '../src/understanding/rules/english/events/half-of-day.ts';
import { fitClaims, fitWeights, PULL } from './evaluate/fit-weights.ts';
import {
  isTalk,
  type LabelledCandidate,
  labelCandidates,
  labelHours,
  linesOf,
  type ReadTalk,
  readTalks,
} from './evaluate/label-candidates.ts';
import {
  chooseSuggested,
  chooseThreshold,
  type HalvesWithout,
  halvesLeftOut,
  type LeftOutClaim,
  leaveOneSetOut,
  setOf,
  setsOf,
  tally,
} from './evaluate/leave-out.ts';
import type { Kind } from './evaluate/score-claims.ts';

/**
 * The precision that the threshold of claims is chosen for, on sets that the weights were not fitted to. What is counted
 * as wrong are claims that the data neither expect nor allow, some of which a reader would accept. Facts are believed for
 * years, and nobody should wait somewhere for nothing: of events, two of three that are expected are left out for it.
 */
const PRECISION: Readonly<Record<Kind, number>> = { tasks: 0.885, events: 0.895, facts: 0.92 };
/** The same of what is suggested only, below that threshold. A fact that is suggested is seen among the facts. */
const SUGGESTED_PRECISION: Readonly<Record<Kind, number>> = {
  tasks: 0.58,
  events: 0.6,
  facts: 0.9,
};
const WORST = 40;
const RULES = new URL('../src/understanding/rules/english/', import.meta.url);
const TABLES: Readonly<Record<Kind, string>> = {
  tasks: 'tasks/task-weights.json',
  events: 'events/event-weights.json',
  facts: 'facts/fact-weights.json',
};
const HALVES = 'events/half-weights.json';
const { print: isPrinting, only } = new Command('npm run eval:fit --')
  .description(
    'Fits the weights by which candidates of tasks, events and facts are judged to the sets of eval/ that may be read, prints what is right of each set if the weights are fitted to the others, and writes the tables of weights.',
  )
  .option('--print', 'write nothing; show the weights and the claims that are judged worst', false)
  .addOption(new Option('--only <kind>', 'one kind of claims').choices(Object.keys(TABLES)))
  .parse()
  .opts<{ print: boolean; only?: Kind }>();

const KINDS: readonly Kind[] = ['tasks', 'events', 'facts'];

const talks = await readTalks();

const halves = await fitHalves();

/** Fits which half of the day an hour is in, and writes it; events are fitted to hours that are placed without their own set. */
async function fitHalves(): Promise<HalvesWithout> {
  if (only !== undefined && only !== 'events') return () => afterNoonByTable;
  const hours = await labelHours(talks);
  const leftOut = halvesLeftOut(hours, setsOf(talks));
  const right = hours.filter(
    ({ dialogue, features, isRight }) => leftOut(setOf(dialogue))(features) >= 0.5 === isRight,
  );
  console.log(`halves of the day: ${right.length} of ${hours.length} hours right of sets left out`);
  const fitted = fitWeights(hours, PULL.halves);
  if (isPrinting) printWeights(fitted.weights, hours);
  else writeTable(HALVES, fitted);
  return leftOut;
}

async function fitKind(kind: Kind) {
  const candidates = await labelCandidates(talks, kind, ({ id }) => halves(setOf(id)));
  // Single exchanges and sentences are fitted to as well, but the thresholds are not chosen by them.
  const claims = (await leaveOneSetOut(talks, kind, candidates, halves)).filter(({ dialogue }) =>
    isTalk(dialogue),
  );
  const threshold = chooseThreshold(claims, PRECISION[kind]);
  const suggested = chooseSuggested(claims, SUGGESTED_PRECISION[kind], threshold);
  console.log(
    `${kind}: ${candidates.length} candidates, claimed from ${threshold}, suggested from ${suggested}`,
  );
  printSets(kind, claims, threshold, suggested);
  const fitted = fitClaims(candidates, kind);
  if (isPrinting) {
    printWeights(fitted.weights, candidates);
    printWorst(claims);
  }
  return { bias: fitted.bias, threshold, suggested, weights: fitted.weights };
}

/** One line for each set, judged by weights that were fitted to the others. */
function printSets(
  kind: Kind,
  claims: readonly LeftOutClaim[],
  threshold: number,
  suggested: number,
): void {
  console.log('  left out    precision  recall  claimed  expected  suggested (right)');
  const sets = new Set(talks.filter(({ id }) => isTalk(id)).map(({ id }) => setOf(id)));
  for (const set of [...sets, 'all']) {
    const isOf = (name: string): boolean => set === 'all' || name === set;
    const own = claims.filter((claim) => isOf(claim.set));
    const { claimed, found, precision } = tally(own, threshold);
    const more = tally(own, suggested, threshold);
    const expected = talks
      .filter(({ id }) => isOf(setOf(id)) && isTalk(id))
      .reduce((sum, talk) => sum + expectedOf(talk, kind), 0);
    const cells = [
      set.padEnd(11),
      (claimed === 0 ? '-' : precision.toFixed(2)).padStart(9),
      (expected === 0 ? '-' : (found / expected).toFixed(2)).padStart(7),
      String(claimed).padStart(8),
      String(expected).padStart(9),
      `${more.claimed} (${more.found})`.padStart(18),
    ];
    console.log(`  ${cells.join(' ')}`);
  }
}

function expectedOf(talk: ReadTalk, kind: Kind): number {
  return (linesOf(talk, kind) ?? []).filter((line) => !line.startsWith('? ')).length;
}

function printWeights(
  weights: Readonly<Record<string, number>>,
  candidates: readonly LabelledCandidate[],
): void {
  for (const [name, weight] of Object.entries(weights).sort(([, a], [, b]) => a - b)) {
    const all = candidates.filter(({ features }) => features.includes(name));
    console.log(`  ${weight} ${name} (${all.filter((c) => c.isRight).length} of ${all.length})`);
  }
}

function writeTable(path: string, table: object): void {
  writeFileSync(new URL(path, RULES), `${JSON.stringify(table, null, 2)}\n`);
}

function printWorst(claims: readonly LeftOutClaim[]): void {
  const off = ({ score, isRight }: LeftOutClaim): number => (isRight ? 1 - score : score);
  const judged = claims.filter(({ isRight }) => isRight !== null);
  for (const claim of judged.sort((a, b) => off(b) - off(a)).slice(0, WORST)) {
    const { score, isRight, dialogue, line } = claim;
    console.log(`  ${score.toFixed(2)} ${isRight ? 'right' : 'wrong'} ${dialogue}: ${line}`);
  }
}

for (const kind of only === undefined ? KINDS : [only]) {
  const table = await fitKind(kind);
  if (!isPrinting) writeTable(TABLES[kind], table);
}
