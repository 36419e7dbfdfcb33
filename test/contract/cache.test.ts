import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { openInProcessCache } from '../../src/cache/adapters/in-process/in-process-cache.ts';
import { openRedisCache } from '../../src/cache/adapters/redis/redis-cache.ts';
import type { Cache } from '../../src/cache/cache.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { RedisServer } from '../fixtures/redis-server.ts';
import { cacheSuite } from './cache-suite.ts';

cacheSuite('in-process', async () => {
  let offset = 0;
  const clock = { now: () => Date.now() + offset };
  return {
    open: async (): Promise<Cache> => openInProcessCache({ clock }),
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
      openRedisCache({
        url: redis.url,
        password: null,
        keyPrefix: 'test:',
        timeoutMs: 2_000,
        logger: silentLogger,
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
