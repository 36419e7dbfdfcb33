import { createHash } from 'node:crypto';
import type {
  Quote,
  QuoteRequest,
  SearchDocument,
  SearchRequest,
  SearchUpdate,
} from '../../search-index.ts';
import type { VectorKey, VectorMatch } from '../../vector-store.ts';
import { openIndexFile, readMeta, type Sqlite, writeMeta } from './index-file.ts';
import { readPending } from './pending-documents.ts';
import { readQuotes } from './quotes.ts';
import { conversationsOfSpeaker, searchWords } from './rank-documents.ts';
import type { RemoteVectors } from './remote-vectors.ts';
import { kindCode, rowIdsOfSecond } from './row-ids.ts';
import { moveVectors, openRemote } from './vector-home.ts';
import { VectorTable } from './vector-table.ts';
import { peopleToken, toIndexText } from './word-query.ts';
import type {
  DocumentVector,
  EmbeddedDocument,
  FoundByWords,
  FoundDocument,
  PendingDocument,
  WorkerSettings,
} from './worker-protocol.ts';

type VectorSettings = Pick<WorkerSettings, 'embeddingModel' | 'vectorHome'>;

interface StoredDocument {
  rowid: number;
  kind: number;
  id: string;
  hash: Uint8Array;
}

/** One user's file: its documents by words and by meaning, and how far it has read the store. */
export class UserIndex {
  readonly #db: Sqlite;
  readonly #vectors: VectorTable | null;
  /** Null if vectors are in the file itself. */
  readonly #remote: RemoteVectors | null;
  /** How many there are; undefined: not counted since something changed. */
  #documents: number | undefined;

