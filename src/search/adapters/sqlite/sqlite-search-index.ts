import { access, constants, mkdir } from 'node:fs/promises';
import { AppError, describeError, toAppError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import { tellingPart } from '../../../text/questions.ts';
import type { SearchIndexOptions } from '../../search-engine.ts';
import type {
  Quote,
  QuoteRequest,
  SearchEmbeddings,
  SearchHit,
  SearchIndex,
  SearchRequest,
  SearchUpdate,
} from '../../search-index.ts';
import type { VectorStore } from '../../vector-store.ts';
import { EmbeddingBackfill } from './embedding-backfill.ts';
import { fuse } from './rank-fusion.ts';
import { IndexLostError, WorkerClient } from './worker-client.ts';

/** How long an answer waits for the vector of its query, and for what is near it elsewhere. */
const MEANING_TIMEOUT_MS = 1500;
/** After a failure of the service elsewhere words alone answer for so long, without the wait. */
const PAUSE_MS = 10_000;
const CHECK_TIMEOUT_MS = 8000;
const DELETE_USER_TIMEOUT_MS = 60_000;
/** As many times the wanted number are asked for, so that the windows around each are known. */
const NEIGHBOURS_KNOWN = 4;
/** How many are asked for if only those of some conversations count, which the service does not know. */
const NARROWED = 1000;
/** Neighbours are always found, however far; more of them would only dilute the words. */
const MAX_MEANING_HITS = 50;

/**
 * The embedded index: one SQLite file per user (FTS5 for words, sqlite-vec for meaning if an
 * embedding model is given), held by one worker thread.
 * If vectors are kept elsewhere (`SearchIndexOptions.vectors`), the file keeps the words and remembers
 * which documents are still to be written there, and which to be deleted.
 */
export class SqliteSearchIndex implements SearchIndex {
  readonly #client: WorkerClient;
  readonly #embeddings: SearchEmbeddings | null;
  readonly #vectors: VectorStore | null;
  readonly #backfill: EmbeddingBackfill | null;
  readonly #logger: Logger;
  /** Epoch milliseconds until which the service elsewhere is not asked. */
  #pausedUntil = 0;
  /** Newest watermark seen of each user: a file that is behind it has been lost meanwhile. */
  readonly #seen = new Map<string, number>();

  constructor(options: SearchIndexOptions) {
    this.#logger = options.logger;
    this.#embeddings = options.embeddings;
    this.#vectors = options.vectors;
    this.#client = new WorkerClient(
      {
        directory: options.directory,
        maxOpen: Math.max(1, options.maxOpen),
        embeddingModel: options.embeddings?.model ?? null,
        vectorHome: options.vectors?.name ?? null,
      },
      options.logger,
    );
    this.#backfill = options.embeddings
      ? new EmbeddingBackfill({
          client: this.#client,
          embeddings: options.embeddings,
          vectors: options.vectors,
          logger: options.logger,
        })
      : null;
  }

  async search(uid: string, request: SearchRequest): Promise<SearchHit[]> {
    const [words, meaning] = await Promise.all([
      this.#again(() => this.#client.call('words', uid, request)),
      this.#nearest(uid, request),
    ]);
    return fuse(words, meaning, request.limit);
  }

  async quotes(
    uid: string,
    query: string,
    hits: readonly QuoteRequest[],
  ): Promise<(Quote | null)[]> {
    if (hits.length === 0) return [];
    return this.#again(() => this.#client.call('quotes', uid, query, hits));
  }

  async conversationsOf(uid: string, speaker: string, limit: number): Promise<string[]> {
    return this.#again(() => this.#client.call('conversationsOf', uid, speaker, limit));
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
    // First elsewhere: if that fails the file still knows what there is.
    await this.#vectors?.deleteUser(uid, AbortSignal.timeout(DELETE_USER_TIMEOUT_MS));
    this.#seen.delete(uid);
    await this.#client.call('deleteUser', uid);
  }

  async check(): Promise<void> {
    await this.#client.call('check');
    await this.#vectors?.check(AbortSignal.timeout(CHECK_TIMEOUT_MS));
  }

  async close(): Promise<void> {
    await this.#backfill?.close();
    await this.#client.close();
  }

  /** Resolves once every document that was waiting for a vector has one. */
  async embedded(): Promise<void> {
    await this.#backfill?.idle();
  }

  /** Null if the query has no vector, so that words alone answer. */
  async #nearest(uid: string, request: SearchRequest) {
    if (this.#embeddings === null || request.query.trim() === '' || request.limit <= 0) return null;
    if (Date.now() < this.#pausedUntil) return null;
    const signal = AbortSignal.timeout(MEANING_TIMEOUT_MS);
    const vector = await this.#embedQuery(this.#embeddings, request.query, uid, signal);
    if (vector === null) return null;
    const bounded = { ...request, limit: Math.min(request.limit, MAX_MEANING_HITS) };
    if (this.#vectors) return this.#nearestElsewhere(uid, bounded, vector, this.#vectors, signal);
    return this.#again(() => this.#client.call('nearest', uid, bounded, vector));
  }

  /** Null if the service does not answer in time: words alone answer then. */
  async #nearestElsewhere(
    uid: string,
    request: SearchRequest,
    vector: Float32Array,
    vectors: VectorStore,
    signal: AbortSignal,
  ) {
    const { from, to, kinds } = request;
    const named = request.people.flatMap(({ name }) => name ?? []);
    try {
      const matches = await Promise.all(
        kinds.map((kind) => {
          // Omi asks for people, topics and entities of conversations alone.
          const people = kind === 'conversation' ? named : [];
          const limit = request.within ? NARROWED : request.limit * NEIGHBOURS_KNOWN;
          const query = { kind, vector, from, to, people, topics: [], entities: [], limit };
          return vectors.queryVectors(uid, query, signal);
        }),
      );
      return await this.#again(() => this.#client.call('matched', uid, request, matches.flat()));
    } catch (error) {
      this.#pausedUntil = Date.now() + PAUSE_MS;
      this.#logger.warn(
        { error: describeError(error) },
        'vector search failed, searching by words only',
      );
      return null;
    }
  }

  async #embedQuery(
    embeddings: SearchEmbeddings,
    query: string,
    uid: string,
    signal: AbortSignal,
  ): Promise<Float32Array | null> {
    try {
      const [vector] = await embeddings.embed([tellingPart(query)], signal, uid);
      return vector ?? null;
    } catch (error) {
      this.#logger.warn(
        { error: describeError(toAppError(error)) },
        'query embedding failed, searching by words only',
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

/**
 * Opens the embedded index. The thread that holds the files starts with the first call: it takes 9 MiB.
 *
 * @throws AppError `internal` if the directory cannot be written
 */
export async function openSqliteSearchIndex(
  options: SearchIndexOptions,
): Promise<SqliteSearchIndex> {
  const { directory } = options;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const message = `The search index cannot write into its directory, ${directory}.`;
    throw new AppError('internal', message, { cause });
  }
  return new SqliteSearchIndex(options);
}
