import { Command } from 'commander';
import { parseCount } from '../src/cli/parse-option.ts';
import { setup as buildFirst } from '../test/build-first.ts';
import { runSyncSoak } from '../test/e2e/crash/sync-soak.ts';

const [runs, kills] = new Command('npm run soak:sync --')
  .description(
    'Sends one talk as 50 files in random order, two of them twice, with a live conversation in the middle, while the server is killed. Fails unless each run gives one conversation with every word once.',
  )
  .argument('[runs]', 'how many talks', parseCount(1, 100_000), 20)
  .argument('[kills]', 'how often the server is killed in each', parseCount(0, 1_000), 2)
  .parse().processedArgs as [number, number];
buildFirst();
const results = await runSyncSoak({
  runs,
  kills,
  onRun: (run) => console.log(JSON.stringify(run)),
});
const bad = results.filter(
  ({ conversations, missing, twice }) => conversations !== 1 || missing.length + twice.length > 0,
);
const total = results.reduce((sum, run) => sum + run.kills, 0);
console.log(JSON.stringify({ runs: results.length, kills: total, bad: bad.length }));
if (bad.length > 0) process.exitCode = 1;
