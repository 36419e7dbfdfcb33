import { describeError, toAppError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import type {
  SearchEmbeddings,
  SearchHit,
  SearchIndex,
  SearchIndexOptions,
  SearchRequest,
  SearchUpdate,
} from '../../search-index.ts';
import { EmbeddingBackfill } from './embedding-backfill.ts';
import { fuse, wordHits } from './rank-fusion.ts';
import { IndexLostError, WorkerClient } from './worker-client.ts';

/** How long an answer waits for the vector of its query. */
const QUERY_EMBEDDING_TIMEOUT_MS = 1500;
/** Neighbours are always found, however far; more of them would only dilute the words. */
const MAX_MEANING_HITS = 50;

/**
 * The embedded index: one SQLite file per user (FTS5 for words, sqlite-vec for meaning where an
 * embedding model is given), held by one worker thread.
 */
export class SqliteSearchIndex implements SearchIndex {
  readonly #client: WorkerClient;
  readonly #embeddings: SearchEmbeddings | null;
  readonly #backfill: EmbeddingBackfill | null;
  readonly #logger: Logger;
  /** Newest watermark seen of each user: a file that is behind it has been lost meanwhile. */
  readonly #seen = new Map<string, number>();

  constructor(options: SearchIndexOptions) {
    this.#logger = options.logger;
    this.#embeddings = options.embeddings;
    this.#client = new WorkerClient(
      {
        directory: options.directory,
        maxOpen: Math.max(1, options.maxOpen),
        embeddingModel: options.embeddings?.model ?? null,
      },
      options.logger,
    );
    this.#backfill = options.embeddings
      ? new EmbeddingBackfill(this.#client, options.embeddings, options.logger)
      : null;
  }

  async search(uid: string, request: SearchRequest): Promise<SearchHit[]> {
    const [words, meaning] = await Promise.all([
      this.#again(() => this.#client.call('words', uid, request)),
      this.#nearest(uid, request),
    ]);
    if (meaning === null) return wordHits(words);
    return fuse(words, meaning, request.limit);
  }

  async apply(uid: string, updates: readonly SearchUpdate[], watermark: number): Promise<void> {
    const atLeast = this.#seen.get(uid) ?? 0;
    const { applied } = await this.#client
      .call('apply', uid, updates, watermark, atLeast)
      .catch((error: unknown) => {
        if (error instanceof IndexLostError) this.#seen.delete(uid);
        throw error;
      });
    if (!applied) {
      this.#seen.delete(uid);
      throw new IndexLostError();
    }
    this.#seen.set(uid, watermark);
    this.#backfill?.schedule(uid);
  }

  async watermark(uid: string): Promise<number> {
    const watermark = await this.#again(() => this.#client.call('watermark', uid));
    this.#seen.set(uid, watermark);
    // Vectors that an earlier run of the server did not get are asked for again.
    this.#backfill?.schedule(uid);
    return watermark;
  }

  async deleteUser(uid: string): Promise<void> {
    this.#seen.delete(uid);
    await this.#client.call('deleteUser', uid);
  }

  async check(): Promise<void> {
    await this.#client.call('check');
  }

  async close(): Promise<void> {
    await this.#backfill?.close();
    await this.#client.close();
  }

  /** Resolves once every document that was waiting for a vector has one. */
  async embedded(): Promise<void> {
    await this.#backfill?.idle();
  }

  /** Null where the query has no vector, so that words alone answer. */
  async #nearest(uid: string, request: SearchRequest) {
    if (this.#embeddings === null || request.query.trim() === '' || request.limit <= 0) return null;
    const vector = await this.#embedQuery(this.#embeddings, request.query, uid);
    if (vector === null) return null;
    const limit = Math.min(request.limit, MAX_MEANING_HITS);
    return this.#again(() => this.#client.call('nearest', uid, { ...request, limit }, vector));
  }

  async #embedQuery(
    embeddings: SearchEmbeddings,
    query: string,
    uid: string,
  ): Promise<Float32Array | null> {
    try {
      const signal = AbortSignal.timeout(QUERY_EMBEDDING_TIMEOUT_MS);
      const [vector] = await embeddings.embed([query], signal, uid);
      return vector ?? null;
    } catch (error) {
      this.#logger.warn(
        { error: describeError(toAppError(error)) },
        'embedding a query failed, words alone answer',
      );
      return null;
    }
  }

  /** Reading a damaged file empties it; the second try answers from the empty one. */
  async #again<R>(read: () => Promise<R>): Promise<R> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof IndexLostError)) throw error;
      return read();
    }
  }
}

/** Opens the embedded index; fails where its worker or its directory cannot be used. */
export async function openSqliteSearchIndex(
  options: SearchIndexOptions,
): Promise<SqliteSearchIndex> {
  const index = new SqliteSearchIndex(options);
  await index.check();
  return index;
}
