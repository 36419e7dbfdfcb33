import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BlobStore, readBlob } from '../blob/blob-store.ts';
import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { chunkFileName, listChunks } from './audio-log-files.ts';

/** First part of the keys of shipped chunks. */
const FOLDER = 'audio-log';

export interface LogShippingOptions {
  blobs: BlobStore;
  logger: Logger;
}

/** A session's log: its folder below the audio log's own, which is also its place in the blob store. */
export interface LogPlace {
  /** `<hash of uid>/<session id>`. */
  name: string;
  directory: string;
}

/**
 * Copies closed chunks of the audio log to the blob store, so that another machine can go on with a
 * session whose machine has died. What could not be copied is tried again with the next chunk.
 */
export class LogShipping {
  readonly #blobs: BlobStore;
  readonly #logger: Logger;
  /** By session: what is being copied. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #shipped = new Map<string, Set<number>>();
  readonly #ended = new Set<string>();

  constructor({ blobs, logger }: LogShippingOptions) {
    this.#blobs = blobs;
    this.#logger = logger;
  }

  /** Copies the chunks that begin before `untilTick`, in the background; one copy at a time a session. */
  ship(place: LogPlace, untilTick: number): Promise<void> {
    const before = this.#running.get(place.name) ?? Promise.resolve();
    const running = before.then(() => this.#copy(place, untilTick));
    const settled = running.finally(() => {
      if (this.#running.get(place.name) === settled) this.#running.delete(place.name);
    });
    this.#running.set(place.name, settled);
    return settled;
  }

  /** Forgets a chunk that is not needed any more. */
  async release(place: LogPlace, tick: number): Promise<void> {
    if (!this.#shipped.get(place.name)?.delete(tick)) return;
    await this.#blobs.delete(chunkKey(place, tick));
  }

  /** Brings a log here that is not on this disk; false if none was shipped. */
  async fetch(place: LogPlace): Promise<boolean> {
    const keys: string[] = [];
    for await (const { key } of this.#blobs.list(`${FOLDER}/${place.name}/`)) keys.push(key);
    if (keys.length === 0) return false;
    await mkdir(place.directory, { recursive: true, mode: 0o700 });
    for (const key of keys) {
      const bytes = await readBlob(this.#blobs, key);
      if (!bytes) continue;
      const file = path.join(place.directory, path.basename(key));
      // A name that is no chunk's until it is whole.
      await writeFile(`${file}.part`, bytes, { mode: 0o600 });
      await rename(`${file}.part`, file);
    }
    return true;
  }

  /** Removes what was shipped of a session, after what is being copied. */
  async remove(place: LogPlace): Promise<void> {
    this.#ended.add(place.name);
    await this.#running.get(place.name);
    this.#ended.delete(place.name);
    this.#shipped.delete(place.name);
    await this.#blobs.deletePrefix(`${FOLDER}/${place.name}/`);
  }

  /** Removes what was shipped of all sessions of a user; see `AudioLog.deleteUser`. */
  async removeUser(userFolder: string): Promise<void> {
    await this.#blobs.deletePrefix(`${FOLDER}/${userFolder}/`);
  }

  /** Resolves when nothing is being copied. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** Never rejects. */
  async #copy(place: LogPlace, untilTick: number): Promise<void> {
    const shipped = this.#shipped.get(place.name) ?? new Set();
    this.#shipped.set(place.name, shipped);
    try {
      for (const tick of await listChunks(place.directory)) {
        if (tick >= untilTick || shipped.has(tick) || this.#ended.has(place.name)) continue;
        const bytes = await readFile(path.join(place.directory, chunkFileName(tick)));
        await this.#blobs.put(chunkKey(place, tick), bytes);
        shipped.add(tick);
      }
    } catch (error) {
      this.#logger.warn(
        { error: describeError(error) },
        'shipping the audio log failed, will retry',
      );
    }
  }
}

function chunkKey(place: LogPlace, tick: number): string {
  return `${FOLDER}/${place.name}/${chunkFileName(tick)}`;
}
