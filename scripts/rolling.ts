/**
 * Three servers on shared engines under live sessions: one is killed with SIGKILL, one is sent away
 * with SIGTERM. Prints what was shown, stored and finalised. `npx tsx scripts/rolling.ts --sessions 30`;
 * `--engines file` is one SQLite file with Redis, `no-redis` without, `clouds` is Firestore (by
 * `FIRESTORE_EMULATOR_HOST`), Redis and a simulator of Google Cloud Storage.
 */
import { parseArgs } from 'node:util';
import { rollingRun } from '../test/e2e/processes/rolling-run.ts';
import { openEngines } from '../test/e2e/processes/shared-engines.ts';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '30' },
    speed: { type: 'string', default: '3' },
    engines: { type: 'string', default: 'file' },
  },
});
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
