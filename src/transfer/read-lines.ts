import { StringDecoder } from 'node:string_decoder';
import { AppError } from '../kernel/errors.ts';

/** Characters of one line; the largest document, a photo, has less than a million. */
const MAX_LINE = 32 * 1024 * 1024;

/**
 * The lines of a text that comes in parts, without their ends; a last line needs none.
 *
 * @throws AppError `bad-request` if a line is longer than any document
 */
export async function* readLines(parts: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let begun: string[] = [];
  let length = 0;
  for await (const part of parts) {
    const [first = '', ...others] = decoder.write(Buffer.from(part)).split('\n');
    begun.push(first);
    length += first.length;
    if (length > MAX_LINE) throw new AppError('bad-request', 'A line of the archive is too long.');
    for (const next of others) {
      yield begun.join('').replace(/\r$/, '');
      begun = [next];
      length = next.length;
    }
  }
  const last = begun.join('') + decoder.end();
  if (last !== '') yield last;
}
