import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { countPlaces, crashSeries } from '../test/e2e/crash/crash-series.ts';

/** Kills servers with SIGKILL at random instants and says what they lost. Exit code 1: something. */
const options = new Command('crash')
  .option('--runs <number>', 'how many servers to kill', '200')
  .option('--seed <number>', 'seed of the random instants', String(Date.now() % 1_000_000))
  .option('--parallel <number>', 'servers at once', '3')
  .parse()
  .opts<{ runs: string; seed: string; parallel: string }>();

const bar = new SingleBar({ format: '{bar} {value}/{total} kills, {bad} bad', noTTYOutput: true });
bar.start(Number(options.runs), 0, { bad: 0 });
let bad = 0;
const outcomes = await crashSeries({
  runs: Number(options.runs),
  seed: Number(options.seed),
  parallel: Number(options.parallel),
  onOutcome: (outcome, index) => {
    if (outcome.problems.length > 0) {
      bad += 1;
      process.stdout.write(
        `\nrun ${index} (${outcome.target}, fell at ${outcome.place}): ${outcome.problems.join('; ')}\n`,
      );
    }
    bar.increment(1, { bad });
  },
});
bar.stop();
process.stdout.write(
  `\nseed ${options.seed}; kills fell at: ${JSON.stringify(countPlaces(outcomes))}\n`,
);
process.stdout.write(`${outcomes.length} kills, ${bad} with something lost, stuck or doubled\n`);
process.exitCode = bad > 0 ? 1 : 0;
