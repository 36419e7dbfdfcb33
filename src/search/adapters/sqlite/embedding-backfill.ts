import { backoffDelay, wait } from '../../../kernel/backoff.ts';
import { describeError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import type { SearchEmbeddings } from '../../search-index.ts';
import type { WorkerClient } from './worker-client.ts';

/** Documents sent to the model at once. */
const BATCH = 64;
const TIMEOUT_MS = 30_000;
const BACKOFF = { initialMs: 1000, maxMs: 5 * 60_000, jitter: 0.3 };

/**
 * Gives vectors to documents that have none, one user after another, in the background: words are
 * searchable meanwhile. A model that fails is asked again with growing pauses.
 */
export class EmbeddingBackfill {
  readonly #client: WorkerClient;
  readonly #embeddings: SearchEmbeddings;
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  readonly #queue = new Set<string>();
  #running: Promise<void> | undefined;

  constructor(client: WorkerClient, embeddings: SearchEmbeddings, logger: Logger) {
    this.#client = client;
    this.#embeddings = embeddings;
    this.#logger = logger;
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

  /** One batch; false where none was left. */
  async #fillBatch(uid: string): Promise<boolean> {
    const documents = await this.#client.call('pending', uid, BATCH);
    if (documents.length === 0) return false;
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const vectors = await this.#embeddings.embed(
      documents.map((document) => document.text),
      signal,
      uid,
    );
    if (vectors.length !== documents.length) {
      throw new Error(
        'The embedding model answered another number of vectors than it was asked for.',
      );
    }
    const pairs = documents.flatMap(({ rowid, hash }, i) => {
      const vector = vectors[i];
      return vector ? [{ rowid, hash, vector }] : [];
    });
    await this.#client.call('storeVectors', uid, pairs);
    return true;
  }
}
