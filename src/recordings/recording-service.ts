import type { BlobStore } from '../blob/blob-store.ts';
import { getOpenConversation } from '../conversations/conversation-access.ts';
import { conversationFolder, recordingsFolder } from '../conversations/recording-keys.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import { AppError } from '../kernel/errors.ts';
import { conversations } from '../model/conversations/conversation.ts';
import { type Recording, recordings } from '../model/conversations/recording.ts';
import { recordJob } from '../model/jobs.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import {
  type RecordingContent,
  type RecordingFormat,
  recordingContent,
} from './recording-audio.ts';
import { type RecordOptions, recordSession } from './recording-job.ts';

/** How soon after a crash another run takes a recording over that was being made. */
const LEASE_MS = 15_000;

export interface RecordingServiceOptions extends RecordOptions {
  jobWorker: JobWorker;
}

/** The audio that is kept of conversations: made by a job, read, and erased. */
export class RecordingService {
  readonly #store: DocumentStore;
  readonly #blobs: BlobStore;

  constructor(options: RecordingServiceOptions) {
    this.#store = options.store;
    this.#blobs = options.blobs;
    options.jobWorker.register(recordJob, (run) => recordSession(run, options), {
      leaseMs: LEASE_MS,
    });
  }

  /** The recordings of a conversation by time; `not-found`, `payment-required`. */
  async list(uid: string, conversationId: string): Promise<Recording[]> {
    await getOpenConversation(this.#store, uid, conversationId);
    return this.#of(uid, conversationId);
  }

  /** One recording as a file; `not-found`, `payment-required`. */
  async open(
    uid: string,
    conversationId: string,
    id: string,
    format: RecordingFormat,
  ): Promise<RecordingContent> {
    await getOpenConversation(this.#store, uid, conversationId);
    const recording = await this.#store.find(recordings, uid, id);
    if (recording?.conversationId !== conversationId) {
      throw new AppError('not-found', 'Audio file not found');
    }
    return recordingContent(recording, this.#blobs, format);
  }

  /** Erases what is recorded of a conversation; erasing what is absent is no error. */
  async eraseConversation(uid: string, conversationId: string): Promise<void> {
    for (const recording of await this.#of(uid, conversationId)) await this.#forget(uid, recording);
    await this.#blobs.deletePrefix(conversationFolder(uid, conversationId));
  }

  /** Forgets the recordings of a conversation that is being deleted, and leaves their files. */
  async forgetConversation(uid: string, conversationId: string): Promise<void> {
    for (const { id } of await this.#of(uid, conversationId)) {
      await this.#store.transact((tx) => tx.delete(recordings, uid, id));
    }
  }

  /** Erases everything that is recorded of a user. */
  async eraseUser(uid: string): Promise<void> {
    const all: Recording[] = [];
    for await (const recording of queryAll(this.#store, recordings, uid, {
      query: 'ofConversation',
    })) {
      all.push(recording);
    }
    for (const recording of all) await this.#forget(uid, recording);
    await this.#blobs.deletePrefix(recordingsFolder(uid));
  }

  async #of(uid: string, conversationId: string): Promise<Recording[]> {
    const found: Recording[] = [];
    const request = { query: 'ofConversation', filters: { conversationId } } as const;
    for await (const recording of queryAll(this.#store, recordings, uid, request)) {
      found.push(recording);
    }
    return found;
  }

  /** The file goes before what is known of it: an erasure that is cut off can be asked for again. */
  async #forget(uid: string, { id, conversationId, blobKey }: Recording): Promise<void> {
    await this.#blobs.delete(blobKey);
    await this.#store.transact(async (tx) => {
      const conversation = await tx.find(conversations, uid, conversationId);
      if (conversation) {
        const audioFiles = conversation.audioFiles.filter((file) => file.id !== id);
        tx.patch(conversations, uid, conversationId, { audioFiles });
      }
      tx.delete(recordings, uid, id);
    });
  }
}
