/**
 * Three servers on shared engines under live sessions: one is killed with SIGKILL, one is sent away
 * with SIGTERM. Prints what was shown, stored and finalised. `npx tsx scripts/rolling.ts --sessions 30`;
 * `--no-redis` runs without a shared cache.
 */
import { parseArgs } from 'node:util';
import { rollingRun } from '../test/e2e/processes/rolling-run.ts';
import { RedisServer } from '../test/fixtures/redis-server.ts';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '30' },
    speed: { type: 'string', default: '3' },
    'no-redis': { type: 'boolean', default: false },
  },
});
const redis = values['no-redis'] ? null : await RedisServer.start();
try {
  const outcome = await rollingRun({
    sessions: Number(values.sessions),
    speed: Number(values.speed),
    cacheEnv: redis?.env ?? {},
  });
  console.log(JSON.stringify({ cache: redis ? 'redis' : 'in-process', ...outcome }, null, 2));
  if (outcome.problems.length > 0) process.exitCode = 1;
} finally {
  await redis?.kill();
}
