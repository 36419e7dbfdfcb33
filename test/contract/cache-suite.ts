import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cache } from '../../src/cache/cache.ts';

export interface CacheSubject {
  /** Opens a cache of the engine; those of a shared engine see the same. */
  open(): Promise<Cache>;
  /** Lets time pass for the engine. */
  pass(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

const TTL = 200;
const LONG = 60_000;

/** What every engine of the cache keeps. */
export function cacheSuite(name: string, setUp: () => Promise<CacheSubject>): void {
  describe(`cache: ${name}`, () => {
    let subject: CacheSubject;
    let cache: Cache;
    let next = 0;
    const key = () => `key:${next++}`;

    beforeAll(async () => {
      subject = await setUp();
      cache = await subject.open();
    });
    afterAll(async () => {
      await cache.close();
      await subject.dispose();
    });

    it('keeps values until they are replaced, forgotten, or their time is over', async () => {
      const [kept, brief, gone] = [key(), key(), key()];
      expect(await cache.get(kept)).toBeUndefined();
      await cache.set(kept, 'für immer ✓', null);
      await cache.set(brief, 'x', TTL);
      await cache.set(gone, '', LONG);
      expect(await cache.get(kept)).toBe('für immer ✓');
      expect(await cache.get(gone)).toBe('');
      await cache.set(kept, 'new', null);
      await cache.delete([gone, key()]);
      await cache.delete([]);
      expect(await cache.get(gone)).toBeUndefined();
      await subject.pass(TTL + 50);
      expect(await cache.get(brief)).toBeUndefined();
      expect(await cache.get(kept)).toBe('new');
    });

    it('counts in a window that begins with the first raise and is not made longer', async () => {
      const counter = key();
      const first = await cache.increment(counter, 1, TTL);
      expect(first.count).toBe(1);
      expect(first.resetsInMs).toBeGreaterThan(0);
      expect(first.resetsInMs).toBeLessThanOrEqual(TTL);
      const second = await cache.increment(counter, 4, LONG);
      expect(second.count).toBe(5);
      expect(second.resetsInMs).toBeLessThanOrEqual(TTL);
      await subject.pass(TTL + 50);
      expect((await cache.increment(counter, 1, LONG)).count).toBe(1);
    });

    it('counts each raise once, however many come together', async () => {
      const counter = key();
      const raises = Array.from({ length: 50 }, () => cache.increment(counter, 1, LONG));
      const counts = (await Promise.all(raises)).map(({ count }) => count);
      expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    });

    it('gives a lock to one at a time, each with a higher token', async () => {
      const name = key();
      const first = await cache.acquireLock(name, LONG);
      expect(await cache.acquireLock(name, LONG)).toBeUndefined();
      if (!first) throw new Error('The lock was free.');
      expect(await cache.releaseLock(first)).toBe(true);
      expect(await cache.releaseLock(first)).toBe(false);
      const second = await cache.acquireLock(name, TTL);
      if (!second) throw new Error('The lock was let go.');
      expect(second.token).toBeGreaterThan(first.token);
      expect(await cache.releaseLock(first)).toBe(false);
      await subject.pass(TTL + 50);
      const third = await cache.acquireLock(name, LONG);
      expect(third?.token).toBeGreaterThan(second.token);
      expect(await cache.releaseLock(second)).toBe(false);
    });

    it('gives a lock to one of many who ask together', async () => {
      const name = key();
      const asked = Array.from({ length: 20 }, () => cache.acquireLock(name, LONG));
      const held = (await Promise.all(asked)).filter((lock) => lock !== undefined);
      expect(held).toHaveLength(1);
    });

    it('knows who is where', async () => {
      const place = key();
      expect(await cache.presentAt(place)).toEqual([]);
      await cache.appear(place, 'b', LONG);
      await cache.appear(place, 'a', TTL);
      await cache.appear(place, 'c', TTL);
      expect(await cache.presentAt(place)).toEqual(['a', 'b', 'c']);
      await cache.appear(place, 'c', LONG);
      await cache.leave(place, 'b');
      await cache.leave(place, 'nobody');
      await subject.pass(TTL + 50);
      expect(await cache.presentAt(place)).toEqual(['c']);
    });

    it('tells everybody who listens, in order, and nobody who does not', async () => {
      const [channel, other] = [key(), key()];
      const heard: string[] = [];
      const end = await cache.subscribe(channel, (message) => heard.push(`1 ${message}`));
      const endSecond = await cache.subscribe(channel, (message) => heard.push(`2 ${message}`));
      await cache.publish(channel, 'a');
      await cache.publish(other, 'not for us');
      await cache.publish(channel, 'ü');
      await expect.poll(() => heard.length).toBe(4);
      expect(heard).toEqual(['1 a', '2 a', '1 ü', '2 ü']);
      await endSecond();
      await cache.publish(channel, 'c');
      await expect.poll(() => heard.length).toBe(5);
      await end();
      await cache.publish(channel, 'd');
      const last = await cache.subscribe(channel, (message) => heard.push(`3 ${message}`));
      await cache.publish(channel, 'e');
      await expect.poll(() => heard.length).toBe(6);
      expect(heard.slice(4)).toEqual(['1 c', '3 e']);
      await last();
    });

    it('shares all of it with other processes, where it says so', async () => {
      const other = await subject.open();
      try {
        const [value, place, name] = [key(), key(), key()];
        await cache.set(value, 'seen', null);
        await cache.appear(place, 'here', LONG);
        await cache.acquireLock(name, LONG);
        const heard: string[] = [];
        await other.subscribe(value, (message) => heard.push(message));
        await cache.publish(value, 'hello');
        const { isShared } = cache;
        expect(await other.get(value)).toBe(isShared ? 'seen' : undefined);
        expect(await other.presentAt(place)).toEqual(isShared ? ['here'] : []);
        expect((await other.acquireLock(name, LONG)) === undefined).toBe(isShared);
        if (isShared) await expect.poll(() => heard).toEqual(['hello']);
      } finally {
        await other.close();
      }
    });
  });
}
