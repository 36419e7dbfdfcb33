import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readTar } from '../../../src/transfer/tar-archive.ts';

it.each(['no-such-file.tar', '.'])('refuses %s with a sentence', async (name) => {
  const archive = readTar(path.join(tmpdir(), 'no-such-folder', name));
  await expect(archive.next()).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('cannot be read'),
  });
});
