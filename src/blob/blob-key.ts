import { AppError } from '../kernel/errors.ts';

/** Longest part of a key, so that an engine can escape every character and still name a file. */
const MAX_PART_LENGTH = 80;
const MAX_KEY_LENGTH = 400;
/** Printable ASCII without the two slashes. */
const PART = /^[\x20-\x2e\x30-\x5b\x5d-\x7e]+$/;

/**
 * Checks a key: parts of 1 to 80 printable ASCII characters, joined by `/`, none of them `.` or `..`, at
 * most 400 characters in all.
 *
 * @throws AppError `bad-request`
 */
export function assertBlobKey(key: string): void {
  if (key.length > MAX_KEY_LENGTH || !key.split('/').every(isPart)) {
    throw new AppError('bad-request', 'The name of the file is not valid.');
  }
}

/** Checks a folder: a key with a final `/`. @throws AppError `bad-request` */
export function assertBlobPrefix(prefix: string): void {
  if (!prefix.endsWith('/')) {
    throw new AppError('bad-request', 'The name of a folder ends with a slash.');
  }
  assertBlobKey(prefix.slice(0, -1));
}

function isPart(part: string): boolean {
  return part.length <= MAX_PART_LENGTH && PART.test(part) && part !== '.' && part !== '..';
}
