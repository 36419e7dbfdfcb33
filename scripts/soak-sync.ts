/**
 * Sends one talk as 50 files in random order, two of them twice, with a live conversation in the middle,
 * while the server is killed: `npm run soak:sync [RUNS] [KILLS]`. Fails unless each run gives one
 * conversation with every word once.
 */
import { runSyncSoak } from '../test/e2e/crash/sync-soak.ts';

const runs = Number(process.argv[2] ?? 20);
const kills = Number(process.argv[3] ?? 2);
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
