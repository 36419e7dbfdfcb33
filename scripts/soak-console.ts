/**
 * Records ten minutes in a real browser, with the network cut 20 times at random, one reload and one
 * kill -9 of the server: `npm run soak:console -- --minutes 10 --cuts 20 --seed 1`. Fails unless every word
 * is stored once.
 */
import { parseArgs } from 'node:util';
import { runCaptureSoak } from '../test/e2e/console/capture/capture-soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    cuts: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
process.stdout.write(`seed ${seed}\n`);
const outcome = await runCaptureSoak({
  durationMs: Number(values.minutes) * 60_000,
  cuts: Number(values.cuts),
  longestCutMs: 15_000,
  seed,
  log: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(outcome)}\n`);
if (outcome.problems.length > 0) process.exitCode = 1;
