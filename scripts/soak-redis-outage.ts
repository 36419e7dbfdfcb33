import { Command, Option } from 'commander';
import { parseCount } from '../src/cli/parse-option.ts';
import { setup as buildFirst } from '../test/build-first.ts';
import { redisOutageRun } from '../test/e2e/processes/redis-outage-run.ts';
import { openEngines } from '../test/e2e/processes/shared-engines.ts';

const values = new Command('npm run soak:redis-outage --')
  .description(
    'Takes Redis away from two servers that share it for a while (suspended, then killed), under live sessions and requests. Prints failed requests and lost words. What the servers share beside it is told by `npm run soak:rolling-restart -- --help`.',
  )
  .option('--sessions <number>', 'live sessions', parseCount(1, 10_000), 10)
  .option('--speed <factor>', 'times as fast as it was spoken', parseCount(1, 1_000), 1)
  .option('--seconds <number>', 'how long Redis is gone', parseCount(1, 3_600), 30)
  .addOption(
    new Option('--engines <set>', 'what they share').choices(['file', 'clouds']).default('file'),
  )
  .parse()
  .opts<{ sessions: number; speed: number; seconds: number; engines: string }>();
buildFirst();
const engines = await openEngines(values.engines);
try {
  const { redis } = engines;
  if (!redis) throw new Error('This needs Redis.');
  const outcome = await redisOutageRun({
    redis,
    engines,
    sessions: values.sessions,
    speed: values.speed,
    outageMs: values.seconds * 1000,
  });
  console.log(JSON.stringify({ engines: values.engines, ...outcome }, null, 2));
  if (outcome.failedRequests + outcome.problems.length > 0) process.exitCode = 1;
} finally {
  await engines.close();
}
