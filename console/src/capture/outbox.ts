import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { FrameFormat } from './frame-source.ts';

/** A recording of this browser of which the server does not have everything yet. */
export interface Recording {
  /** A UUID: names the stream of audio to the server, and the conversation that it begins. */
  id: string;
  /** Whose recording it is: it is sent for no other user of this browser. Undefined in recordings of earlier releases. */
  uid: string | undefined;
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
  photos: { key: [string, string]; value: QueuedPhoto };
}

/** A photo that was not sent yet. */
export interface QueuedPhoto {
  /** Names it to the server. */
  id: string;
  takenAt: number;
  jpeg: Blob;
}

/** Frames that one transaction reads. */
const PAGE = 250;
/** Photos that wait for a connection; of more the oldest is dropped. */
const MAX_PHOTOS = 200;
/** The first form had no photos. */
const VERSION = 2;

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
    const db = await openDB<Schema>('omi-capture', VERSION, {
      upgrade: (database, old) => {
        if (old < 1) {
          database.createObjectStore('recordings', { keyPath: 'id' });
          database.createObjectStore('frames');
        }
        database.createObjectStore('photos');
      },
      // Another tab runs a newer version of this page: it must not wait for this one.
      blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
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

  /** Keeps a photo until it was sent. */
  async addPhoto(id: string, photo: QueuedPhoto): Promise<void> {
    const tx = this.#db.transaction('photos', 'readwrite');
    const waiting = await tx.store.getAllKeys(photosOf(id));
    if (waiting.length >= MAX_PHOTOS) {
      const all = await tx.store.getAll(photosOf(id));
      const oldest = all.sort((a, b) => a.takenAt - b.takenAt)[0];
      if (oldest) void tx.store.delete([id, oldest.id]);
    }
    void tx.store.put(photo, [id, photo.id]);
    await tx.done;
  }

  /** The photos of a recording that were not sent yet, the oldest first. */
  async photos(id: string): Promise<QueuedPhoto[]> {
    const all = await this.#db.getAll('photos', photosOf(id));
    return all.sort((a, b) => a.takenAt - b.takenAt);
  }

  async removePhoto(id: string, photoId: string): Promise<void> {
    await this.#db.delete('photos', [id, photoId]);
  }

  async remove(id: string): Promise<void> {
    const tx = this.#db.transaction(['recordings', 'frames', 'photos'], 'readwrite');
    void tx.objectStore('recordings').delete(id);
    void tx.objectStore('frames').delete(IDBKeyRange.bound([id, 0], [id, Number.MAX_SAFE_INTEGER]));
    void tx.objectStore('photos').delete(photosOf(id));
    await tx.done;
  }
}

/** Keys of a recording's photos: an array is above every text. */
function photosOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []]);
}
