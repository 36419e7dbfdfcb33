import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { enqueue } from '../jobs/enqueue.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import { AppError } from '../kernel/errors.ts';
import { idFromText, newId } from '../kernel/ids.ts';
import {
  type SyncFile,
  type SyncUpload,
  syncFiles,
  syncUploads,
} from '../model/conversations/sync-file.ts';
import { syncFilesJob } from '../model/jobs.ts';
import { getDocument } from '../store/collection.ts';
import { syncFolder } from './after-sync.ts';
import { baseName, parseDeviceFileName } from './device-file-name.ts';
import { findJoined } from './neighbours.ts';
import { type SyncFilesDeps, syncFilesOf } from './sync-files-job.ts';

/** Files of one request. Their documents are written in one commit, which takes 500. */
export const MAX_SYNC_FILES = 400;
/** Bytes of one file: more than four hours of PCM. */
export const MAX_SYNC_FILE_BYTES = 512 * 1024 * 1024;
const LEASE_MS = 15_000;
const DEFAULT_TIMEOUT_MS = 120_000;
const LOOK_MS = 250;

/** A file as it arrives. */
export interface IncomingFile {
  name: string;
  bytes: AsyncIterable<Uint8Array>;
}

export interface UploadRequest {
  uid: string;
  files: AsyncIterable<IncomingFile>;
  /** The conversation that they belong to, null for the one of their time. */
  conversationId: string | null;
  /** Pause that ends a conversation, milliseconds; null for the usual one. */
  timeoutMs: number | null;
}

/** How far one file of a request is. */
export interface FileProgress {
  name: string;
  state: 'waiting' | 'done' | 'failed';
  /** Why it failed, or what of it could not be read. */
  problem: string | null;
  conversationIds: string[];
}

/** How far a request is. */
export interface UploadProgress {
  id: string;
  files: FileProgress[];
  /** Conversations that were created for these files, and others that have words of them. */
  createdIds: string[];
  updatedIds: string[];
}

/** A file that is stored and not yet known to the database. */
interface StoredFile {
  file: SyncFile;
  blobKey: string;
}

export interface OfflineSyncOptions extends SyncFilesDeps {
  jobWorker: JobWorker;
}

/** Takes files that devices recorded without a connection, and tells how far their transcription is. */
export class OfflineSyncService {
  readonly #o: OfflineSyncOptions;

  constructor(options: OfflineSyncOptions) {
    this.#o = options;
    options.jobWorker.register(syncFilesJob, (run) => syncFilesOf(run, options), {
      leaseMs: LEASE_MS,
    });
  }

