import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDamage, removeIndexFile } from './index-file.ts';
import { UserIndex } from './user-index.ts';
import type { WorkerSettings } from './worker-protocol.ts';

/** A user's file turned out damaged and was deleted; the next call finds an empty one. */
export class DamagedIndexError extends Error {
  constructor(cause: unknown) {
    super('The search index of a user was damaged and has been deleted.', { cause });
    this.name = 'DamagedIndexError';
  }
}

/** The open files, the least recently used of which is closed when there are too many. */
export class OpenIndexes {
  readonly #settings: WorkerSettings;
  readonly #open = new Map<string, UserIndex>();

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
    mkdirSync(settings.directory, { recursive: true, mode: 0o700 });
  }

  /** Runs `use` on a user's index; damage deletes the file and throws `DamagedIndexError`. */
  use<R>(uid: string, use: (index: UserIndex) => R): R {
    const path = this.#pathOf(uid);
    try {
      return use(this.#get(path));
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#close(path);
      removeIndexFile(path);
      throw new DamagedIndexError(error);
    }
  }

  deleteUser(uid: string): void {
    const path = this.#pathOf(uid);
    this.#close(path);
    removeIndexFile(path);
  }

  closeAll(): void {
    for (const path of [...this.#open.keys()]) this.#close(path);
  }

  #get(path: string): UserIndex {
    const index = this.#open.get(path) ?? new UserIndex(path, this.#settings);
    this.#open.delete(path);
    this.#open.set(path, index);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= this.#settings.maxOpen || oldest === path) break;
      this.#close(oldest);
    }
    return index;
  }

  #close(path: string): void {
    const index = this.#open.get(path);
    this.#open.delete(path);
    index?.close();
  }

  /** A user id is anybody's text: only its hash becomes a file name. */
  #pathOf(uid: string): string {
    const name = createHash('sha256').update(uid, 'utf8').digest('hex').slice(0, 40);
    return join(this.#settings.directory, `${name}.sqlite`);
  }
}
