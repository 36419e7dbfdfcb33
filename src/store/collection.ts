import { AppError } from '../kernel/errors.ts';
import type { CollectionDefinition } from '../model/collection.ts';
import type { DocumentReader, QueryRequest } from './document-store.ts';

/** Like `find`, but an absent document is a `not-found` error with a message for the client. */
export async function getDocument<T extends { id: string }>(
  reader: DocumentReader,
  collection: CollectionDefinition<T>,
  owner: string,
  id: string,
  message: string,
): Promise<T> {
  const document = await reader.find(collection, owner, id);
  if (document === undefined) throw new AppError('not-found', message);
  return document;
}

/** Every document of a query, page by page. */
export async function* queryAll<T extends { id: string }, Q extends string>(
  reader: DocumentReader,
  collection: CollectionDefinition<T, Q>,
  owner: string,
  request: Omit<QueryRequest<T, Q>, 'cursor' | 'limit'>,
  pageSize = 500,
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await reader.query(collection, owner, { ...request, limit: pageSize, cursor });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/**
 * One page by Omi's `offset`, which the store does not have: pages over the cursor and drops the
 * first `offset` documents.
 */
export async function queryByOffset<T extends { id: string }, Q extends string>(
  reader: DocumentReader,
  collection: CollectionDefinition<T, Q>,
  owner: string,
  request: Omit<QueryRequest<T, Q>, 'cursor' | 'limit'>,
  offset: number,
  limit: number,
): Promise<{ items: T[]; hasMore: boolean }> {
  const items: T[] = [];
  if (limit <= 0) return { items, hasMore: false };
  let seen = 0;
  const pageSize = Math.min(1000, offset + limit + 1);
  for await (const document of queryAll(reader, collection, owner, request, pageSize)) {
    seen += 1;
    if (seen <= offset) continue;
    if (items.length === limit) return { items, hasMore: true };
    items.push(document);
  }
  return { items, hasMore: false };
}
