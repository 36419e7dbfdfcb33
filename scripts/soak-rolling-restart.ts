import { Command, Option } from 'commander';
import { parseCount } from '../src/cli/parse-option.ts';
import { setup as buildFirst } from '../test/build-first.ts';
import { rollingRun } from '../test/e2e/processes/rolling-run.ts';
import { openEngines } from '../test/e2e/processes/shared-engines.ts';

const values = new Command('npm run soak:rolling-restart --')
  .description(
    'Kills one of three servers with SIGKILL and stops one with SIGTERM, under live sessions. Prints what was shown, stored and finalised.',
  )
  .option('--sessions <number>', 'live sessions', parseCount(1, 10_000), 30)
  .option('--speed <factor>', 'times as fast as it was spoken', parseCount(1, 1_000), 3)
  .addOption(
    new Option(
      '--engines <set>',
      'what they share: one SQLite file with Redis, the same without Redis, or Firestore (FIRESTORE_EMULATOR_HOST), Redis and a simulator of Google Cloud Storage',
    )
      .choices(['file', 'no-redis', 'clouds'])
      .default('file'),
  )
  .parse()
  .opts<{ sessions: number; speed: number; engines: string }>();
buildFirst();
const engines = await openEngines(values.engines);
try {
  const outcome = await rollingRun({
    sessions: values.sessions,
    speed: values.speed,
    engines,
  });
  console.log(JSON.stringify({ engines: values.engines, ...outcome }, null, 2));
  if (outcome.problems.length > 0) process.exitCode = 1;
} finally {
  await engines.close();
}
