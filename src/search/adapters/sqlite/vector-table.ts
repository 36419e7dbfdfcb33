import type { SearchRequest } from '../../search-index.ts';
import { type DocumentRow, toCandidate } from './candidates.ts';
import { readMeta, type Sqlite, writeMeta } from './index-file.ts';
import { readPending } from './pending-documents.ts';
import { rankByMeaning } from './rank-documents.ts';
import { kindCode } from './row-ids.ts';
import type { DocumentVector, FoundDocument, PendingDocument } from './worker-protocol.ts';

/** Rows that `vec0` may be asked for at once. */
const MAX_NEIGHBOURS = 4096;
/** As many times the wanted number are asked for, so that the windows around each are known. */
const AROUND = 4;
/** Documents of the conversations that a search is narrowed to that are compared, the newest. */
const COMPARED = 20_000;

type NearRow = DocumentRow & { distance: number };

/**
 * The vectors of one user's documents (`vec0` of sqlite-vec, float32, all of them compared). The
 * table is made when the first vector tells its dimension, and emptied when the model changes.
 */
export class VectorTable {
  readonly #db: Sqlite;
  readonly #model: string | null;
  #dimension: number;

  private constructor(db: Sqlite, model: string | null, dimension: number) {
    this.#db = db;
    this.#model = model;
    this.#dimension = dimension;
  }

  /** Null if there is neither a model nor a vector left from an earlier one. */
  static open(db: Sqlite, model: string | null): VectorTable | null {
    const dimension = Number(readMeta(db, 'vector_dimension') ?? 0);
    if (model === null) return dimension > 0 ? new VectorTable(db, null, dimension) : null;
    const table = new VectorTable(db, model, dimension);
    if (dimension > 0 && readMeta(db, 'vector_model') !== model) table.#recreate(0);
    return table;
  }

  remove(rowid: number): void {
    if (this.#dimension === 0) return;
    this.#db.prepare('DELETE FROM vectors WHERE rowid = ?').run(BigInt(rowid));
  }

  /** Documents without a vector, the newest of each kind first. */
  pending(limit: number): PendingDocument[] {
    return this.#model === null ? [] : readPending(this.#db, limit);
  }

  /** Stores vectors of documents that are still what they were when their text was read. */
  store(vectors: readonly DocumentVector[]): void {
    const dimension = vectors[0]?.vector.length ?? 0;
    if (dimension === 0) return;
    this.#db.transaction(() => {
      if (dimension !== this.#dimension) this.#recreate(dimension);
      const find = this.#db.prepare<
        [bigint, Buffer],
        { kind: number; happened: number; discarded: number }
      >('SELECT kind, happened, discarded FROM docs WHERE rowid = ? AND hash = ? AND embedded = 0');
      const insert = this.#db.prepare(
        'INSERT INTO vectors (rowid, embedding, kind, happened, discarded) VALUES (?, ?, ?, ?, ?)',
      );
      const mark = this.#db.prepare('UPDATE docs SET embedded = 1 WHERE rowid = ?');
      for (const { rowid, hash, vector } of vectors) {
        if (vector.length !== dimension) continue;
        const id = BigInt(rowid);
        const row = find.get(id, Buffer.from(hash, 'hex'));
        if (!row) continue;
        const { kind, happened, discarded } = row;
        insert.run(id, toBlob(vector), BigInt(kind), BigInt(happened), BigInt(discarded));
        mark.run(id);
      }
    })();
  }

  /** The documents whose meaning is nearest, by cosine, the windows around each one counting. */
  nearest(request: SearchRequest, vector: Float32Array): FoundDocument[] {
    const { limit, kinds, within = null } = request;
    if (vector.length !== this.#dimension || limit <= 0 || kinds.length === 0) return [];
    const rows =
      within === null
        ? this.#nearestOfAll(request, vector)
        : this.#nearestWithin({ ...request, within }, vector);
    const candidates = rows.map(({ distance, ...row }) =>
      toCandidate(row, 'meaning', 1 - distance),
    );
    return rankByMeaning(this.#db, request, candidates);
  }

  #nearestOfAll(request: SearchRequest, vector: Float32Array): NearRow[] {
    return this.#db
      .prepare<[Buffer, bigint, bigint, bigint, bigint], NearRow>(
        `SELECT docs.rowid, distance, id, docs.kind, conversation, docs.happened FROM (
           SELECT rowid, distance FROM vectors
           WHERE embedding MATCH ? AND k = ? AND kind IN (${codesOf(request)})
             AND happened >= ? AND happened <= ? AND discarded <= ?
         ) near CROSS JOIN docs ON docs.rowid = near.rowid`,
      )
      .all(toBlob(vector), neighboursFor(request), ...boundsOf(request));
  }

  /**
   * Compares the newest documents of some conversations, one by one: `vec0` cannot be narrowed to row
   * ids as large as these are (sqlite-vec 0.1 compares them by their lower 32 bits).
   */
  #nearestWithin(
    request: SearchRequest & { within: readonly string[] },
    vector: Float32Array,
  ): NearRow[] {
    return this.#db
      .prepare<(Buffer | bigint | string)[], NearRow>(
        `SELECT some.rowid, vec_distance_cosine(vectors.embedding, ?) AS distance, some.id, some.kind,
             some.conversation, some.happened FROM (
           SELECT rowid, id, kind, conversation, happened FROM docs
           WHERE conversation IN (SELECT value FROM json_each(?)) AND kind IN (${codesOf(request)})
             AND happened >= ? AND happened <= ? AND discarded <= ? AND embedded = 1
           ORDER BY happened DESC LIMIT ${COMPARED}
         ) some CROSS JOIN vectors ON vectors.rowid = some.rowid
         ORDER BY distance LIMIT ?`,
      )
      .all(
        toBlob(vector),
        JSON.stringify(request.within),
        ...boundsOf(request),
        neighboursFor(request),
      );
  }

  /** Drops every vector, to be made anew; `dimension` 0: not known yet. */
  #recreate(dimension: number): void {
    this.#db.transaction(() => {
      if (this.#dimension > 0) this.#db.exec('DROP TABLE vectors');
      this.#db.exec('UPDATE docs SET embedded = 0 WHERE embedded = 1');
      if (dimension > 0) {
        this.#db.exec(
          `CREATE VIRTUAL TABLE vectors USING vec0 (
             embedding float[${dimension}] distance_metric=cosine,
             kind integer, happened integer, discarded integer
           )`,
        );
      }
      writeMeta(this.#db, 'vector_dimension', dimension);
      writeMeta(this.#db, 'vector_model', this.#model ?? '');
    })();
    this.#dimension = dimension;
  }
}

function codesOf({ kinds }: SearchRequest): string {
  return [...new Set(kinds.map(kindCode))].join(', ');
}

function neighboursFor({ limit }: SearchRequest): bigint {
  return BigInt(Math.min(limit * AROUND, MAX_NEIGHBOURS));
}

/** From when, until when, and whether what was discarded counts. */
function boundsOf({ from, to, includeDiscarded }: SearchRequest): [bigint, bigint, bigint] {
  return [
    BigInt(from ?? Number.MIN_SAFE_INTEGER),
    BigInt(to ?? Number.MAX_SAFE_INTEGER),
    includeDiscarded ? 1n : 0n,
  ];
}

function toBlob(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}
