import { z } from 'zod';
import { parseJson } from '../kernel/json.ts';
import type { Cache } from './cache.ts';
import { orElse } from './or-else.ts';
import { LONGEST_VALUE_MS } from './resilient-cache.ts';

const entrySchema = z.object({ value: z.unknown() });

export interface CachedValuesOptions<T> {
  cache: Cache;
  /** Returns the key of an id; keys have the names that Omi's server uses. */
  key(id: string): string;
  /** A cached value that does not fit the schema counts as absent. */
  schema: z.ZodType<T>;
  /** How long a value is kept, at most ten minutes: so old may be what another process has changed. */
  ttlMs: number;
}

/**
 * Reads values of the store through the cache. If the cache is out of reach they come from the store:
 * no call fails because of the cache.
 */
export class CachedValues<T> {
  readonly #o: CachedValuesOptions<T>;

  constructor(options: CachedValuesOptions<T>) {
    this.#o = { ...options, ttlMs: Math.min(options.ttlMs, LONGEST_VALUE_MS) };
  }

  /** Returns the cached value, or what `load` reads from the store. */
  async read(id: string, load: () => Promise<T>): Promise<T> {
    const { cache, key } = this.#o;
    const known = await orElse(cache.get(key(id)), undefined);
    const parsed = known === undefined ? undefined : this.#parse(known);
    if (parsed !== undefined) return parsed.value;
    const value = await load();
    await this.#put(id, value);
    return value;
  }

  /** Caches a value that the store holds now. */
  async #put(id: string, value: T): Promise<void> {
    const { cache, key, ttlMs } = this.#o;
    await orElse(cache.set(key(id), JSON.stringify({ value }), ttlMs), undefined);
  }

  /** Drops a value. Call it after every change in the store. */
  async forget(id: string): Promise<void> {
    const { cache, key } = this.#o;
    await orElse(cache.delete([key(id)]), undefined);
  }

  #parse(text: string): { value: T } | undefined {
    // Undefined for a value that another program or another release has written: the store knows.
    const parsed = entrySchema.safeParse(parseJson(text));
    if (!parsed.success) return undefined;
    const value = this.#o.schema.safeParse(parsed.data.value);
    return value.success ? { value: value.data } : undefined;
  }
}
