import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { CachedValues } from '../../../src/cache/cached-values.ts';
import { RateLimiter } from '../../../src/cache/rate-limiter.ts';
import { ResilientCache } from '../../../src/cache/resilient-cache.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { breakableCache } from '../../fixtures/breakable-cache.ts';

const clock = { now: () => 1_000_000 };

const breakable = () => breakableCache(clock);

describe('a cache that steps aside', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function setUp() {
    const { cache: inner, state } = breakable();
    const cache = new ResilientCache(inner, { clock, logger: silentLogger });
    return { cache, state };
  }

  it('leaves an engine alone that has failed twice, and goes back to it when it answers', async () => {
    const { cache, state } = setUp();
    await cache.set('k', 'v', null);
    state.out = true;
    for (let i = 0; i < 10; i += 1) {
      await expect(cache.get('k')).rejects.toMatchObject({ code: 'provider-unavailable' });
    }
    expect(state.calls).toBe(3);
    expect(cache.health).toMatchObject({ state: 'down', failures: 10 });
    await vi.advanceTimersByTimeAsync(1_100);
    expect(state.calls).toBe(5);
    state.out = false;
    await vi.advanceTimersByTimeAsync(600);
    expect(cache.health.state).toBe('up');
    expect(await cache.get('k')).toBe('v');
    await cache.close();
  });

  it('never answers a value again that was to be forgotten while it could not be', async () => {
    const { cache, state } = setUp();
    const load = vi.fn(async () => 'new');
    const values = new CachedValues({ cache, key: (id) => id, schema: z.string(), ttlMs: 1_000 });
    await values.read('u', async () => 'old');
    state.out = true;
    await values.forget('u');
    expect(cache.health.state).toBe('down');
    expect(await values.read('u', load)).toBe('new');
    state.out = false;
    await vi.advanceTimersByTimeAsync(600);
    expect(cache.health.state).toBe('up');
    expect(await values.read('u', load)).toBe('new');
    expect(load).toHaveBeenCalledTimes(2);
    expect(await values.read('u', load)).toBe('new');
    expect(load).toHaveBeenCalledTimes(2);
    await cache.close();
  });

  it('lets every request through while it is out, and counts again after that', async () => {
    const { cache, state } = setUp();
    const limiter = (shadow: boolean, boost = 1) =>
      new RateLimiter({ cache, boost, shadow, logger: silentLogger });
    const limit = { max: 2, windowMs: 10_000 };
    const take = (l: RateLimiter, subject: string) => l.take('p', subject, limit);
    const strict = limiter(false);
    expect(await take(strict, 'a')).toBeNull();
    expect(await take(strict, 'a')).toBeNull();
    expect(await take(strict, 'a')).toEqual({ limit: 2, retryAfterS: 10 });
    expect(await take(strict, 'b')).toBeNull();
    expect(await take(limiter(true), 'a')).toBeNull();
    expect(await take(limiter(false, 3), 'a')).toBeNull();
    state.out = true;
    for (let i = 0; i < 5; i += 1) expect(await take(strict, 'a')).toBeNull();
    state.out = false;
    await cache.close();
  });

  it('takes what is not its value for none', async () => {
    const { cache } = setUp();
    const values = new CachedValues({ cache, key: (id) => id, schema: z.number(), ttlMs: 1_000 });
    for (const text of ["{'python': 'repr'}", '{"value": "text"}', '7']) {
      await cache.set('u', text, null);
      expect(await values.read('u', async () => 5)).toBe(5);
    }
    await cache.close();
  });
});
