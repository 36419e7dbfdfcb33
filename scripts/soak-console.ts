import { Command } from 'commander';
import { parseCount } from '../src/cli/parse-option.ts';
import { setup as buildFirst } from '../test/build-first.ts';
import { runCaptureSoak } from '../test/e2e/console/capture/capture-soak.ts';

const { minutes, cuts, seed } = new Command('npm run soak:console --')
  .description(
    'Records in a real browser, with the network cut at random, one reload and one kill -9 of the server. Fails unless every word is stored once. Needs Chromium.',
  )
  .option('--minutes <number>', 'how long', parseCount(1, 600), 10)
  .option('--cuts <number>', 'how often the network is cut', parseCount(0, 10_000), 20)
  .option(
    '--seed <number>',
    'the same seed gives the same cuts',
    parseCount(0, 999_999),
    Date.now() % 1_000_000,
  )
  .parse()
  .opts<Record<'minutes' | 'cuts' | 'seed', number>>();
buildFirst();
process.stdout.write(`seed ${seed}\n`);
const outcome = await runCaptureSoak({
  durationMs: minutes * 60_000,
  cuts,
  longestCutMs: 15_000,
  seed,
  log: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(outcome)}\n`);
if (outcome.problems.length > 0) process.exitCode = 1;
