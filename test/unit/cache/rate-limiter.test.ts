import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../../../src/cache/rate-limiter.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { breakableCache } from '../../fixtures/breakable-cache.ts';
import { HeldClock } from '../../harness/held-clock.ts';

describe('RateLimiter', () => {
  it('forgets the counters of one user', async () => {
    const { cache, state } = breakableCache(new HeldClock());
    const limiter = new RateLimiter({ cache, boost: 1, shadow: false, logger: silentLogger });
    const once = { max: 1, windowMs: 60_000 };
    for (const user of ['ada', 'eve']) await limiter.take('p', user, once);
    expect(await limiter.take('p', 'ada', once)).toMatchObject({ limit: 1 });
    await limiter.forget('ada', ['p', 'q']);
    expect(await limiter.take('p', 'ada', once)).toBeNull();
    expect(await limiter.take('p', 'eve', once)).toMatchObject({ limit: 1 });
    state.out = true;
    await expect(limiter.forget('ada', ['p'])).resolves.toBeUndefined();
  });
});
