import type { AnyCollection, ChangeKind, CollectionDefinition } from '../model/collection.ts';
import type { DocumentStore, Transaction } from './document-store.ts';
import { withTransact } from './with-transact.ts';

/**
 * Returns the store with the event `documents-changed` after each commit that writes documents which
 * clients show (`announced` of a collection): one event for each user of the commit.
 */
export function announceChanges(store: DocumentStore): DocumentStore {
  return withTransact(store, (fn) =>
    store.transact(async (tx) => {
      const written = new WrittenDocuments();
      const result = await fn(recording(tx, written));
      for (const [uid, changes] of written.byOwner()) {
        tx.emit('documents-changed', { uid, changes });
      }
      return result;
    }),
  );
}

interface Written {
  kind: ChangeKind;
  id: string;
}

/** What one run of a transaction writes, each document once. */
class WrittenDocuments {
  readonly #owners = new Map<string, Map<string, Written>>();

  add({ announced }: Pick<AnyCollection, 'announced'>, owner: string, id: string): void {
    if (!announced) return;
    const { kind } = announced;
    const own = this.#owners.get(owner) ?? new Map<string, Written>();
    this.#owners.set(owner, own);
    own.set(`${kind}:${id}`, { kind, id });
  }

  *byOwner(): Generator<[string, Written[]]> {
    for (const [owner, own] of this.#owners) yield [owner, [...own.values()]];
  }
}

function recording(tx: Transaction, written: WrittenDocuments): Transaction {
  return {
    find: (collection, owner, id) => tx.find(collection, owner, id),
    findMany: (collection, owner, ids) => tx.findMany(collection, owner, ids),
    query: (collection, owner, request) => tx.query(collection, owner, request),
    create: (collection, owner, document) => {
      tx.create(collection, owner, document);
      written.add(collection, owner, document.id);
    },
    put: (collection, owner, document) => {
      tx.put(collection, owner, document);
      written.add(collection, owner, document.id);
    },
    patch: (collection, owner, id, fields) => {
      tx.patch(collection, owner, id, fields);
      if (!isQuiet(collection, fields)) written.add(collection, owner, id);
    },
    delete: (collection, owner, id) => {
      tx.delete(collection, owner, id);
      written.add(collection, owner, id);
    },
    onCommit: (effect) => tx.onCommit(effect),
    emit: (name, event) => tx.emit(name, event),
  };
}

/** True if only fields change that clients are not told of. */
function isQuiet<T extends { id: string }>(
  { announced }: CollectionDefinition<T>,
  fields: object,
): boolean {
  const except: readonly string[] = announced?.except ?? [];
  return Object.keys(fields).every((field) => except.includes(field));
}