  /**
   * Stores the files of a request and asks for their transcription. When it returns, they are on disk; if it
   * throws, none of them is. A file that was sent before is not stored again; one that failed is tried again.
   *
   * @throws `bad-request` if none of the files can be taken, `not-configured` without a speech-to-text service,
   * `payload-too-large`, `disk-full`
   */
  async upload(request: UploadRequest): Promise<SyncUpload> {
    await this.#assertCanTranscribe(request.uid);
    const stored: StoredFile[] = [];
    const refused: SyncUpload['refused'] = [];
    try {
      for await (const incoming of request.files) {
        const name = baseName(incoming.name);
        const parsed = parseDeviceFileName(name, this.#o.clock.now());
        if (parsed.ok) stored.push(await this.#store(request, name, parsed.file, incoming.bytes));
        else {
          refused.push({ name, reason: parsed.reason });
          await skip(incoming.bytes);
        }
      }
      if (stored.length === 0) {
        throw new AppError('bad-request', refused[0]?.reason ?? 'The request holds no files.');
      }
      return await this.#commit(request.uid, stored, refused);
    } catch (error) {
      await this.#discard(request.uid, stored);
      throw error;
    }
  }

  /**
   * Deletes the bytes of files that were not taken. A commit can fail although it was written, as when its answer
   * is lost: bytes that a document names are left, and so are all if that cannot be read. The clean-up finds them.
   */
  async #discard(uid: string, stored: readonly StoredFile[]): Promise<void> {
    const { store, blobs } = this.#o;
    const ids = [...new Set(stored.map(({ file }) => file.id))];
    const named = await store.findMany(syncFiles, uid, ids).catch(() => null);
    if (named === null) return;
    const kept = new Set(named.map(({ blobKey }) => blobKey));
    const unnamed = stored.filter(({ blobKey }) => !kept.has(blobKey));
    await Promise.allSettled(unnamed.map(({ blobKey }) => blobs.delete(blobKey)));
  }

  /** How far a request of the user is; `not-found`. */
  async progress(uid: string, uploadId: string): Promise<UploadProgress> {
    const { store } = this.#o;
    const upload = await getDocument(
      store,
      syncUploads,
      uid,
      uploadId,
      'Sync job not found or expired',
    );
    const found = await store.findMany(syncFiles, uid, upload.fileIds);
    const refused = upload.refused.map(({ name, reason }) => ({
      name,
      state: 'failed' as const,
      problem: reason,
      conversationIds: [],
    }));
    const created = new Set<string>();
    const touched = new Set<string>();
    const files: FileProgress[] = [];
    for (const file of found) {
      const isEarlier = file.settledAt !== null && file.settledAt < upload.createdAt;
      const ids = await this.#current(uid, file.conversationIds);
      for (const id of ids) touched.add(id);
      if (!isEarlier) for (const id of await this.#current(uid, file.createdIds)) created.add(id);
      const { name, problem } = file;
      const state = file.state === 'known' ? 'done' : file.state;
      files.push({ name, state, problem, conversationIds: ids });
    }
    return {
      id: upload.id,
      files: [...files, ...refused],
      createdIds: [...created].sort(),
      updatedIds: [...touched].filter((id) => !created.has(id)).sort(),
    };
  }

  /** Like `progress`, after all files are settled, or `waitMs` have passed. */
  async settled(
    uid: string,
    uploadId: string,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<UploadProgress> {
    const { clock } = this.#o;
    const untilAt = clock.now() + waitMs;
    for (;;) {
      const progress = await this.progress(uid, uploadId);
      const isOver = progress.files.every(({ state }) => state !== 'waiting');
      if (isOver || signal.aborted || clock.now() >= untilAt) return progress;
      await sleep(LOOK_MS);
    }
  }

  /** Deletes the bytes of a user's files. */
  async eraseUser(uid: string): Promise<void> {
    await this.#o.blobs.deletePrefix(syncFolder(uid));
  }

  /** Returns true if a speech-to-text service takes the user's speech at present. */
  async canTranscribe(uid: string): Promise<boolean> {
    const user = await this.#o.users.getUser(uid);
    const format = { encoding: 'opus', sampleRate: 16_000 } as const;
    return Boolean(this.#o.openStt(user, user.language ?? 'multi', format));
  }

  async #assertCanTranscribe(uid: string): Promise<void> {
    if (await this.canTranscribe(uid)) return;
    throw new AppError(
      'not-configured',
      'No speech-to-text service is configured; the files stay on the phone until there is one.',
    );
  }

  async #store(
    { uid, conversationId, timeoutMs }: UploadRequest,
    name: string,
    { startedAt, source }: { startedAt: number; source: SyncFile['source'] },
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<StoredFile> {
    const blobKey = `${syncFolder(uid)}${newId()}.bin`;
    const hash = createHash('sha256');
    let byteLength = 0;
    async function* hashed() {
      for await (const part of bytes) {
        hash.update(part);
        byteLength += part.length;
        yield part;
      }
    }
    await this.#o.blobs.put(blobKey, hashed());
    const file: SyncFile = {
      id: idFromText(`sync-file:${uid}:${startedAt}:${hash.digest('hex')}`),
      name,
      blobKey,
      byteLength,
      startedAt,
      conversationId,
      timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS,
      source,
      state: 'waiting',
      durationMs: null,
      placedMs: 0,
      conversationIds: [],
      createdIds: [],
      problem: null,
      createdAt: this.#o.clock.now(),
      settledAt: null,
    };
    return { file, blobKey };
  }

  async #commit(
    uid: string,
    stored: readonly StoredFile[],
    refused: SyncUpload['refused'],
  ): Promise<SyncUpload> {
    const { store, blobs, clock } = this.#o;
    const byId = new Map(stored.map(({ file }) => [file.id, file]));
    const { upload, unused } = await store.transact(async (tx) => {
      const now = clock.now();
      const known = new Map<string, SyncFile>();
      for (const file of await tx.findMany(syncFiles, uid, [...byId.keys()])) {
        known.set(file.id, file);
      }
      const kept = new Set<string>();
      for (const file of byId.values()) {
        const before = known.get(file.id);
        if (before && before.state !== 'failed') continue;
        if (file.blobKey !== null) kept.add(file.blobKey);
        // What of a failed file was stored already stays where it is.
        const { placedMs, conversationIds, createdIds } = before ?? file;
        tx.put(syncFiles, uid, { ...file, placedMs, conversationIds, createdIds });
      }
      const made = { id: newId(), fileIds: [...byId.keys()], refused, createdAt: now };
      tx.put(syncUploads, uid, made);
      enqueue(tx, syncFilesJob, { uid, subject: 'all' }, now);
      const replaced = [...known.values()].flatMap(({ state, blobKey }) =>
        state === 'failed' && blobKey !== null ? [blobKey] : [],
      );
      const spare = stored.flatMap(({ blobKey }) => (kept.has(blobKey) ? [] : [blobKey]));
      return { upload: made, unused: [...spare, ...replaced] };
    });
    // The files are taken by now: what is left over goes with the next clean-up at the latest.
    await Promise.allSettled(unused.map((key) => blobs.delete(key)));
    return upload;
  }

  /** The conversations that these ids stand for now; those that were deleted are left out. */
  async #current(uid: string, ids: readonly string[]): Promise<string[]> {
    const found = new Set<string>();
    for (const id of ids) {
      const conversation = await findJoined(this.#o.store, uid, id);
      if (conversation) found.add(conversation.id);
    }
    return [...found];
  }
}

async function skip(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes);
}
