import type { Clock } from '../kernel/clock.ts';
import { sha256Hex } from '../kernel/ids.ts';
import { type ScreenFrame, screenFrames } from '../model/desktop/screen-frame.ts';
import { queryAll, queryKept } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { UserService } from '../users/user-service.ts';

/** Frames are found for this long after they were taken, and deleted when later ones come. */
const KEPT_MS = 30 * 24 * 60 * 60_000;
/** Frames deleted in one commit. */
const DELETED_PER_COMMIT = 200;
/** Most frames that one search or one summary reads. */
const MAX_READ = 20_000;

/** A frame as a client sends it. */
export interface NewScreenFrame extends Omit<ScreenFrame, 'id'> {
  /** The client's number of it. */
  number: number;
  /** The device that counts; null: one of the user's, unnamed. */
  deviceId: string | null;
}

/** What was on the screen of one app in a time. */
export interface AppOnScreen {
  appName: string;
  count: number;
  firstAt: number;
  lastAt: number;
}

export interface ScreenActivityOptions {
  store: DocumentStore;
  clock: Clock;
  users: UserService;
}

/**
 * What desktop apps have read from the screen. It is stored only for users who have switched it on: the screen
 * shows what others wrote, too.
 */
export class ScreenActivity {
  readonly #o: ScreenActivityOptions;

  constructor(options: ScreenActivityOptions) {
    this.#o = options;
  }

  async isOn(uid: string): Promise<boolean> {
    return (await this.#o.users.getUser(uid)).screenActivityEnabled;
  }

  /** Switches the storing on or off. Off deletes what is stored. */
  async setOn(uid: string, isOn: boolean): Promise<void> {
    await this.#o.users.setScreenActivity(uid, isOn);
    if (!isOn) await this.#deleteUntil(uid, Number.MAX_SAFE_INTEGER);
  }

  /** Stores frames, each once however often it is sent. Returns how many; 0 if the user has it off. */
  async add(uid: string, frames: readonly NewScreenFrame[]): Promise<number> {
    if (frames.length === 0 || !(await this.isOn(uid))) return 0;
    const oldest = this.#o.clock.now() - KEPT_MS;
    const kept = frames.filter(({ takenAt }) => takenAt > oldest);
    await this.#o.store.transact((tx) => {
      for (const { number, deviceId, ...frame } of kept) {
        const id = `${sha256Hex(deviceId ?? '').slice(0, 12)}-${number}`;
        tx.put(screenFrames, uid, { id, ...frame });
      }
    });
    await this.#deleteUntil(uid, oldest);
    return kept.length;
  }

  /**
   * Returns frames that hold every word of `query`, in any case, newest first. No words: all frames of the time.
   * Frames of more than 30 days are not found, whether they are deleted yet or not.
   */
  async search(
    uid: string,
    query: string,
    span: { from: number | null; to: number | null },
    page: { offset: number; limit: number },
  ): Promise<ScreenFrame[]> {
    const words = query.toLowerCase().split(/\s+/u).filter(Boolean).slice(0, 20);
    let read = 0;
    const { items } = await queryKept(
      this.#o.store,
      screenFrames,
      uid,
      { query: 'recent', ...this.#boundsOf(span) },
      { ...page, cursor: null },
      (frame) => {
        read += 1;
        if (read > MAX_READ) return false;
        const text = `${frame.appName}\n${frame.windowTitle}\n${frame.text}`.toLowerCase();
        return words.every((word) => text.includes(word));
      },
    );
    return items;
  }

  /** Counts the frames of each app in a time, the most seen first. */
  async appsIn(
    uid: string,
    span: { from: number | null; to: number | null },
  ): Promise<AppOnScreen[]> {
    const apps = new Map<string, AppOnScreen>();
    const request = { query: 'recent', ...this.#boundsOf(span) } as const;
    let read = 0;
    for await (const { appName, takenAt } of queryAll(this.#o.store, screenFrames, uid, request)) {
      read += 1;
      if (read > MAX_READ) break;
      const known = apps.get(appName);
      apps.set(appName, {
        appName,
        count: (known?.count ?? 0) + 1,
        firstAt: Math.min(known?.firstAt ?? takenAt, takenAt),
        lastAt: Math.max(known?.lastAt ?? takenAt, takenAt),
      });
    }
    return [...apps.values()].sort((a, b) => b.count - a.count);
  }

  #boundsOf({ from, to }: { from: number | null; to: number | null }) {
    const oldest = this.#o.clock.now() - KEPT_MS;
    return { from: Math.max(from ?? oldest, oldest), ...(to === null ? {} : { to }) };
  }

  async #deleteUntil(uid: string, to: number): Promise<void> {
    const { store } = this.#o;
    let left = true;
    while (left) {
      left = await store.transact(async (tx) => {
        const request = { query: 'oldest', to, limit: DELETED_PER_COMMIT } as const;
        const { items } = await tx.query(screenFrames, uid, request);
        for (const { id } of items) tx.delete(screenFrames, uid, id);
        return items.length === DELETED_PER_COMMIT;
      });
    }
  }
}
