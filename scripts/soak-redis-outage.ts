/**
 * Two servers that share a Redis, under live sessions and requests, while Redis is gone for a while
 * (stopped dead in its tracks, then killed) and comes back. Prints failed requests and lost words.
 * `npm run soak:redis-outage -- --sessions 10 --seconds 30`; `--engines` as for `scripts/soak-rolling-restart.ts`.
 */
import { Option, program } from 'commander';
import { redisOutageRun } from '../test/e2e/processes/redis-outage-run.ts';
import { openEngines } from '../test/e2e/processes/shared-engines.ts';

const values = program
  .name('redis-outage')
  .description('Takes Redis away from two servers for a while, under live sessions.')
  .option('--sessions <number>', 'live sessions', '10')
  .option('--speed <factor>', 'times as fast as it was spoken', '1')
  .option('--seconds <number>', 'how long Redis is gone', '30')
  .addOption(
    new Option('--engines <set>', 'what they share')
      .choices(['file', 'no-redis', 'clouds'])
      .default('file'),
  )
  .parse()
  .opts<Record<'sessions' | 'speed' | 'engines' | 'seconds', string>>();
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
