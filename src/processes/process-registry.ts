import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { describeError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import { GLOBAL } from '../model/collection.ts';
import { type Instance, instances } from '../model/instance.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Heartbeats within the time after which a process counts as dead. */
const BEATS = 4;

const noteSchema = z.object({ id: z.string(), pid: z.number().int(), host: z.string() });

/** Ids that registries of this very process have: tests run several servers in one process. */
const ownIds = new Set<string>();

export interface ProcessRegistryOptions {
  store: DocumentStore;
  clock: Clock;
  logger: Logger;
  /** Where processes of one machine note their process numbers. */
  directory: string;
  /** A process without a heartbeat for this long counts as dead, milliseconds. */
  timeoutMs: number;
  /** Takes over what a dead process held; may be called again for the same one. */
  onDead(id: string): Promise<void>;
}

/**
 * The processes that work on one store. Each writes a heartbeat every few seconds. If the heartbeat of
 * one stops, the others take over what it held. A process that died on this machine is recognised at
 * once by its process number.
 */
export class ProcessRegistry {
  readonly id = newId();
  readonly #o: ProcessRegistryOptions;
  readonly #seen = new Map<string, Instance>();
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #closed = false;

  constructor(options: ProcessRegistryOptions) {
    this.#o = options;
  }

  /** Registers this process and reads which others there are. Starts nothing that repeats. */
  async join(): Promise<void> {
    const { clock, directory, store } = this.#o;
    ownIds.add(this.id);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const note = { id: this.id, pid: process.pid, host: hostname() };
    await writeFile(this.#noteFile(this.id), JSON.stringify(note), { mode: 0o600 });
    const now = clock.now();
    await store.transact((tx) =>
      tx.put(instances, GLOBAL, { id: this.id, startedAt: now, seenAt: now }),
    );
    await this.#expireDeadOfThisMachine();
    await this.#readAll();
  }

  /** Starts the heartbeat and taking over from processes that are dead. */
  start(): void {
    const beat = () => {
      this.#beating ??= this.#beat().finally(() => {
        this.#beating = undefined;
      });
    };
    this.#timer = setInterval(beat, Math.max(50, Math.floor(this.#o.timeoutMs / BEATS)));
    this.#timer.unref();
  }

  /** Removes the dead processes. Call it when what they held has been taken over. */
  async forgetDead(): Promise<void> {
    for (const other of [...this.#seen.values()]) {
      if (!this.#isFresh(other)) await this.#forget(other.id);
    }
  }

  /** Returns true if a process was alive at the last heartbeat of this one. */
  isAlive(id: string | null): boolean {
    if (id === null) return false;
    if (id === this.id) return true;
    const seen = this.#seen.get(id);
    return seen !== undefined && this.#isFresh(seen);
  }

  /** Returns true if a process is alive now; reads the store. */
  async findAlive(id: string | null): Promise<boolean> {
    if (id === null) return false;
    if (id === this.id) return true;
    const found = await this.#o.store.find(instances, GLOBAL, id);
    return found !== undefined && this.#isFresh(found);
  }

  /** Number of processes that are alive, this one included. */
  get count(): number {
    const others = [...this.#seen.values()].filter((other) => other.id !== this.id);
    return 1 + others.filter((other) => this.#isFresh(other)).length;
  }

  /** Removes this process. Release what it holds before: nobody takes it over. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#beating;
    if (!ownIds.delete(this.id)) return;
    await this.#o.store.transact((tx) => tx.delete(instances, GLOBAL, this.id));
    await rm(this.#noteFile(this.id), { force: true });
  }

  async #beat(): Promise<void> {
    const { store, clock, logger } = this.#o;
    try {
      await store.transact(async (tx) => {
        const seenAt = clock.now();
        const own = await tx.find(instances, GLOBAL, this.id);
        tx.put(instances, GLOBAL, { id: this.id, startedAt: own?.startedAt ?? seenAt, seenAt });
      });
      await this.#expireDeadOfThisMachine();
      await this.#readAll();
      for (const other of this.#seen.values()) {
        if (!this.#closed && !this.#isFresh(other)) await this.#takeOver(other.id);
      }
    } catch (error) {
      logger.warn({ error: describeError(error) }, 'heartbeat failed');
    }
  }

  async #takeOver(id: string): Promise<void> {
    const { logger, onDead } = this.#o;
    logger.warn({ instance: id }, 'taking over the work of a dead process');
    await onDead(id);
    await this.#forget(id);
  }

  async #forget(id: string): Promise<void> {
    const { store } = this.#o;
    await store.transact(async (tx) => {
      const current = await tx.find(instances, GLOBAL, id);
      // If it has come back, it registers itself again; what was taken from it stays taken.
      if (current && !this.#isFresh(current)) tx.delete(instances, GLOBAL, id);
    });
    this.#seen.delete(id);
  }

  async #readAll(): Promise<void> {
    const found = new Map<string, Instance>();
    const all = queryAll(this.#o.store, instances, GLOBAL, { query: 'recent' });
    for await (const instance of all) found.set(instance.id, instance);
    this.#seen.clear();
    for (const [id, instance] of found) this.#seen.set(id, instance);
  }

  #isFresh({ id, seenAt }: Instance): boolean {
    return id === this.id || this.#o.clock.now() - seenAt < this.#o.timeoutMs;
  }

  /**
   * Marks processes of this machine as expired if their process number is free, or is the number of
   * this process: then they have died.
   */
  async #expireDeadOfThisMachine(): Promise<void> {
    const { directory, store } = this.#o;
    for (const name of await readdir(directory)) {
      const file = path.join(directory, name);
      const note = await readNote(file);
      if (!note || note.host !== hostname() || ownIds.has(note.id)) continue;
      if (note.pid !== process.pid && isRunning(note.pid)) continue;
      await store.transact(async (tx) => {
        const found = await tx.find(instances, GLOBAL, note.id);
        // `seenAt: 0` marks the process expired; the next heartbeat of any process takes over.
        if (found) tx.put(instances, GLOBAL, { ...found, seenAt: 0 });
      });
      await rm(file, { force: true });
    }
  }

  #noteFile(id: string): string {
    return path.join(this.#o.directory, `${id}.json`);
  }
}

async function readNote(file: string): Promise<z.infer<typeof noteSchema> | undefined> {
  try {
    return noteSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    // The file is being written or removed. The next heartbeat reads it again.
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process runs, but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
