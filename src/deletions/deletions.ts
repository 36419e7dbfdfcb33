import { enqueue } from '../jobs/enqueue.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import {
  type DeletableKind,
  type DeletedPart,
  type Deletion,
  deletedParts,
  deletionId,
  deletions,
} from '../model/deletion.ts';
import { eraseDeletedJob } from '../model/jobs.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentStore, Transaction } from '../store/document-store.ts';
import { type DeletedDocument, fromPieces, putBack, toPieces } from './deleted-documents.ts';

/** Documents put back in one commit, below the 500 writes that Firestore takes. */
const PER_COMMIT = 100;
/** Pieces written in one commit: together they must fit into one request of Firestore. */
const PIECES_PER_COMMIT = 10;
const MAX_LISTED = 500;

/** What the owner of a kind of thing does when one is brought back or erased. */
export interface DeletionHandler {
  /** Names of collections whose documents nobody finds without the thing: they are put back before it. */
  parts?: ReadonlySet<string>;
  /** True if each document stands for itself: many are put back in several commits. */
  areIndependent?: boolean;
  /**
   * Reads what the restoring commit needs and returns what writes it: every document that is not a part.
   *
   * @throws AppError `already-exists` if something else has taken its place
   */
  planRestore(
    tx: Transaction,
    uid: string,
    deletion: Deletion,
    documents: readonly DeletedDocument[],
    now: number,
  ): Promise<() => void>;
  /** Erases the files of it; `documents` reads what was kept. */
  eraseFiles?(
    uid: string,
    subjectId: string,
    documents: () => Promise<readonly DeletedDocument[]>,
  ): Promise<void>;
}

/** What deletes things needs of `Deletions`. */
export type KeptDeletions = Pick<Deletions, 'areKept' | 'planKeep' | 'keep'>;

export interface DeletionsOptions {
  store: DocumentStore;
  clock: Clock;
  jobWorker: JobWorker;
  /** How long something can be brought back, milliseconds; 0: not at all. */
  undoMs: number;
}

/**
 * Keeps what users delete for a while. Deleted documents leave their collections at once, so that nothing
 * finds them; a copy of them, encrypted as they were, waits in the user's own documents. It is put back on
 * request, or a durable job erases it together with its files.
 */
export class Deletions {
  readonly #o: DeletionsOptions;
  readonly #handlers = new Map<DeletableKind, DeletionHandler>();

  constructor(options: DeletionsOptions) {
    this.#o = options;
    options.jobWorker.register(eraseDeletedJob, (run) => this.#run(run));
  }

  register(kind: DeletableKind, handler: DeletionHandler): void {
    this.#handlers.set(kind, handler);
  }

  /** True if deletions can be undone on this server. */
  get areKept(): boolean {
    return this.#o.undoMs > 0;
  }

  /** Plans to keep what the caller deletes in the same commit. Only reads; what it returns writes. */
  async planKeep(
    tx: Transaction,
    uid: string,
    kind: DeletableKind,
    subjectId: string,
    documents: readonly DeletedDocument[],
  ): Promise<() => void> {
    if (!this.areKept) return () => undefined;
    const id = deletionId(kind, subjectId);
    const old = await partsOf(tx, uid, id);
    const parts = await piecesOf(id, documents);
    return () => {
      for (const { id: part } of old) tx.delete(deletedParts, uid, part);
      for (const part of parts) tx.put(deletedParts, uid, part);
      this.#note(tx, uid, kind, subjectId);
    };
  }

  /**
   * Keeps what the caller deletes next, in as many commits as it takes. What an earlier deletion that did
   * not come to its end has kept stays.
   */
  async keep(
    uid: string,
    kind: DeletableKind,
    subjectId: string,
    documents: readonly DeletedDocument[],
  ): Promise<void> {
    const { store } = this.#o;
    const id = deletionId(kind, subjectId);
    if (!this.areKept || (await store.find(deletions, uid, id))) return;
    const parts = await piecesOf(id, documents);
    for (let at = 0; at < parts.length; at += PIECES_PER_COMMIT) {
      const some = parts.slice(at, at + PIECES_PER_COMMIT);
      const isLast = at + PIECES_PER_COMMIT >= parts.length;
      await store.transact((tx) => {
        for (const part of some) tx.put(deletedParts, uid, part);
        if (isLast) this.#note(tx, uid, kind, subjectId);
      });
    }
  }

  /** What can be brought back, the latest first. */
  async list(uid: string): Promise<Deletion[]> {
    const { store, clock } = this.#o;
    const { items } = await store.query(deletions, uid, { query: 'recent', limit: MAX_LISTED });
    return items.filter(({ erasesAt }) => erasesAt > clock.now());
  }

  /**
   * Brings something back as it was.
   *
   * @throws AppError `not-found` if it was not deleted or its time is over, `already-exists` if something
   *   else has taken its place
   */
  async restore(uid: string, kind: DeletableKind, subjectId: string): Promise<void> {
    const { store, clock } = this.#o;
    const id = deletionId(kind, subjectId);
    const deletion = await store.find(deletions, uid, id);
    const now = clock.now();
    if (!deletion || deletion.erasesAt <= now) throw nothingKept();
    const kept = await partsOf(store, uid, id);
    const documents = await fromPieces(kept.map(({ data }) => data));
    const handler = this.#handlerOf(kind);
    // Refuses before anything is written; the last commit asks again.
    if (!handler.areIndependent) {
      await store.transact(async (tx) => {
        await handler.planRestore(tx, uid, deletion, documents, now);
      });
    }
    const parts = documents.filter(({ collection }) => handler.parts?.has(collection));
    for (let at = 0; at < parts.length; at += PER_COMMIT) {
      const some = parts.slice(at, at + PER_COMMIT);
      await store.transact((tx) => {
        for (const document of some) putBack(tx, uid, document);
      });
    }
    const last = handler.areIndependent
      ? await this.#restoreMany(uid, handler, deletion, documents)
      : documents;
    await store.transact(async (tx) => {
      if (!(await tx.find(deletions, uid, id))) throw nothingKept();
      const write = await handler.planRestore(tx, uid, deletion, last, now);
      write();
      tx.delete(deletions, uid, id);
      for (const { id: part } of kept) tx.delete(deletedParts, uid, part);
    });
  }

  /** Erases something at once that could still be brought back. @throws AppError `not-found` */
  async erase(uid: string, kind: DeletableKind, subjectId: string): Promise<void> {
    const found = await this.#o.store.find(deletions, uid, deletionId(kind, subjectId));
    if (!found) throw nothingKept();
    await this.#erase(uid, found);
  }

  /** Puts documents back, commit by commit, except for the last few, which are returned. */
  async #restoreMany(
    uid: string,
    handler: DeletionHandler,
    deletion: Deletion,
    documents: readonly DeletedDocument[],
  ): Promise<readonly DeletedDocument[]> {
    const { store, clock } = this.#o;
    let at = 0;
    for (; at + PER_COMMIT < documents.length; at += PER_COMMIT) {
      const some = documents.slice(at, at + PER_COMMIT);
      await store.transact(async (tx) => {
        const write = await handler.planRestore(tx, uid, deletion, some, clock.now());
        write();
      });
    }
    return documents.slice(at);
  }

