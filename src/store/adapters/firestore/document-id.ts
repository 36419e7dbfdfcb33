import { createHash } from 'node:crypto';
import { AppError } from '../../../kernel/errors.ts';

/** Returns an id as a segment of a path in Firestore, which allows no slash, `.`, `..` or `__x__`. */
export function toPathSegment(id: string): string {
  if (id === '') throw new AppError('internal', 'A document needs an id.');
  const escaped = id.toWellFormed().replaceAll('%', '%25').replaceAll('/', '%2F');
  const segment = /^(\.\.?|__.*__)$/.test(escaped) ? `%${escaped}` : escaped;
  if (Buffer.byteLength(segment) <= 1500) return segment;
  return `%sha256-${createHash('sha256').update(id).digest('hex')}`;
}
