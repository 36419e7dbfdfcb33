import { AppError, describeError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import type { SearchKind } from '../../search-index.ts';
import type {
  VectorKey,
  VectorMatch,
  VectorQuery,
  VectorRecord,
  VectorStore,
} from '../../vector-store.ts';
import { PineconeClient, type PineconeIndex, type PineconeSettings } from './pinecone-client.ts';
import { isBadRequest, isNotFound, toPineconeError } from './pinecone-errors.ts';
import {
  documentIdOf,
  filtersOf,
  type Metadata,
  metadataOf,
  NAMESPACES,
  recordId,
} from './pinecone-records.ts';

/** Pinecone's limits: records and bytes of one upsert, ids of one deletion. */
const MAX_RECORDS = 100;
const MAX_BYTES = 2 * 2 ** 20 - 64 * 1024;
const MAX_DELETED = 1000;
/** Ids that are looked at at once; they stand in the address of the request. */
const FETCHED = 50;
/** How many a query with people, topics or entities looks at, and one without them after it. */
const STRUCTURED_TOP_K = 1000;
const FALLBACK_TOP_K = 20;
/** Digits that tell every 32-bit float from the next. */
const DIGITS = 9;
const START_TIMEOUT_MS = 8000;

/** Vectors in an index of Pinecone that Omi's tools read as well: its namespaces, ids, metadata. */
export class PineconeVectors implements VectorStore {
  readonly name: string;
  readonly #client: PineconeClient;
  readonly #dimension: number;

  constructor(settings: PineconeSettings) {
    this.name = `pinecone:${settings.indexName ?? settings.host ?? ''}`;
    this.#client = new PineconeClient(settings);
    this.#dimension = settings.dimension;
  }

  async check(signal: AbortSignal): Promise<void> {
    const dimension = await this.#call(signal, () => this.#client.dimension());
    if (dimension === this.#dimension) return;
    throw new AppError(
      'invalid-configuration',
      `The index at Pinecone has ${dimension ?? 'no'} dimensions; it must have ${this.#dimension}.`,
    );
  }

  async upsertVectors(
    uid: string,
    records: readonly VectorRecord[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const [kind, own] of byKind(records)) {
      const written = own.map((record) => ({
        id: recordId(uid, kind, record.id),
        values: Array.from(record.vector, (x) => Number(x.toPrecision(DIGITS))),
        metadata: metadataOf(uid, record),
      }));
      for (const batch of inBatches(written)) {
        await this.#on(kind, signal, (index) => index.upsert({ records: batch }));
      }
    }
  }

  async queryVectors(uid: string, query: VectorQuery, signal: AbortSignal): Promise<VectorMatch[]> {
    const { structured, plain } = filtersOf(uid, query);
    if (structured !== null) {
      const found = await this.#query(uid, query, structured, STRUCTURED_TOP_K, signal);
      if (found.length > 0) return found.slice(0, query.limit);
      return this.#query(uid, query, plain, Math.min(query.limit, FALLBACK_TOP_K), signal);
    }
    return this.#query(uid, query, plain, query.limit, signal);
  }

  async deleteVectors(uid: string, keys: readonly VectorKey[], signal: AbortSignal): Promise<void> {
    for (const [kind, own] of byKind(keys)) {
      const ids = own.map(({ id }) => recordId(uid, kind, id));
      await this.#deleteIds(kind, ids, signal);
    }
  }

  async deleteUser(uid: string, signal: AbortSignal): Promise<void> {
    for (const kind of Object.keys(NAMESPACES) as SearchKind[]) {
      const deleted = await this.#on(kind, signal, (index) => deleteByFilter(index, uid));
      // Indexes on pods and older servers do not delete by metadata.
      if (deleted === false) await this.#deleteByPrefix(uid, kind, signal);
    }
  }

  async #query(
    uid: string,
    { kind, vector }: VectorQuery,
    filter: object,
    topK: number,
    signal: AbortSignal,
  ): Promise<VectorMatch[]> {
    const answer = await this.#on(kind, signal, (index) =>
      index.query({ vector: [...vector], topK, filter, includeMetadata: false }),
    );
    return (answer?.matches ?? []).flatMap(({ id: record, score }) => {
      const id = documentIdOf(uid, kind, record);
      return id === undefined ? [] : [{ kind, id, similarity: score ?? 0 }];
    });
  }

  /**
   * Lists by the beginning of the id and deletes what is the user's by its metadata: one user's id
   * may be the beginning of another's.
   */
  async #deleteByPrefix(uid: string, kind: SearchKind, signal: AbortSignal): Promise<void> {
    const prefix = `${uid}-`;
    let paginationToken: string | undefined;
    do {
      const token = paginationToken;
      const page = await this.#on(kind, signal, (index) =>
        index.listPaginated({
          prefix,
          limit: FETCHED,
          ...(token ? { paginationToken: token } : {}),
        }),
      );
      const ids = (page?.vectors ?? []).flatMap(({ id }) => id ?? []);
      if (ids.length > 0) {
        const fetched = await this.#on(kind, signal, (index) => index.fetch({ ids }));
        const owned = Object.values(fetched?.records ?? {}).filter(
          ({ metadata }) => metadata?.uid === uid,
        );
        const mine = owned.map(({ id }) => id);
        if (mine.length > 0) await this.#deleteIds(kind, mine, signal);
      }
      paginationToken = page?.pagination?.next;
    } while (paginationToken);
  }

  async #deleteIds(kind: SearchKind, ids: readonly string[], signal: AbortSignal): Promise<void> {
    for (let from = 0; from < ids.length; from += MAX_DELETED) {
      const batch = ids.slice(from, from + MAX_DELETED);
      await this.#on(kind, signal, (index) => index.deleteMany({ ids: batch }));
    }
  }

  /** Runs on the namespace of a kind; undefined if nothing was ever written to it. */
  async #on<R>(
    kind: SearchKind,
    signal: AbortSignal,
    run: (index: PineconeIndex) => Promise<R>,
  ): Promise<R | undefined> {
    const index = await this.#call(signal, () => this.#client.namespace(NAMESPACES[kind]));
    return this.#call(signal, async () => {
      try {
        return await run(index);
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    });
  }

  async #call<R>(signal: AbortSignal, run: () => Promise<R>): Promise<R> {
    try {
      signal.throwIfAborted();
      return await orAborted(run(), signal);
    } catch (error) {
      throw toPineconeError(error);
    }
  }
}

