import type { DocumentStore } from './document-store.ts';

/** Returns the store with another `transact`; everything else goes to the store. */
export function withTransact(
  store: DocumentStore,
  transact: DocumentStore['transact'],
): DocumentStore {
  return {
    find: (collection, owner, id) => store.find(collection, owner, id),
    findMany: (collection, owner, ids) => store.findMany(collection, owner, ids),
    query: (collection, owner, request) => store.query(collection, owner, request),
    events: store.events,
    transact,
    listOwners: () => store.listOwners(),
    deleteOwner: (owner) => store.deleteOwner(owner),
    exportOwner: (owner) => store.exportOwner(owner),
    snapshot: store.snapshot,
    check: () => store.check(),
    close: () => store.close(),
  };
}
