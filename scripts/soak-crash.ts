import { SingleBar } from 'cli-progress';
import { Command, Option } from 'commander';
import { parseCount } from '../src/cli/parse-option.ts';
import { setup as buildFirst } from '../test/build-first.ts';
import { CRASH_TARGETS, type CrashOutcome, type CrashTarget } from '../test/e2e/crash/crash-run.ts';
import { countChanges, countPlaces, crashSeries } from '../test/e2e/crash/crash-series.ts';

const options = new Command('npm run crash --')
  .description(
    'Kills servers with SIGKILL at random instants and says what they lost; Ctrl-C says how to go on. Ends with 1 if something was lost, or if it was interrupted.',
  )
  .option('--runs <number>', 'how many servers to kill', parseCount(1, 1_000_000), 200)
  .option(
    '--seed <number>',
    'seed of the random instants',
    parseCount(0, 999_999),
    Date.now() % 1_000_000,
  )
  .option(
    '--from <number>',
    'number of the first run, to go on with an interrupted series',
    parseCount(0, 1_000_000),
    0,
  )
  .option('--parallel <number>', 'servers at once', parseCount(1, 64), 3)
  .addOption(
    new Option(
      '--target <what>',
      'what every kill aims at (default: every second at a change of providers)',
    ).choices(CRASH_TARGETS),
  )
  .parse()
  .opts<{ runs: number; seed: number; from: number; parallel: number; target?: CrashTarget }>();
const { runs, seed, from, parallel } = options;
buildFirst();
const target = options.target === undefined ? '' : ` --target ${options.target}`;
const again = (first: number, count: number) =>
  `npm run crash --${target} --seed ${seed} --from ${first} --runs ${count}`;

const bar = new SingleBar({
  format: '{bar} {value}/{total} kills, {bad} bad, {duration_formatted}, {eta_formatted} left',
  noTTYOutput: true,
  notTTYSchedule: 10_000,
});
const outcomes: CrashOutcome[] = [];
const done = new Set<number>();
let bad = 0;
const startedAt = performance.now();
process.once('SIGINT', () => {
  bar.stop();
  summarise();
  let first = from;
  while (done.has(first)) first += 1;
  process.stdout.write(`interrupted; go on with: ${again(first, from + runs - first)}\n`);
  process.exit(1);
});
bar.start(runs, 0, { bad: 0 });
await crashSeries({
  runs,
  seed,
  from,
  parallel,
  target: options.target,
  onOutcome: (outcome, index) => {
    outcomes.push(outcome);
    done.add(index);
    if (outcome.problems.length > 0) {
      bad += 1;
      process.stdout.write(
        `\nrun ${index} (${outcome.target}, fell at ${outcome.change ?? outcome.place}): ${outcome.problems.join('; ')}\n  again: ${again(index, 1)}\n`,
      );
    }
    bar.increment(1, { bad });
  },
});
bar.stop();
summarise();
process.exitCode = bad > 0 ? 1 : 0;

function summarise(): void {
  const changes = countChanges(outcomes);
  const aimed = Object.values(changes).reduce((sum, count) => sum + count, 0);
  const inFlight = (changes.changing ?? 0) + (changes.replaying ?? 0);
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`
seed ${seed}; kills fell at: ${JSON.stringify(countPlaces(outcomes))}
${aimed} aimed at a change of providers: ${JSON.stringify(changes)}, ${inFlight} with the change in flight
${(seconds / Math.max(1, outcomes.length)).toFixed(1)} s a kill with ${parallel} at once
${outcomes.length} kills, ${bad} with something lost, stuck or doubled
`);
}
