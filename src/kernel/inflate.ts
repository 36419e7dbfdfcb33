import { promisify } from 'node:util';
import { inflate, inflateSync } from 'node:zlib';
import { AppError } from './errors.ts';

/** What a part of a transcript may unpack to; a real one has a hundredth of it. */
const MAX_BYTES = 64 * 1024 * 1024;
const LIMIT = { maxOutputLength: MAX_BYTES };

const inflateAsync = promisify(inflate);

/**
 * Unpacks zlib bytes. A few kilobytes can unpack to gigabytes: what is too large is refused.
 *
 * @throws AppError `bad-request`
 */
export async function inflateText(bytes: Uint8Array): Promise<string> {
  try {
    return (await inflateAsync(bytes, LIMIT)).toString('utf8');
  } catch (cause) {
    throw notReadable(cause);
  }
}

/** The same at once, for callers that cannot wait. @throws AppError `bad-request` */
export function inflateTextSync(bytes: Uint8Array): string {
  try {
    return inflateSync(bytes, LIMIT).toString('utf8');
  } catch (cause) {
    throw notReadable(cause);
  }
}

function notReadable(cause: unknown): AppError {
  return new AppError('bad-request', 'A compressed text is damaged, or unpacks to too much.', {
    cause,
  });
}
