import { AppError } from '../kernel/errors.ts';
import type { CollectionDefinition } from '../model/collection.ts';
import type { DocumentReader, QueryRequest } from './document-store.ts';

/** Documents that are read at once by their ids. */
const READ_AT_ONCE = 500;

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
  const pageSize = Math.min(1000, offset + limit + 1);
  const all = queryAll(reader, collection, owner, request, pageSize);
  return await pageOf(all, { offset, limit });
}

/** Returns one page by `offset` of what comes one by one; the rest is not read. */
export async function pageOf<T>(
  all: AsyncIterable<T>,
  { offset, limit }: { offset: number; limit: number },
): Promise<{ items: T[]; hasMore: boolean }> {
  const items: T[] = [];
  if (limit <= 0) return { items, hasMore: false };
  let seen = 0;
  for await (const one of all) {
    seen += 1;
    if (seen <= offset) continue;
    if (items.length === limit) return { items, hasMore: true };
    items.push(one);
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

/** A page of documents of which the ids are known. `from` and `to` bound `createdAt`, inclusive; null is open. */
export interface PageOfIds {
  from: number | null;
  to: number | null;
  offset: number;
  limit: number;
}

/** Returns one page of the documents with these ids that `keep` lets through, the newest first. */
export async function newestOfIds<T extends { id: string; createdAt: number }, Q extends string>(
  reader: DocumentReader,
  collection: CollectionDefinition<T, Q>,
  owner: string,
  ids: readonly string[],
  { from, to, offset, limit }: PageOfIds,
  keep: (document: T) => boolean,
): Promise<{ items: T[]; hasMore: boolean }> {
  const first = from ?? 0;
  const last = to ?? Number.MAX_SAFE_INTEGER;
  const kept: T[] = [];
  for (let at = 0; at < ids.length; at += READ_AT_ONCE) {
    const some = await reader.findMany(collection, owner, ids.slice(at, at + READ_AT_ONCE));
    for (const document of some) {
      const { createdAt } = document;
      if (createdAt >= first && createdAt <= last && keep(document)) kept.push(document);
    }
  }
  kept.sort((a, b) => b.createdAt - a.createdAt);
  return { items: kept.slice(offset, offset + limit), hasMore: kept.length > offset + limit };
}
