import { DateTime } from 'luxon';
import { z } from 'zod';
import type { ListPage } from '../../store/collection.ts';
import { parseZonedIso } from '../local-time.ts';
import { ToolInputError } from './chat-tool.ts';

/** The id of a record. */
export const recordId = z.string().min(1).max(200);

/** Arguments by which lists are paged. */
export function pageArguments(defaultLimit: number, maxLimit: number) {
  return {
    limit: z.number().int().min(1).max(maxLimit).default(defaultLimit),
    offset: z.number().int().min(0).max(100_000).default(0),
    cursor: z.string().max(2000).optional().describe('next_cursor of the page before'),
  };
}

/** The page that arguments ask for. @throws `ToolInputError` for a cursor with an offset */
export function pageOf(args: {
  limit: number;
  offset: number;
  cursor?: string | undefined;
}): ListPage {
  const cursor = args.cursor || null;
  if (cursor !== null && args.offset > 0) {
    throw new ToolInputError('cursor and offset cannot be used together');
  }
  return { cursor, offset: args.offset, limit: args.limit };
}

/** An argument that is a day or a time. */
export function dayOrTime(meaning: string) {
  return z
    .string()
    .max(40)
    .optional()
    .describe(`${meaning}: YYYY-MM-DD in the user's time zone, or ISO 8601 with a time zone`);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Epoch milliseconds of such an argument; null if it is not given. A day stands for its first moment
 * as a `start`, for its last one as an `end`.
 *
 * @throws `ToolInputError`
 */
export function readDayOrTime(
  name: string,
  text: string | undefined,
  timeZone: string,
  edge: 'start' | 'end',
): number | null {
  const given = text?.trim();
  if (!given) return null;
  if (DAY.test(given)) {
    const day = DateTime.fromISO(given, { zone: timeZone });
    if (day.isValid) return (edge === 'start' ? day.startOf('day') : day.endOf('day')).toMillis();
  }
  const time = parseZonedIso(given);
  if (time !== undefined) return time;
  throw new ToolInputError(`${name} must be YYYY-MM-DD or ISO 8601 with a time zone`);
}
