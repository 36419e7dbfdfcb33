import type { SearchRequest } from '../../search-index.ts';
import type { VectorKey, VectorMatch } from '../../vector-store.ts';
import { type DocumentRow, toCandidate } from './candidates.ts';
import type { Sqlite } from './index-file.ts';
import { rankByMeaning } from './rank-documents.ts';
import { kindCode, kindOf } from './row-ids.ts';
import type { EmbeddedDocument, FoundDocument } from './worker-protocol.ts';

/**
 * What a file knows of vectors that a service elsewhere keeps: which documents it has, and which it
 * has still to forget. Both outlive the process, so that nothing is lost while it is not reached.
 */
export class RemoteVectors {
  readonly #db: Sqlite;

  constructor(db: Sqlite) {
    this.#db = db;
  }

  /** A document is going. Its vector may be on its way, so that it counts as written. */
  remove(rowid: number): void {
    this.#db
      .prepare('INSERT OR IGNORE INTO gone (kind, id) SELECT kind, id FROM docs WHERE rowid = ?')
      .run(BigInt(rowid));
  }

  /** What is gone for good; of what came back or changed, the new vector takes the old one's place. */
  gone(limit: number): VectorKey[] {
    this.#db.exec(
      `DELETE FROM gone WHERE EXISTS (
         SELECT 1 FROM docs WHERE docs.id = gone.id AND docs.kind = gone.kind AND discarded = 0
       )`,
    );
    return this.#db
      .prepare<[number], { kind: number; id: string }>('SELECT kind, id FROM gone LIMIT ?')
      .all(limit)
      .map(({ kind, id }) => ({ kind: kindOf(kind), id }));
  }

  forget(keys: readonly VectorKey[]): void {
    const statement = this.#db.prepare('DELETE FROM gone WHERE kind = ? AND id = ?');
    this.#db.transaction(() => {
      for (const { kind, id } of keys) statement.run(kindCode(kind), id);
    })();
  }

  /** Of those that changed meanwhile, the new one is still to be written. */
  markEmbedded(documents: readonly EmbeddedDocument[]): void {
    const statement = this.#db.prepare('UPDATE docs SET embedded = 1 WHERE rowid = ? AND hash = ?');
    this.#db.transaction(() => {
      for (const { rowid, hash } of documents) {
        statement.run(BigInt(rowid), Buffer.from(hash, 'hex'));
      }
    })();
  }

  /** Ranks what was found elsewhere; what this file does not know, or the filter leaves out, goes. */
  matched(request: SearchRequest, matches: readonly VectorMatch[]): FoundDocument[] {
    const find = this.#db.prepare<[string, number, number, number, number], DocumentRow>(
      `SELECT rowid, id, kind, conversation, happened FROM docs WHERE id = ? AND kind = ? AND discarded <= ?
         AND happened >= ? AND happened <= ?`,
    );
    const within = request.within ? new Set(request.within) : null;
    const candidates = matches.flatMap(({ kind, id, similarity }) => {
      if (!request.kinds.includes(kind)) return [];
      const row = find.get(
        id,
        kindCode(kind),
        request.includeDiscarded ? 1 : 0,
        request.from ?? Number.MIN_SAFE_INTEGER,
        request.to ?? Number.MAX_SAFE_INTEGER,
      );
      if (within !== null && !within.has(row?.conversation ?? '')) return [];
      return row ? [toCandidate(row, 'meaning', similarity)] : [];
    });
    return rankByMeaning(this.#db, request, candidates);
  }
}
