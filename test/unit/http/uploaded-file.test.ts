import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acceptUploads, streamUploadedFiles } from '../../../src/http/uploaded-file.ts';

const LIMITS = { maxBytes: 2_000, maxTotalBytes: 3_000, maxFiles: 3 };

let app: FastifyInstance;
/** Names of files that were read to their end. */
let whole: string[];
beforeEach(async () => {
  whole = [];
  app = Fastify();
  await acceptUploads(app);
  app.post('/files', async (request) => {
    for await (const { name, bytes } of streamUploadedFiles(request, 'files', LIMITS)) {
      for await (const _ of bytes);
      whole.push(name);
    }
    return whole;
  });
});
afterEach(() => app.close());

/** Sends files without saying how long the body is. */
async function send(sizes: readonly number[]): Promise<string> {
  const parts = sizes.flatMap((size, i) => [
    Buffer.from(
      `--x\r\ncontent-disposition: form-data; name="files"; filename="${i}.bin"\r\n` +
        'content-type: application/octet-stream\r\n\r\n',
    ),
    Buffer.alloc(size, 7),
    Buffer.from('\r\n'),
  ]);
  const answer = await app.inject({
    method: 'POST',
    url: '/files',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    payload: Readable.from([...parts, Buffer.from('--x--\r\n')]),
  });
  return answer.body;
}

it('files are read while the limits hold', async () => {
  expect(JSON.parse(await send([2_000, 1_000]))).toEqual(['0.bin', '1.bin']);
});

it.each([
  ['one file', [1_000, 2_001], /A file is larger than/, ['0.bin']],
  ['all files', [1_500, 1_501], /The files are larger than/, ['0.bin']],
  ['the number of files', [1, 1, 1, 1], /more than 3 files/, ['0.bin', '1.bin', '2.bin']],
] as const)(
  'a body of unknown length is refused at the limit of %s',
  async (_of, sizes, reason, read) => {
    expect(await send(sizes)).toMatch(reason);
    expect(whole).toEqual(read);
  },
);
