import { AppError } from '../../kernel/errors.ts';
import { shortId } from '../terminal.ts';

const MIN_PREFIX = 4;

/**
 * Returns the one entry whose id is, or begins with, what the user typed.
 *
 * @param what for the message: `conversation`
 * @throws AppError `not-found`, or `bad-request` if the beginning is too short or fits several
 */
export function findById<T extends { id: string }>(
  entries: readonly T[],
  typed: string,
  what: string,
): T {
  const wanted = typed.trim().toLowerCase();
  const exact = entries.find(({ id }) => id.toLowerCase() === wanted);
  if (exact) return exact;
  if (wanted.length < MIN_PREFIX) {
    throw new AppError(
      'bad-request',
      `"${typed}": give at least ${MIN_PREFIX} characters of the id.`,
    );
  }
  const [found, ...others] = entries.filter(({ id }) => id.toLowerCase().startsWith(wanted));
  if (!found) throw new AppError('not-found', `There is no ${what} "${typed}".`);
  if (others.length > 0) {
    const ids = [found, ...others].map(({ id }) => shortId(id)).join(', ');
    throw new AppError('bad-request', `"${typed}" fits several: ${ids}. Give more of the id.`);
  }
  return found;
}
