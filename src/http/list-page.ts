import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import { queryInt, queryTime } from './query-types.ts';

/** Largest page of a list for programs. */
const MAX_LIMIT = 1000;

/** Where a page begins: after a cursor or an offset. */
export interface RequestedPage {
  cursor: string | null;
  offset: number;
  limit: number;
}

/** Query parameters of a list for programs: pages by `offset`, as Omi has them, or by `cursor`. */
export function pageQuery(defaultLimit: number) {
  return {
    limit: queryInt({ min: 1, max: MAX_LIMIT }).default(defaultLimit),
    offset: queryInt({ min: 0, max: 1_000_000 }).default(0),
    cursor: z.string().max(2000).optional().describe('`X-Next-Cursor` of the page before'),
    updated_since: queryTime()
      .optional()
      .describe('Only what was changed at or after this time, by its last change, oldest first'),
  };
}

/** The page that a query asks for. @throws AppError `bad-request` for a cursor with an offset */
export function pageOf(query: {
  limit: number;
  offset: number;
  cursor?: string | undefined;
}): RequestedPage {
  const cursor = query.cursor || null;
  if (cursor !== null && query.offset > 0) {
    throw new AppError('bad-request', 'cursor and offset cannot be used together.');
  }
  return { cursor, offset: query.offset, limit: query.limit };
}

/** Returns the items of a page, and says in a header how to get the next one. */
export function sendPage<T>(
  reply: FastifyReply,
  { items, nextCursor }: { items: readonly T[]; nextCursor: string | null },
): readonly T[] {
  if (nextCursor !== null) reply.header('x-next-cursor', nextCursor);
  return items;
}

/** The names in a comma list. @throws AppError `bad-request` for one that is not allowed */
export function categoriesOf(text: string | undefined, allowed: readonly string[]): string[] {
  const names = (text ?? '').split(',').flatMap((name) => name.trim() || []);
  const unknown = names.find((name) => !allowed.includes(name));
  if (unknown === undefined) return names;
  throw new AppError(
    'bad-request',
    `Invalid category '${unknown.slice(0, 50)}'. Use some of: ${allowed.join(', ')}`,
  );
}
