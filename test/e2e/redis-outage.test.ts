import { afterAll, describe, expect, it } from 'vitest';
import { RedisServer } from '../fixtures/redis-server.ts';
import { redisOutageRun } from './processes/redis-outage-run.ts';
import { oneFile } from './processes/shared-engines.ts';

const redis = await RedisServer.start();
afterAll(() => redis?.kill());

describe.skipIf(redis === null)('a Redis that goes and comes back', () => {
  it('breaks no request and costs no word', async () => {
    if (!redis) throw new Error('Skipped without Redis.');
    const engines = await oneFile(redis);
    const load = { sessions: 2, speed: 6, outageMs: 3_000 };
    const outcome = await redisOutageRun({ redis, engines, ...load }).finally(engines.close);
    expect(outcome.problems).toEqual([]);
    expect(outcome).toMatchObject({ failedRequests: 0, lostWords: 0 });
    expect(outcome.requestsDuring).toBeGreaterThan(0);
    expect(outcome.cacheStates).toEqual(['up', 'down', 'down', 'up']);
  });
});
