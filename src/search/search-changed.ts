import { makeSearchChange, type SearchChange, searchChanges } from '../model/search-change.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/** Users that a transaction has announced already: one event for each is enough. */
const announced = new WeakMap<DocumentWriter, Set<string>>();

/**
 * Says that something searchable has changed or was deleted, in the transaction that changes it. After
 * the commit the search index catches up soon, without waiting for a search.
 *
 * @param now epoch milliseconds
 */
export function searchChanged(
  writer: DocumentWriter,
  uid: string,
  kind: SearchChange['kind'],
  id: string,
  now: number,
): void {
  searchChangedForLater(writer, uid, kind, id, now);
  const uids = announced.get(writer) ?? new Set();
  announced.set(writer, uids);
  if (uids.has(uid)) return;
  uids.add(uid);
  writer.emit('search-changed', { uid });
}

/**
 * Like `searchChanged`, but the index catches up only with the next search or change. For words of
 * a live conversation: indexing its whole transcript after each sentence would cost more with each.
 */
export function searchChangedForLater(
  writer: DocumentWriter,
  uid: string,
  kind: SearchChange['kind'],
  id: string,
  now: number,
): void {
  writer.put(searchChanges, uid, makeSearchChange(kind, id, now));
}
