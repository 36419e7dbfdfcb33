import type { z } from 'zod';
import type { Cache } from './cache.ts';
import { LONGEST_VALUE_MS } from './steady-cache.ts';

export interface CachedValuesOptions<T> {
  cache: Cache;
  /** The key of an id, as Omi's server names it. */
  key(id: string): string;
  /** What a value looks like; what does not fit is as if it were not there. */
  schema: z.ZodType<T>;
  /** How long a value may stand, at most ten minutes: how old another process' answer can be. */
  ttlMs: number;
}

/**
 * Values whose record is in the store, with the cache in front of it. Without the cache they are read
 * from the store; nothing here ever fails for the cache's sake.
 */
export class CachedValues<T> {
  readonly #o: CachedValuesOptions<T>;

  constructor(options: CachedValuesOptions<T>) {
    this.#o = { ...options, ttlMs: Math.min(options.ttlMs, LONGEST_VALUE_MS) };
  }

  /** The cached value, or what `load` reads from the store. */
  async read(id: string, load: () => Promise<T>): Promise<T> {
    const { cache, key } = this.#o;
    const known = await unlessOut(cache.get(key(id)), undefined);
    const parsed = known === undefined ? undefined : this.#parse(known);
    if (parsed !== undefined) return parsed.value;
    const value = await load();
    await this.put(id, value);
    return value;
  }

  /** After the store has taken a new value. */
  async put(id: string, value: T): Promise<void> {
    const { cache, key, ttlMs } = this.#o;
    await unlessOut(cache.set(key(id), JSON.stringify({ value }), ttlMs), undefined);
  }

  /** After the store has changed, where the new value is not at hand. */
  async forget(id: string): Promise<void> {
    const { cache, key } = this.#o;
    await unlessOut(cache.delete([key(id)]), undefined);
  }

  #parse(text: string): { value: T } | undefined {
    try {
      const parsed = this.#o.schema.safeParse((JSON.parse(text) as { value: unknown }).value);
      return parsed.success ? { value: parsed.data } : undefined;
    } catch {
      // Somebody else's key, or a release that wrote it otherwise: the store knows.
      return undefined;
    }
  }
}

/** The answer of the cache, or `otherwise` where it is out of reach: `SteadyCache` has logged that. */
export async function unlessOut<R, O>(call: Promise<R>, otherwise: O): Promise<R | O> {
  try {
    return await call;
  } catch {
    return otherwise;
  }
}
