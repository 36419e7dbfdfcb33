import { backoffDelay, wait } from '../../../kernel/backoff.ts';
import { describeError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import type { SearchEmbeddings } from '../../search-index.ts';
import type { VectorStore } from '../../vector-store.ts';
import type { WorkerClient } from './worker-client.ts';
import type { DocumentVector, PendingDocument } from './worker-protocol.ts';

/** Documents sent to the model at once. */
const BATCH = 64;
/** Vectors elsewhere that are deleted at once. */
const FORGOTTEN = 500;
const TIMEOUT_MS = 30_000;
const BACKOFF = { initialMs: 1000, maxMs: 5 * 60_000, jitter: 0.3 };

/**
 * Gives vectors to documents that have none, one user after another, in the background: words are
 * searchable meanwhile. A model that fails is asked again with growing pauses.
 */
export class EmbeddingBackfill {
  readonly #client: WorkerClient;
  readonly #embeddings: SearchEmbeddings;
  /** Null: vectors are kept in the files. */
  readonly #vectors: VectorStore | null;
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  readonly #queue = new Set<string>();
  #running: Promise<void> | undefined;

  constructor(options: {
    client: WorkerClient;
    embeddings: SearchEmbeddings;
    vectors: VectorStore | null;
    logger: Logger;
  }) {
    this.#client = options.client;
    this.#embeddings = options.embeddings;
    this.#vectors = options.vectors;
    this.#logger = options.logger;
  }

  /** Looks through a user's documents soon. */
  schedule(uid: string): void {
    if (this.#abort.signal.aborted) return;
    this.#queue.add(uid);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // Something may have been asked for after the last look at the queue.
      for (const waiting of this.#queue) this.schedule(waiting);
    });
  }

  /** Resolves once nothing is left to do, or the backfill was closed. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    let failures = 0;
    while (!signal.aborted) {
      const [uid] = this.#queue;
      if (uid === undefined) return;
      this.#queue.delete(uid);
      try {
        if (await this.#fillBatch(uid)) this.#queue.add(uid);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#queue.add(uid);
        this.#logger.warn({ error: describeError(error), failures }, 'embedding documents failed');
        await wait(backoffDelay(BACKOFF, failures), signal).catch((aborted: unknown) => {
          if (!signal.aborted) throw aborted;
        });
        failures += 1;
      }
    }
  }

  /** One batch; false if none was left. */
  async #fillBatch(uid: string): Promise<boolean> {
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    // First what is to be forgotten: what has come back since is written after it.
    if (this.#vectors && (await this.#forgetBatch(uid, this.#vectors, signal))) return true;
    const documents = await this.#client.call('pending', uid, BATCH);
    if (documents.length === 0) return false;
    if (this.#vectors) await this.#writeElsewhere(uid, documents, this.#vectors, signal);
    else {
      const vectors = await this.#embed(uid, documents, signal);
      await this.#client.call('storeVectors', uid, vectors);
    }
    return true;
  }

  async #forgetBatch(uid: string, vectors: VectorStore, signal: AbortSignal): Promise<boolean> {
    const keys = await this.#client.call('gone', uid, FORGOTTEN);
    if (keys.length === 0) return false;
    await vectors.deleteVectors(uid, keys, signal);
    await this.#client.call('forget', uid, keys);
    return true;
  }

  /** What was discarded is not written: whoever else reads the vectors would take it for kept. */
  async #writeElsewhere(
    uid: string,
    documents: readonly PendingDocument[],
    vectors: VectorStore,
    signal: AbortSignal,
  ): Promise<void> {
    const kept = documents.filter(({ discarded }) => !discarded);
    const embedded = kept.length === 0 ? [] : await this.#embed(uid, kept, signal);
    const byRow = new Map(embedded.map(({ rowid, vector }) => [rowid, vector]));
    const records = kept.flatMap((document) => {
      const vector = byRow.get(document.rowid);
      return vector ? [{ ...document, vector }] : [];
    });
    if (records.length > 0) await vectors.upsertVectors(uid, records, signal);
    const marks = documents.map(({ rowid, hash }) => ({ rowid, hash }));
    await this.#client.call('markEmbedded', uid, marks);
  }

  async #embed(
    uid: string,
    documents: readonly PendingDocument[],
    signal: AbortSignal,
  ): Promise<DocumentVector[]> {
    const texts = documents.map((document) => document.text);
    const vectors = await this.#embeddings.embed(texts, signal, uid);
    if (vectors.length !== documents.length) {
      throw new Error(
        'The embedding model answered another number of vectors than it was asked for.',
      );
    }
    return documents.flatMap(({ rowid, hash }, i) => {
      const vector = vectors[i];
      return vector ? [{ rowid, hash, vector }] : [];
    });
  }
}
