import { describe, expect, it } from 'vitest';
import { RedisServer } from '../fixtures/redis-server.ts';
import { rollingRun } from './processes/rolling-run.ts';

describe('three servers on one store', () => {
  it('lose nothing that was shown when one is killed and one is sent away', async () => {
    const redis = await RedisServer.start();
    try {
      const cacheEnv = redis?.env ?? {};
      const outcome = await rollingRun({ sessions: 4, speed: 6, cacheEnv });
      expect(outcome.problems).toEqual([]);
      expect(outcome).toMatchObject({ sessions: 4, conversations: 4, completed: 4 });
      expect(outcome.connections).toBeGreaterThan(4);
    } finally {
      await redis?.kill();
    }
  }, 120_000);
});
