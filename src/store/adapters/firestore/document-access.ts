import type {
  CollectionReference,
  DocumentSnapshot,
  Firestore,
  QueryDocumentSnapshot,
  Timestamp,
} from '@google-cloud/firestore';
import { FieldPath } from '@google-cloud/firestore';
import { encodeCursor } from './cursor.ts';
import type { Layout, StoredFields } from './layout.ts';
import { type AnyQueryRequest, planQuery } from './query-plan.ts';

/** A document that was read: its path, and the time of its last write; undefined: absent. */
export interface Row {
  path: string;
  updateTime: Timestamp | undefined;
  document: { id: string } | undefined;
  /** The fields as they were read; undefined if the access does not need them for a put. */
  stored?: StoredFields;
}

export interface RowPage {
  rows: Row[];
  nextCursor: string | undefined;
}

/**
 * One change of a stored document. `patch` changes a document that must exist, `part` one that another
 * write of the same commit may create. `only`: the paths of the fields that are written, all others
 * stay; null: the document is replaced.
 */
export type StoredWrite =
  | { kind: 'create'; path: string; fields: Record<string, unknown> }
  | { kind: 'put'; path: string; fields: Record<string, unknown>; only: string[] | null }
  | { kind: 'patch'; path: string; fields: Record<string, unknown> }
  | { kind: 'part'; path: string; fields: Record<string, unknown> }
  | { kind: 'delete'; path: string };

/** How the documents of one collection are read and written. */
export interface CollectionAccess {
  /** True if a document may have another path than its id gives. */
  readonly idIsField: boolean;
  rows(owner: string, ids: readonly string[]): Promise<Row[]>;
  page(owner: string, request: AnyQueryRequest): Promise<RowPage>;
  /** Yields every document, by id. */
  all(owner: string): AsyncGenerator<{ id: string }>;
  create(owner: string, document: { id: string }): StoredWrite;
  /** @param read the document as this transaction has read it, if it has */
  put(owner: string, document: { id: string }, read?: Row): StoredWrite;
  patch(owner: string, id: string, fields: Record<string, unknown>): StoredWrite;
  delete(owner: string, id: string): StoredWrite;
}

const PAGE = 300;

/** A collection each of whose documents is one document in Firestore. */
export class DocumentAccess implements CollectionAccess {
  protected readonly firestore: Firestore;
  protected readonly layout: Layout;

  constructor(firestore: Firestore, layout: Layout) {
    this.firestore = firestore;
    this.layout = layout;
  }

  get idIsField(): boolean {
    return this.layout.idIsField;
  }

  async rows(owner: string, ids: readonly string[]): Promise<Row[]> {
    if (ids.length === 0) return [];
    const refs = ids.map((id) => this.firestore.doc(this.layout.documentPath(owner, id)));
    const snapshots = await this.firestore.getAll(...refs);
    const rows = snapshots.map((snapshot) => this.row(owner, snapshot));
    if (!this.layout.idIsField) return rows;
    return Promise.all(
      rows.map(async (row, i) => {
        const id = ids[i];
        if (row.document || id === undefined) return row;
        const collection = this.firestore.collection(this.layout.collectionPath(owner));
        const found = await collection.where('id', '==', id.toWellFormed()).limit(1).get();
        const [snapshot] = found.docs;
        return snapshot ? this.row(owner, snapshot) : row;
      }),
    );
  }

  async page(owner: string, request: AnyQueryRequest): Promise<RowPage> {
    const collection = this.firestore.collection(this.layout.collectionPath(owner));
    return await this.pageOf(owner, collection, request);
  }

  protected async pageOf(
    owner: string,
    collection: CollectionReference,
    request: AnyQueryRequest,
  ): Promise<RowPage> {
    const plan = planQuery(collection, this.layout, request);
    const found: { row: Row; snapshot: QueryDocumentSnapshot }[] = [];
    const wanted = request.limit + 1;
    for (const phase of plan.phases) {
      let query = phase;
      while (found.length < wanted) {
        const size = wanted - found.length;
        const { docs } = await query.limit(size).get();
        for (const snapshot of docs) {
          const row = this.row(owner, snapshot);
          if (row.document && plan.accepts({ ...row.document })) found.push({ row, snapshot });
        }
        const last = docs.at(-1);
        if (docs.length < size || !last) break;
        query = phase.startAfter(last);
      }
    }
    const kept = found.slice(0, request.limit);
    const last = kept.at(-1);
    const { orderField } = plan;
    const nextCursor =
      found.length > request.limit && last
        ? encodeCursor({
            value: orderField === undefined ? '' : last.snapshot.get(orderField),
            segment: last.snapshot.id,
          })
        : undefined;
    return { rows: kept.map(({ row }) => row), nextCursor };
  }

  async *all(owner: string): AsyncGenerator<{ id: string }> {
    const ordered = this.firestore
      .collection(this.layout.collectionPath(owner))
      .orderBy(FieldPath.documentId())
      .limit(PAGE);
    let query = ordered;
    for (;;) {
      const { docs } = await query.get();
      for (const snapshot of docs) {
        const { document } = this.row(owner, snapshot);
        if (document) yield document;
      }
      const last = docs.at(-1);
      if (docs.length < PAGE || !last) return;
      query = ordered.startAfter(last);
    }
  }

  create(owner: string, document: { id: string }): StoredWrite {
    const path = this.pathOf(owner, document);
    return { kind: 'create', path, fields: this.layout.toStored(owner, document) };
  }

  put(owner: string, document: { id: string }, read?: Row): StoredWrite {
    const path = read?.document ? read.path : this.pathOf(owner, document);
    const fields = this.layout.toStored(owner, document);
    if (!this.layout.isShared) return { kind: 'put', path, fields, only: null };
    const found =
      read?.stored && read.document ? { stored: read.stored, document: read.document } : undefined;
    const only = this.layout.leavesToWrite(document, fields, found);
    return { kind: 'put', path, fields, only };
  }

  patch(owner: string, id: string, fields: Record<string, unknown>): StoredWrite {
    const path = this.layout.documentPath(owner, id);
    return { kind: 'patch', path, fields: this.layout.toStoredPart(owner, fields) };
  }

  delete(owner: string, id: string): StoredWrite {
    return { kind: 'delete', path: this.layout.documentPath(owner, id) };
  }

  protected pathOf(owner: string, { id }: { id: string }): string {
    return this.layout.documentPath(owner, id);
  }

  protected row(owner: string, snapshot: DocumentSnapshot): Row {
    const stored = snapshot.data();
    const { path } = snapshot.ref;
    const { updateTime } = snapshot;
    if (!stored || !updateTime) return { path, updateTime: undefined, document: undefined };
    const at = { owner, id: snapshot.id, path, updateTime };
    const document = this.layout.fromStored(stored, at);
    return { path, updateTime, document, stored };
  }
}
