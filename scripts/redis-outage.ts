/**
 * Two servers that share a Redis, under live sessions and requests, while Redis is gone for a while
 * (stopped dead in its tracks, then killed) and comes back. Prints failed requests and lost words.
 * `npx tsx scripts/redis-outage.ts --sessions 10 --seconds 30`; `--engines` as for `scripts/rolling.ts`.
 */
import { parseArgs } from 'node:util';
import { redisOutageRun } from '../test/e2e/processes/redis-outage-run.ts';
import { openEngines } from '../test/e2e/processes/shared-engines.ts';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '10' },
    speed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '30' },
    engines: { type: 'string', default: 'file' },
  },
});
const engines = await openEngines(values.engines);
try {
  const { redis } = engines;
  if (!redis) throw new Error('This needs Redis.');
  const outcome = await redisOutageRun({
    redis,
    engines,
    sessions: Number(values.sessions),
    speed: Number(values.speed),
    outageMs: Number(values.seconds) * 1000,
  });
  console.log(JSON.stringify({ engines: values.engines, ...outcome }, null, 2));
  if (outcome.failedRequests + outcome.problems.length > 0) process.exitCode = 1;
} finally {
  await engines.close();
}
