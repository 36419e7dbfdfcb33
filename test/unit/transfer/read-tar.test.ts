import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readTar } from '../../../src/transfer/tar-archive.ts';

const MISSING = path.join(tmpdir(), 'no-such-folder', 'no-such-file.tar');

it.each([
  ['a file that is not there', MISSING, `There is no file ${MISSING}.`],
  ['a folder', tmpdir(), `The archive ${tmpdir()} cannot be read.`],
])('refuses %s with a sentence', async (_, name, message) => {
  await expect(readTar(name).next()).rejects.toMatchObject({ code: 'bad-request', message });
});