/**
 * Opens the vectors at Pinecone. A wrong key, index or dimension is an error; if Pinecone is not
 * reached now the server starts all the same: words answer, and vectors follow.
 */
export async function openPineconeVectors(
  settings: PineconeSettings,
  logger: Logger,
): Promise<PineconeVectors> {
  const vectors = new PineconeVectors(settings);
  try {
    await vectors.check(AbortSignal.timeout(START_TIMEOUT_MS));
  } catch (error) {
    if (!(error instanceof AppError) || !error.retryable) throw error;
    logger.warn({ error: describeError(error) }, 'Pinecone is not reached, words alone answer');
  }
  return vectors;
}

/** False if the index cannot do that. */
async function deleteByFilter(index: PineconeIndex, uid: string): Promise<boolean> {
  try {
    await index.deleteMany({ filter: { uid: { $eq: uid } } });
    return true;
  } catch (error) {
    if (isBadRequest(error)) return false;
    throw error;
  }
}

/** The client takes no signal: whoever waits leaves, the request ends by its own time limit. */
async function orAborted<R>(done: Promise<R>, signal: AbortSignal): Promise<R> {
  let leave: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([done, aborted]);
  } finally {
    if (leave) signal.removeEventListener('abort', leave);
  }
}

function byKind<T extends VectorKey>(entries: readonly T[]): Map<SearchKind, T[]> {
  const groups = new Map<SearchKind, T[]>();
  for (const entry of entries) groups.set(entry.kind, [...(groups.get(entry.kind) ?? []), entry]);
  return groups;
}

function inBatches<T extends { id: string; values: number[]; metadata: Metadata }>(
  records: readonly T[],
): T[][] {
  const batches: T[][] = [];
  let batch: T[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (batch.length > 0 && (batch.length >= MAX_RECORDS || bytes + size > MAX_BYTES)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
