import { Timestamp } from '@google-cloud/firestore';
import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';

/** The end of a page: the stored value of the order field (null among the last) and the path segment. */
export interface Position {
  value: unknown;
  segment: string;
}

// Omi's times have microseconds: rounded to milliseconds, a cursor would repeat or skip documents.
const positionSchema = z.tuple([
  z.union([z.string(), z.number(), z.null(), z.object({ s: z.number(), n: z.number() })]),
  z.string().min(1),
]);

export function encodeCursor({ value, segment }: Position): string {
  const plain = value instanceof Timestamp ? { s: value.seconds, n: value.nanoseconds } : value;
  return Buffer.from(JSON.stringify([plain ?? null, segment])).toString('base64url');
}

/** @throws AppError `bad-request` if the cursor was not made by this store */
export function decodeCursor(cursor: string): Position {
  try {
    const text = Buffer.from(cursor, 'base64url').toString('utf8');
    const [value, segment] = positionSchema.parse(JSON.parse(text));
    const isTime = typeof value === 'object' && value !== null;
    return { value: isTime ? new Timestamp(value.s, value.n) : value, segment };
  } catch (cause) {
    throw new AppError('bad-request', 'The cursor is invalid.', { cause });
  }
}
