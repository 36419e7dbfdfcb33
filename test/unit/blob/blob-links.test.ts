import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDiskBlobStore } from '../../../src/blob/adapters/disk/disk-blob-store.ts';
import { BlobLinks } from '../../../src/blob/blob-links.ts';
import type { BlobStore } from '../../../src/blob/blob-store.ts';
import { loadLinkSecret } from '../../../src/blob/link-secret.ts';

const HOUR = 60 * 60_000;

let directory: string;
let store: BlobStore;
const clock = { at: 1_000_000, now: () => clock.at };
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'blob-links-'));
  store = await openDiskBlobStore({
    directory: path.join(directory, 'blobs'),
    fsync: true,
  });
  await store.put('a/file.wav', Uint8Array.of(1, 2, 3));
});
afterEach(() => rm(directory, { recursive: true }));

function links(secret = new Uint8Array(32)): BlobLinks {
  return new BlobLinks({ store, secret, clock });
}

async function tokenOf(from: BlobLinks, key = 'a/file.wav'): Promise<string> {
  return (await from.urlOf(key, 'http://host')).slice('http://host/v1/blobs/'.length);
}

describe('links to files', () => {
  it('work for an hour', async () => {
    const token = await tokenOf(links());
    clock.at += HOUR - 1;
    expect((await links().open(token)).info).toMatchObject({ key: 'a/file.wav', size: 3 });
    clock.at += 1;
    await expect(links().open(token)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('are signed with the secret of this server', async () => {
    const token = await tokenOf(links(new Uint8Array(32).fill(7)));
    await expect(links().open(token)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('are the very texts that were given out', async () => {
    const token = await tokenOf(links());
    const last = token.slice(-1);
    // Texts that base64url decodes to the same bytes, or that it passes over.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = alphabet[alphabet.indexOf(last) ^ 1] ?? '';
    const others = [
      `${token}_`,
      `${token}__`,
      `${token}=`,
      `${token}~`,
      `${token.slice(0, -1)}${twin}`,
    ];
    for (const other of [...others, token.replace('.', '_.'), token.replace('.', '..')]) {
      await expect(links().open(other)).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect((await links().open(token)).info.size).toBe(3);
  });

  it('are those of the engine where it signs its own', async () => {
    const signing = { ...store, signUrl: async (key: string) => `https://cloud/${key}` };
    const cloud = new BlobLinks({ store: signing, secret: new Uint8Array(32), clock });
    expect(await cloud.urlOf('a/file.wav', 'http://host')).toBe('https://cloud/a/file.wav');
  });

  it('fit a path, however long the key', async () => {
    const key = `${'f'.repeat(28)}/${'p'.repeat(80)}/${'x'.repeat(80)}.wav`.replace('.wav', '');
    expect((await tokenOf(links(), key)).length).toBeLessThan(500);
  });
});

describe('the secret of the links', () => {
  it('is made once, for its owner alone', async () => {
    const file = path.join(directory, 'new', 'blob-link.key');
    const made = await Promise.all([1, 2, 3].map(() => loadLinkSecret(file)));
    expect(made[0]).toHaveLength(32);
    expect(made[1]).toEqual(made[0]);
    expect(made[2]).toEqual(made[0]);
    expect(await loadLinkSecret(file)).toEqual(made[0]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(path.dirname(file))).toEqual(['blob-link.key']);
  });

  it('is not guessed where its file is damaged', async () => {
    const file = path.join(directory, 'blob-link.key');
    await writeFile(file, 'short');
    await expect(loadLinkSecret(file)).rejects.toMatchObject({ code: 'invalid-configuration' });
  });
});
