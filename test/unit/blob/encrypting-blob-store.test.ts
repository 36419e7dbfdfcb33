import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDiskBlobStore } from '../../../src/blob/adapters/disk/disk-blob-store.ts';
import { type BlobStore, readBlob } from '../../../src/blob/blob-store.ts';
import { EncryptingBlobStore } from '../../../src/blob/encrypting-blob-store.ts';
import { importFolder } from '../../../src/conversations/archives/limitless-import.ts';
import { recordingsFolder } from '../../../src/conversations/recording-keys.ts';
import { createUserCipher } from '../../../src/kernel/user-cipher.ts';
import { syncFolder } from '../../../src/offline-sync/after-sync.ts';
import { userFolder as speechFolder } from '../../../src/speakers/speech-keys.ts';
import { ownerOfFile, userFolders } from '../../../src/transfer/user-folders.ts';

const KIB = 1024;
const cipher = createUserCipher('a secret of more than thirty-two bytes');
const KEY = 'recordings/u1/a.opus';

let folder: string;
let plain: BlobStore;
let store: BlobStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'encrypted-'));
  plain = await openDiskBlobStore({ directory: folder, fsync: false });
  store = new EncryptingBlobStore(plain, { cipher, ownerOf: ownerOfFile });
});
afterAll(() => rm(folder, { recursive: true }));

async function part(key: string, start: number, end: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const bytes of (await store.get(key, { start, end })).body) parts.push(bytes);
  return Buffer.concat(parts);
}

describe('encrypted files', () => {
  it.each([0, 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 200 * KIB])(
    'of %i bytes come back, whole and in parts, with their plain sizes',
    async (size) => {
      const bytes = randomBytes(size);
      async function* uneven() {
        for (let at = 0; at < size; at += 7_001) yield bytes.subarray(at, at + 7_001);
      }
      expect((await store.put(KEY, uneven())).size).toBe(size);
      expect((await store.head(KEY))?.size).toBe(size);
      const listed: number[] = [];
      for await (const info of store.list('recordings/u1/')) listed.push(info.size);
      expect(listed).toEqual([size]);
      expect(await readBlob(store, KEY)).toEqual(bytes);
      const edges = [0, 1, 65_535, 65_536, 65_537, 131_072, size - 1].filter(
        (at) => at >= 0 && at < size,
      );
      for (const start of edges) {
        for (const end of edges.filter((at) => at >= start)) {
          expect((await part(KEY, start, end)).equals(bytes.subarray(start, end + 1))).toBe(true);
        }
      }
    },
  );

  it('hold nothing in plain; those of nobody do', async () => {
    await store.put(KEY, Buffer.from('the lighthouse keeper'));
    expect(await readFile(join(folder, KEY), 'latin1')).not.toContain('lighthouse');
    await store.put('audio-log/x/1.chunk', Buffer.from('the lighthouse keeper'));
    expect(await readFile(join(folder, 'audio-log/x/1.chunk'), 'latin1')).toContain('lighthouse');
  });

  it.each([
    ['archives that are imported', importFolder],
    ['files of devices', syncFolder],
    ['recordings', recordingsFolder],
    ['samples of voices', speechFolder],
  ])('of %s are those of their user, and hold nothing in plain', async (_what, folderOf) => {
    const uid = 'a user/1';
    expect(userFolders(uid)).toContain(folderOf(uid));
    await store.put(`${folderOf(uid)}one.bin`, Buffer.from('the lighthouse keeper'));
    const parts = await plain.get(`${folderOf(uid)}one.bin`, null);
    const bytes: Buffer[] = [];
    for await (const part of parts.body) bytes.push(part);
    expect(Buffer.concat(bytes).toString('latin1')).not.toContain('lighthouse');
  });

  it('that were stored in plain stay readable', async () => {
    const bytes = randomBytes(100 * KIB);
    await plain.put(KEY, bytes);
    expect((await store.head(KEY))?.size).toBe(bytes.length);
    expect(await readBlob(store, KEY)).toEqual(bytes);
    expect(await part(KEY, 70_000, 70_001)).toEqual(bytes.subarray(70_000, 70_002));
  });

  it('that were changed, cut or belong to somebody else are an error', async () => {
    const file = join(folder, KEY);
    await store.put(KEY, randomBytes(150 * KIB));
    const encrypted = await readFile(file);
    const other = 'recordings/u2/a.opus';
    await plain.put(other, encrypted);
    await expect(readBlob(store, other)).rejects.toThrow(/cannot be decrypted/);
    const block = 64 * KIB + 45;
    const changed = Buffer.from(encrypted);
    changed[100] = (changed[100] ?? 0) ^ 1;
    const swapped = Buffer.concat([
      encrypted.subarray(0, 16),
      encrypted.subarray(16 + block, 16 + 2 * block),
      encrypted.subarray(16, 16 + block),
      encrypted.subarray(16 + 2 * block),
    ]);
    const whole = encrypted.subarray(0, 16 + 2 * block);
    for (const bytes of [changed, swapped, whole, encrypted.subarray(0, -1)]) {
      await writeFile(file, bytes);
      await expect(readBlob(store, KEY)).rejects.toMatchObject({ name: 'AppError' });
    }
  });
});
