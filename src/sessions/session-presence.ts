import type { Cache } from '../cache/cache.ts';
import { orElse } from '../cache/or-else.ts';
import { newId } from '../kernel/ids.ts';

const TTL_MS = 60_000;
const RENEW_MS = 20_000;

/**
 * How many sessions a user has in all processes. What the cache does not tell (it is not shared, or out
 * of reach) is not counted: then each process keeps its own limit.
 */
export class SessionPresence {
  readonly #cache: Cache;
  readonly #here = new Map<object, { place: string; member: string }>();
  readonly #timer: NodeJS.Timeout;

  constructor(cache: Cache) {
    this.#cache = cache;
    this.#timer = setInterval(() => void this.#renew(), RENEW_MS);
    this.#timer.unref();
  }

  /** Sessions of the user in other processes. */
  async countElsewhere(uid: string): Promise<number> {
    if (!this.#cache.isShared) return 0;
    const place = placeOf(uid);
    const all = await orElse(this.#cache.presentAt(place), []);
    const own = new Set([...this.#here.values()].map(({ member }) => member));
    return all.filter((member) => !own.has(member)).length;
  }

  async enter(uid: string, session: object): Promise<void> {
    if (!this.#cache.isShared) return;
    const entry = { place: placeOf(uid), member: newId() };
    this.#here.set(session, entry);
    await orElse(this.#cache.appear(entry.place, entry.member, TTL_MS), undefined);
  }

  async leave(session: object): Promise<void> {
    const entry = this.#here.get(session);
    if (!entry) return;
    this.#here.delete(session);
    await orElse(this.#cache.leave(entry.place, entry.member), undefined);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #renew(): Promise<void> {
    for (const { place, member } of [...this.#here.values()]) {
      await orElse(this.#cache.appear(place, member, TTL_MS), undefined);
    }
  }
}

function placeOf(uid: string): string {
  return `listen:${uid}`;
}
