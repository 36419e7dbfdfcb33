import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataDirectory } from '../../../src/kernel/private-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'omi-private-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inside = (...names: string[]) => path.join(folder, ...names);
const modeOf = (file: string) => statSync(file).mode & 0o777;

describe('createDataDirectory', () => {
  it('creates the folder and those above it for their owner only', async () => {
    await createDataDirectory(inside('a', 'b', 'c'));
    expect([modeOf(inside('a')), modeOf(inside('a', 'b', 'c'))]).toEqual([0o700, 0o700]);
  });

  it('leaves a folder that is there, and one behind a link, as they are', async () => {
    await createDataDirectory(inside('a'));
    symlinkSync(inside('a'), inside('link'));
    await createDataDirectory(inside('link'));
    await createDataDirectory(inside('link', 'b'));
    expect(statSync(inside('a', 'b')).isDirectory()).toBe(true);
  });

  it('creates one folder for several that ask at once', async () => {
    const asked = Array.from({ length: 5 }, () => createDataDirectory(inside('x', 'y', 'z')));
    await expect(Promise.all(asked)).resolves.toHaveLength(5);
  });

  it.each([
    ['is a file', ['file'], 'it is a file'],
    ['is below a file', ['file', 'data'], 'ENOTDIR'],
    ['is a link that leads nowhere', ['nowhere'], 'ENOENT'],
    ['is below a link that leads nowhere', ['nowhere', 'data'], 'ENOENT'],
  ])('says what to do if the path %s', async (_, names, reason) => {
    writeFileSync(inside('file'), '');
    symlinkSync(inside('missing'), inside('nowhere'));
    const created = createDataDirectory(inside(...names));
    await expect(created).rejects.toMatchObject({
      code: 'invalid-configuration',
      message: expect.stringMatching(
        new RegExp(`^The data directory ${inside(...names)} .*${reason}.* set DATA_DIR`),
      ),
    });
  });

  it.runIf(process.platform === 'linux')('ends below a folder that takes no entries', async () => {
    await expect(createDataDirectory('/proc/omi-data')).rejects.toThrow('ENOENT');
  });
});
