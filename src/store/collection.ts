import { AppError } from '../kernel/errors.ts';
import type { CollectionDefinition } from '../model/collection.ts';
import type { DocumentReader, QueryRequest } from './document-store.ts';

/**
 * Like `find`, but throws if the document is absent.
 *
 * @param message for the client
 * @throws AppError `not-found`
 */
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

/** Yields every document of a query, read page by page. */
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
 * Returns one page by Omi's `offset`, which the store does not have: it pages by cursor and drops the
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

/** A page of a list: from where on, and how many. `offset` counts documents that are kept. */
export interface ListPage {
  /** `nextCursor` of the page before; null for the first page. */
  cursor: string | null;
  offset: number;
  limit: number;
}

/**
 * Returns one page of the documents that `keep` lets through, so that a page is short only if the list
 * is at its end.
 */
export async function queryKept<T extends { id: string }, Q extends string>(
  reader: DocumentReader,
  collection: CollectionDefinition<T, Q>,
  owner: string,
  request: Omit<QueryRequest<T, Q>, 'cursor' | 'limit'>,
  page: ListPage,
  keep: (document: T) => boolean,
): Promise<{ items: T[]; nextCursor: string | null }> {
  const items: T[] = [];
  let cursor = page.cursor ?? undefined;
  if (page.limit <= 0) return { items, nextCursor: page.cursor };
  let skipped = 0;
  do {
    const missing = page.offset - skipped + page.limit - items.length;
    const found = await reader.query(collection, owner, {
      ...request,
      limit: Math.min(1000, missing),
      cursor,
    });
    for (const document of found.items) {
      if (!keep(document)) continue;
      if (skipped < page.offset) skipped += 1;
      else items.push(document);
    }
    cursor = found.nextCursor;
  } while (cursor !== undefined && items.length < page.limit);
  return { items, nextCursor: cursor ?? null };
}