  constructor(path: string, { embeddingModel, vectorHome }: VectorSettings) {
    this.#db = openIndexFile(path, embeddingModel !== null);
    try {
      moveVectors(this.#db, vectorHome);
      this.#vectors = vectorHome === null ? VectorTable.open(this.#db, embeddingModel) : null;
      this.#remote = vectorHome === null ? null : openRemote(this.#db, embeddingModel);
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  watermark(): number {
    return Number(readMeta(this.#db, 'watermark') ?? 0);
  }

  words(request: SearchRequest): FoundByWords {
    this.#documents ??= this.#count();
    return searchWords(this.#db, request, this.#documents);
  }

  quotes(query: string, hits: readonly QuoteRequest[]): (Quote | null)[] {
    return readQuotes(this.#db, query, hits);
  }

  conversationsOf(speaker: string, limit: number): string[] {
    return conversationsOfSpeaker(this.#db, speaker, limit);
  }

  nearest(request: SearchRequest, vector: Float32Array): FoundDocument[] {
    return this.#vectors?.nearest(request, vector) ?? [];
  }

  pending(limit: number): PendingDocument[] {
    return this.#remote ? readPending(this.#db, limit) : (this.#vectors?.pending(limit) ?? []);
  }

  matched(request: SearchRequest, matches: readonly VectorMatch[]): FoundDocument[] {
    return this.#remote?.matched(request, matches) ?? [];
  }

  gone(limit: number): VectorKey[] {
    return this.#remote?.gone(limit) ?? [];
  }

  forget(keys: readonly VectorKey[]): void {
    this.#remote?.forget(keys);
  }

  markEmbedded(documents: readonly EmbeddedDocument[]): void {
    this.#remote?.markEmbedded(documents);
  }

  storeVectors(vectors: readonly DocumentVector[]): void {
    this.#vectors?.store(vectors);
  }

  /** Applies updates and the watermark in one commit; false if the file is behind `atLeast`. */
  apply(updates: readonly SearchUpdate[], watermark: number, atLeast: number): boolean {
    return this.#db
      .transaction(() => {
        if (this.watermark() < atLeast) return false;
        this.#applyAll(updates);
        writeMeta(this.#db, 'watermark', watermark);
        return true;
      })
      .immediate();
  }

  close(): void {
    this.#db.close();
  }

  #count(): number {
    return this.#db.prepare<[], { n: number }>('SELECT count(*) AS n FROM docs').get()?.n ?? 0;
  }

  #applyAll(updates: readonly SearchUpdate[]): void {
    this.#documents = undefined;
    const removed = new Map<number, StoredDocument>();
    const added = new Map<
      string,
      { update: SearchUpdate; document: SearchDocument; hash: Buffer }
    >();
    for (const update of lastOfEach(updates)) {
      const stored = new Map(this.#ofSubject(update).map((doc) => [`${doc.kind}:${doc.id}`, doc]));
      for (const document of update.documents) {
        const key = `${kindCode(document.kind)}:${document.id}`;
        const hash = hashOf(update, document);
        const other = stored.get(key) ?? this.#byId(document);
        stored.delete(key);
        if (other && hash.equals(other.hash)) continue;
        if (other) removed.set(other.rowid, other);
        added.set(key, { update, document, hash });
      }
      for (const gone of stored.values()) removed.set(gone.rowid, gone);
    }
    this.#remove([...removed.keys()]);
    this.#add([...added.values()]);
  }

  #ofSubject(update: SearchUpdate): StoredDocument[] {
    return this.#db
      .prepare<[string, number], StoredDocument>(
        'SELECT rowid, kind, id, hash FROM docs WHERE subject = ? AND subject_kind = ?',
      )
      .all(update.subjectId, kindCode(update.kind));
  }

  #byId(document: SearchDocument): StoredDocument | undefined {
    return this.#db
      .prepare<[string, number], StoredDocument>(
        'SELECT rowid, kind, id, hash FROM docs WHERE id = ? AND kind = ?',
      )
      .get(document.id, kindCode(document.kind));
  }

  #remove(rowids: number[]): void {
    const statements = ['words', 'texts', 'docs'].map((table) =>
      this.#db.prepare(`DELETE FROM ${table} WHERE rowid = ?`),
    );
    for (const rowid of rowids.sort((a, b) => a - b)) {
      this.#remote?.remove(rowid);
      for (const statement of statements) statement.run(BigInt(rowid));
      this.#vectors?.remove(rowid);
    }
  }

  #add(entries: { update: SearchUpdate; document: SearchDocument; hash: Buffer }[]): void {
    const insertDoc = this.#db.prepare(
      `INSERT INTO docs (rowid, kind, id, subject_kind, subject, conversation, happened, discarded, embedded, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`,
    );
    const insertText = this.#db.prepare(
      'INSERT INTO texts (rowid, title, text, segments, lines, facets, category) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const insertWords = this.#db.prepare(
      'INSERT INTO words (rowid, title, text, context, people) VALUES (?, ?, ?, ?, ?)',
    );
    // FTS5 writes out what it has gathered whenever an id is smaller than the one before.
    const sorted = entries.sort(
      (a, b) =>
        kindCode(a.document.kind) - kindCode(b.document.kind) ||
        a.document.happenedAt - b.document.happenedAt,
    );
    for (const { update, document, hash } of sorted) {
      const rowid = BigInt(this.#freeRowId(document));
      insertDoc.run(
        rowid,
        kindCode(document.kind),
        document.id,
        kindCode(update.kind),
        update.subjectId,
        document.conversationId,
        document.happenedAt,
        document.discarded ? 1 : 0,
        hash,
      );
      insertText.run(
        rowid,
        document.title,
        document.text,
        JSON.stringify(document.segmentIds),
        JSON.stringify(document.lines),
        JSON.stringify(document.facets),
        document.category,
      );
      insertWords.run(
        rowid,
        toIndexText(document.title),
        toIndexText(document.text),
        toIndexText(document.context),
        document.speakers.map(peopleToken).join(' '),
      );
    }
  }

  #freeRowId(document: SearchDocument): number {
    const statement = this.#db.prepare<[bigint, bigint], { last: number | null }>(
      'SELECT max(rowid) AS last FROM docs WHERE rowid BETWEEN ? AND ?',
    );
    let happenedAt = document.happenedAt;
    for (;;) {
      const [first, last] = rowIdsOfSecond(document.kind, happenedAt);
      const taken = statement.get(BigInt(first), BigInt(last))?.last ?? null;
      if (taken === null) return first;
      if (taken < last) return taken + 1;
      happenedAt += 1000;
    }
  }
}

function lastOfEach(updates: readonly SearchUpdate[]): SearchUpdate[] {
  return [...new Map(updates.map((u) => [`${u.kind}:${u.subjectId}`, u])).values()];
}

function hashOf(update: SearchUpdate, document: SearchDocument): Buffer {
  const content = JSON.stringify([
    update.kind,
    update.subjectId,
    document.conversationId,
    document.happenedAt,
    document.title,
    document.text,
    document.context,
    document.segmentIds,
    document.lines,
    document.speakers,
    document.facets,
    document.category,
    document.discarded,
  ]);
  return createHash('sha256').update(content).digest().subarray(0, 16);
}
