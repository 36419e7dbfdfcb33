import { z } from 'zod';
import type { Cache } from '../cache/cache.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { parseJson } from '../kernel/json.ts';
import { type ActionItem, actionItems } from '../model/tasks/action-item.ts';
import { queryKept } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { writeItemChanges } from './action-item-edit.ts';
import { type ClutterKind, type ClutterLimits, clutterOf } from './clutter.ts';

/** Open tasks that one preview looks at. */
export const SCAN_CAP = 2_000;
/** How long what a preview has found can be deleted, seconds. */
export const CLEANUP_SECONDS = 300;
/** Tasks that are deleted in one commit, with their conversations and changes for the search below 500. */
const PER_COMMIT = 100;

const sessionSchema = z.object({ ids: z.array(z.string()), deleted: z.number().nullable() });
type Session = z.infer<typeof sessionSchema>;

/** Tasks that may go, each under the first kind of clutter that it is. */
export interface CleanupPreview {
  sessionId: string;
  found: { item: ActionItem; kind: ClutterKind }[];
  /** How many tasks each kind has found, one task under several kinds if it is of several. */
  counts: Partial<Record<ClutterKind, number>>;
  openItems: number;
  /** Where the next preview goes on; null if this one has seen all open tasks. */
  nextCursor: string | null;
}

/** Finds open tasks that are clutter, and deletes those that the user has looked through. */
export class TaskCleanup {
  readonly #store: DocumentStore;
  readonly #cache: Cache;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; cache: Cache; clock: Clock }) {
    this.#store = options.store;
    this.#cache = options.cache;
    this.#clock = options.clock;
  }

  /** Looks through the user's open tasks and remembers what it found; deletes nothing. */
  async preview(
    uid: string,
    kinds: readonly ClutterKind[],
    limits: ClutterLimits,
    cursor: string | null,
  ): Promise<CleanupPreview> {
    const { items, nextCursor } = await queryKept(
      this.#store,
      actionItems,
      uid,
      { query: 'recent', filters: { completed: false } },
      { cursor, offset: 0, limit: SCAN_CAP },
      ({ isLocked }) => !isLocked,
    );
    const now = this.#clock.now();
    const found = new Map<string, { item: ActionItem; kind: ClutterKind }>();
    const counts: CleanupPreview['counts'] = {};
    for (const kind of new Set(kinds)) {
      const clutter = clutterOf(kind, items, limits, now);
      counts[kind] = clutter.length;
      for (const item of clutter) if (!found.has(item.id)) found.set(item.id, { item, kind });
    }
    const sessionId = newId();
    await this.#write(uid, sessionId, { ids: [...found.keys()], deleted: null });
    return { sessionId, found: [...found.values()], counts, openItems: items.length, nextCursor };
  }

  /**
   * Deletes what a preview has found, except for what the user keeps or has done meanwhile. Returns how
   * many were deleted; the same call again deletes nothing more and returns the same.
   *
   * @throws `gone` if the preview is older than `CLEANUP_SECONDS`
   */
  async execute(uid: string, sessionId: string, keptIds: readonly string[]): Promise<number> {
    const session = await this.#read(uid, sessionId);
    if (!session) throw new AppError('gone', 'Cleanup session expired. Please run preview again.');
    if (session.deleted !== null) return session.deleted;
    const kept = new Set(keptIds);
    const ids = session.ids.filter((id) => !kept.has(id));
    let deleted = 0;
    for (let at = 0; at < ids.length; at += PER_COMMIT) {
      deleted += await this.#delete(uid, ids.slice(at, at + PER_COMMIT));
    }
    await this.#write(uid, sessionId, { ids: [], deleted });
    return deleted;
  }

  async #delete(uid: string, ids: readonly string[]): Promise<number> {
    return await this.#store.transact(async (tx) => {
      const found = await tx.findMany(actionItems, uid, [...ids]);
      const open = found.filter(({ completed, isLocked }) => !completed && !isLocked);
      const changes = open.map((before) => ({ before, after: null }));
      await writeItemChanges(tx, uid, changes, this.#clock.now());
      return changes.length;
    });
  }

  async #read(uid: string, sessionId: string): Promise<Session | undefined> {
    const text = await this.#cache.get(keyOf(uid, sessionId));
    return text === undefined ? undefined : sessionSchema.safeParse(parseJson(text)).data;
  }

  async #write(uid: string, sessionId: string, session: Session): Promise<void> {
    await this.#cache.set(keyOf(uid, sessionId), JSON.stringify(session), CLEANUP_SECONDS * 1000);
  }
}

/** A session is looked up under its user, as every id. */
function keyOf(uid: string, sessionId: string): string {
  return `cleanup_session:${uid}:${sessionId}`;
}
