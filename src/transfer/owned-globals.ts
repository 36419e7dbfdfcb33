import { type CollectionDefinition, GLOBAL } from '../model/collection.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { OWNED_GLOBALS } from './archive-collections.ts';

/** Returns the few documents of a user in a global collection, by id. */
export async function findOwned(
  store: DocumentStore,
  collection: (typeof OWNED_GLOBALS)[number],
  uid: string,
): Promise<{ id: string }[]> {
  const found: { id: string }[] = [];
  const owned = collection as unknown as CollectionDefinition<
    { id: string; uid: string },
    'ofUser'
  >;
  const request = { query: 'ofUser', filters: { uid } } as const;
  for await (const document of queryAll(store, owned, GLOBAL, request)) found.push(document);
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}
