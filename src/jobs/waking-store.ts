import { jobs } from '../model/job.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';

/**
 * The same store, calling `wake` after each commit that has put a job, so that the worker of this
 * process need not wait for its next look.
 */
export function wakingStore(store: DocumentStore, wake: () => void): DocumentStore {
  return {
    find: (collection, owner, id) => store.find(collection, owner, id),
    findMany: (collection, owner, ids) => store.findMany(collection, owner, ids),
    query: (collection, owner, request) => store.query(collection, owner, request),
    transact: (fn) => store.transact((tx) => fn(wakingTransaction(tx, wake))),
    listOwners: () => store.listOwners(),
    deleteOwner: (owner) => store.deleteOwner(owner),
    exportOwner: (owner) => store.exportOwner(owner),
    snapshot: store.snapshot,
    check: () => store.check(),
    close: () => store.close(),
  };
}

function wakingTransaction(tx: Transaction, wake: () => void): Transaction {
  let armed = false;
  return {
    find: (collection, owner, id) => tx.find(collection, owner, id),
    findMany: (collection, owner, ids) => tx.findMany(collection, owner, ids),
    query: (collection, owner, request) => tx.query(collection, owner, request),
    create: (collection, owner, document) => tx.create(collection, owner, document),
    put: (collection, owner, document) => {
      tx.put(collection, owner, document);
      if (collection.name !== jobs.name || armed) return;
      armed = true;
      tx.onCommit(wake);
    },
    patch: (collection, owner, id, fields) => tx.patch(collection, owner, id, fields),
    delete: (collection, owner, id) => tx.delete(collection, owner, id),
    onCommit: (effect) => tx.onCommit(effect),
  };
}