  #note(tx: Transaction, uid: string, kind: DeletableKind, subjectId: string): void {
    const { clock, undoMs } = this.#o;
    const now = clock.now();
    const id = deletionId(kind, subjectId);
    const erasesAt = now + undoMs;
    tx.put(deletions, uid, { id, kind, subjectId, deletedAt: now, erasesAt });
    enqueue(tx, eraseDeletedJob, { uid, subject: id, dueAt: erasesAt, payload: {} }, now);
  }

  async #run(run: JobRun): Promise<void> {
    const { store, clock } = this.#o;
    const { uid, subject } = run.job;
    const deletion = await store.find(deletions, uid, subject);
    if (deletion && deletion.erasesAt > clock.now()) {
      await store.transact((tx) => run.reschedule(tx, deletion.erasesAt));
      return;
    }
    if (deletion) await this.#erase(uid, deletion);
    await store.transact((tx) => run.finish(tx));
  }

  /** Files first: an erasure that is cut off is done again. */
  async #erase(uid: string, { id, kind, subjectId }: Deletion): Promise<void> {
    const { store } = this.#o;
    const parts = await partsOf(store, uid, id);
    // The parts go in their order, once the files have gone.
    if (parts[0] === undefined || parts[0].index === 0) {
      const documents = async () =>
        parts.length === 0 ? [] : await fromPieces(parts.map(({ data }) => data));
      await this.#handlerOf(kind).eraseFiles?.(uid, subjectId, documents);
    }
    for (let at = 0; at < parts.length; at += PIECES_PER_COMMIT) {
      const some = parts.slice(at, at + PIECES_PER_COMMIT);
      await store.transact((tx) => {
        for (const part of some) tx.delete(deletedParts, uid, part.id);
      });
    }
    await store.transact((tx) => tx.delete(deletions, uid, id));
  }

  #handlerOf(kind: DeletableKind): DeletionHandler {
    const handler = this.#handlers.get(kind);
    if (!handler) throw new AppError('internal', `Nobody brings back a ${kind}.`);
    return handler;
  }
}

async function piecesOf(id: string, documents: readonly DeletedDocument[]): Promise<DeletedPart[]> {
  const pieces = await toPieces(documents);
  return pieces.map((data, index) => ({ id: `${id}:${index}`, deletionId: id, index, data }));
}

async function partsOf(reader: DocumentReader, uid: string, id: string): Promise<DeletedPart[]> {
  const found: DeletedPart[] = [];
  const request = { query: 'ofDeletion', filters: { deletionId: id } } as const;
  for await (const part of queryAll(reader, deletedParts, uid, request)) {
    found.push(part);
  }
  return found;
}

function nothingKept(): AppError {
  return new AppError('not-found', 'There is nothing that could be brought back.');
}
