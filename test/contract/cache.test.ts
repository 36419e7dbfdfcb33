import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { openCache } from '../../src/cache/registry.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { RedisServer } from '../fixtures/redis-server.ts';
import { cacheSuite } from './cache-suite.ts';

cacheSuite('in-process', async () => {
  let offset = 0;
  const clock = { now: () => Date.now() + offset };
  return {
    open: () => openCache('in-process', { clock, logger: silentLogger, redis: null }),
    pass: async (ms) => {
      offset += ms;
    },
    dispose: async () => undefined,
  };
});

const redis = await RedisServer.start();
if (redis) {
  cacheSuite('redis', async () => ({
    open: () =>
      openCache('redis', {
        clock: systemClock,
        logger: silentLogger,
        redis: { url: redis.url, password: null, keyPrefix: 'test:', timeoutMs: 2_000 },
      }),
    // It has a clock of its own.
    pass: (ms) => sleep(ms),
    dispose: () => redis.kill(),
  }));
} else {
  describe.skip('cache: redis', () => {
    it('needs redis-server', () => undefined);
  });
}
