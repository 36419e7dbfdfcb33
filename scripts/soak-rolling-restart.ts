/**
 * Three servers on shared engines under live sessions: one is killed with SIGKILL, one is sent away
 * with SIGTERM. Prints what was shown, stored and finalised. `npm run soak:rolling-restart -- --sessions 30`;
 * `--engines file` is one SQLite file with Redis, `no-redis` without, `clouds` is Firestore (by
 * `FIRESTORE_EMULATOR_HOST`), Redis and a simulator of Google Cloud Storage.
 */
import { Option, program } from 'commander';
import { rollingRun } from '../test/e2e/processes/rolling-run.ts';
import { openEngines } from '../test/e2e/processes/shared-engines.ts';

const values = program
  .name('rolling')
  .description('Kills one of three servers and sends one away, under live sessions.')
  .option('--sessions <number>', 'live sessions', '30')
  .option('--speed <factor>', 'times as fast as it was spoken', '3')
  .addOption(
    new Option('--engines <set>', 'what they share')
      .choices(['file', 'no-redis', 'clouds'])
      .default('file'),
  )
  .parse()
  .opts<Record<'sessions' | 'speed' | 'engines', string>>();
const engines = await openEngines(values.engines);
try {
  const outcome = await rollingRun({
    sessions: Number(values.sessions),
    speed: Number(values.speed),
    engines,
  });
  console.log(JSON.stringify({ engines: values.engines, ...outcome }, null, 2));
  if (outcome.problems.length > 0) process.exitCode = 1;
} finally {
  await engines.close();
}
