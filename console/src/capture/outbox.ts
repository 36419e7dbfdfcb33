import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { FrameFormat } from './frame-source.ts';

/** A recording of this browser of which the server does not have everything yet. */
export interface Recording {
  /** A UUID: names the stream of audio to the server, and the conversation that it begins. */
  id: string;
  format: FrameFormat;
  startedAt: number;
  /** How many frames there are. */
  frames: number;
  /** True once its user has ended it: what is left is sent, and the conversation ended. */
  isEnded: boolean;
}

interface Schema extends DBSchema {
  recordings: { key: string; value: Recording };
  frames: { key: [string, number]; value: Uint8Array };
}

/** Frames that one transaction reads. */
const PAGE = 250;

/**
 * Audio that the server has not said it has, in the browser's own database: it survives a reload, a
 * crash of the browser and a server that is down.
 */
export class Outbox {
  readonly #db: IDBPDatabase<Schema>;

  private constructor(db: IDBPDatabase<Schema>) {
    this.#db = db;
  }

  static async open(): Promise<Outbox> {
    const db = await openDB<Schema>('omi-capture', 1, {
      upgrade: (database) => {
        database.createObjectStore('recordings', { keyPath: 'id' });
        database.createObjectStore('frames');
      },
    });
    // Without it the browser may delete the database when space gets short. Some browsers ask the user,
    // which must not hold up the recording; one that refuses is no reason not to record.
    void navigator.storage?.persist?.().catch(() => undefined);
    return new Outbox(db);
  }

  list(): Promise<Recording[]> {
    return this.#db.getAll('recordings');
  }

  async put(recording: Recording): Promise<void> {
    await this.#db.put('recordings', recording);
  }

  /** Adds frames behind those that there are; resolves when they are stored. */
  async append(recording: Recording, frames: readonly Uint8Array[]): Promise<Recording> {
    const changed = { ...recording, frames: recording.frames + frames.length };
    const tx = this.#db.transaction(['recordings', 'frames'], 'readwrite');
    for (const [index, frame] of frames.entries()) {
      void tx.objectStore('frames').put(frame, [recording.id, recording.frames + index]);
    }
    void tx.objectStore('recordings').put(changed);
    await tx.done;
    return changed;
  }

  /** Frames from number `from` on, at most a few seconds of them. */
  read(id: string, from: number): Promise<Uint8Array[]> {
    return this.#db.getAll(
      'frames',
      IDBKeyRange.bound([id, from], [id, Number.MAX_SAFE_INTEGER]),
      PAGE,
    );
  }

  /** Removes the frames before number `until`: the server has them. */
  async release(id: string, until: number): Promise<void> {
    if (until > 0) await this.#db.delete('frames', IDBKeyRange.bound([id, 0], [id, until - 1]));
  }

  async remove(id: string): Promise<void> {
    const tx = this.#db.transaction(['recordings', 'frames'], 'readwrite');
    void tx.objectStore('recordings').delete(id);
    void tx.objectStore('frames').delete(IDBKeyRange.bound([id, 0], [id, Number.MAX_SAFE_INTEGER]));
    await tx.done;
  }
}
