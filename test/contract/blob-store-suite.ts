import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlobStore, ByteRange } from '../../src/blob/blob-store.ts';
import { readBlob } from '../../src/blob/blob-store.ts';

/** A subject for the suite: how to open a store, and how to get rid of it. */
export interface BlobStoreSubject {
  open(): Promise<BlobStore>;
  dispose(): Promise<void>;
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** What every blob store does. */
export function blobStoreSuite(name: string, makeSubject: () => Promise<BlobStoreSubject>): void {
  describe(`blob store: ${name}`, () => {
    let subject: BlobStoreSubject;
    let store: BlobStore;
    beforeAll(async () => {
      subject = await makeSubject();
      store = await subject.open();
    });
    afterAll(() => subject.dispose());

    const text = async (key: string, range: ByteRange | null = null) => {
      const { body } = await store.get(key, range);
      const parts: Buffer[] = [];
      for await (const part of body) parts.push(part as Buffer);
      return Buffer.concat(parts).toString();
    };
    const keys = async (prefix: string) => {
      const found: string[] = [];
      for await (const { key } of store.list(prefix)) found.push(key);
      return found;
    };

    it('gives back what it was given, as bytes or as a stream', async () => {
      const before = Date.now() - 2000;
      const info = await store.put('a/bytes.bin', Uint8Array.of(0, 255, 10, 13, 0));
      expect(info).toMatchObject({ key: 'a/bytes.bin', size: 5 });
      expect(info.storedAt).toBeGreaterThan(before);
      expect(await readBlob(store, 'a/bytes.bin')).toEqual(Buffer.from([0, 255, 10, 13, 0]));

      async function* parts() {
        yield bytes('one ');
        yield bytes('two ');
        yield bytes('three');
      }
      expect((await store.put('a/stream.txt', parts())).size).toBe(13);
      expect(await text('a/stream.txt')).toBe('one two three');
      const { info: whole, body } = await store.get('a/stream.txt', { start: 4, end: 4 });
      body.destroy();
      expect(whole.size).toBe(13);
    });

    it('keeps an empty file', async () => {
      await store.put('a/empty', new Uint8Array(0));
      expect(await store.head('a/empty')).toMatchObject({ size: 0 });
      expect(await text('a/empty')).toBe('');
    });

    it('answers parts of a file, both ends included', async () => {
      await store.put('range/x', bytes('0123456789'));
      expect(await text('range/x', { start: 0, end: 0 })).toBe('0');
      expect(await text('range/x', { start: 3, end: 6 })).toBe('3456');
      expect(await text('range/x', { start: 9, end: 9 })).toBe('9');
      for (const range of [
        { start: 5, end: 10 },
        { start: 4, end: 3 },
        { start: -1, end: 3 },
      ]) {
        await expect(store.get('range/x', range)).rejects.toMatchObject({ code: 'bad-request' });
      }
    });

    it('replaces a file as a whole; who is reading the old one may go on', async () => {
      await store.put('replace/x', bytes('old'.repeat(1000)));
      const { body } = await store.get('replace/x', null);
      await store.put('replace/x', bytes('new'));
      expect(await text('replace/x')).toBe('new');
      let old = '';
      for await (const part of body) old += String(part);
      expect(old).toBe('old'.repeat(1000));
    });

    it('stores nothing where the source fails', async () => {
      async function* broken() {
        yield bytes('half');
        throw new Error('source failed');
      }
      await store.put('broken/kept', bytes('first'));
      await expect(store.put('broken/kept', broken())).rejects.toThrow('source failed');
      await expect(store.put('broken/new', broken())).rejects.toThrow('source failed');
      expect(await text('broken/kept')).toBe('first');
      expect(await keys('broken/')).toEqual(['broken/kept']);
    });

    it('knows what is absent', async () => {
      expect(await store.head('absent/x')).toBeUndefined();
      expect(await readBlob(store, 'absent/x')).toBeUndefined();
      await expect(store.get('absent/x', null)).rejects.toMatchObject({ code: 'not-found' });
      await store.delete('absent/x');
      await store.deletePrefix('absent/');
      expect(await keys('absent/')).toEqual([]);
      // A folder is no file.
      await store.put('absent-not/file', bytes('x'));
      expect(await store.head('absent-not')).toBeUndefined();
      await expect(store.get('absent-not', null)).rejects.toMatchObject({ code: 'not-found' });
    });

    it('lists a folder in the order of the keys, and nothing beside it', async () => {
      const stored = [
        'list/b',
        'list/a/2',
        'list/a/1',
        'list/A/x',
        'list/a b',
        'list2/c',
        'list/a-',
      ];
      for (const key of stored) await store.put(key, bytes(key));
      expect(await keys('list/')).toEqual(
        stored.filter((key) => key.startsWith('list/')).sort((a, b) => (a < b ? -1 : 1)),
      );
      expect(await keys('list/a/')).toEqual(['list/a/1', 'list/a/2']);
    });

    it('keeps keys apart that differ in case or in odd characters', async () => {
      const odd = ['odd/Ab', 'odd/aB', 'odd/%41b', 'odd/a:b', 'odd/a?b', 'odd/.hidden', 'odd/...'];
      for (const key of odd) await store.put(key, bytes(key));
      for (const key of odd) expect(await text(key)).toBe(key);
      expect((await keys('odd/')).sort()).toEqual([...odd].sort());
    });

    it('deletes one file, or a folder and nothing beside it', async () => {
      for (const key of ['del/u1/a', 'del/u1/b/c', 'del/u10/a', 'del/u1.x']) {
        await store.put(key, bytes(key));
      }
      await store.delete('del/u1/a');
      expect(await keys('del/')).toEqual(['del/u1.x', 'del/u1/b/c', 'del/u10/a']);
      await store.deletePrefix('del/u1/');
      expect(await keys('del/')).toEqual(['del/u1.x', 'del/u10/a']);
      await store.delete('del/u10');
      expect(await text('del/u10/a')).toBe('del/u10/a');
    });

    it.each([
      '',
      '/',
      'a//b',
      '/a',
      'a/',
      '..',
      '../x',
      'a/../b',
      'a/./b',
      'a\\b',
      'a\0b',
      'a\nb',
      'ä',
      `a/${'x'.repeat(81)}`,
      Array(90).fill('long').join('/'),
    ])('refuses the key %j', async (key) => {
      const refused = { code: 'bad-request' };
      await expect(store.put(key, bytes('x'))).rejects.toMatchObject(refused);
      await expect(store.get(key, null)).rejects.toMatchObject(refused);
      await expect(store.head(key)).rejects.toMatchObject(refused);
      await expect(store.delete(key)).rejects.toMatchObject(refused);
      await expect(store.deletePrefix(`${key}/`)).rejects.toMatchObject(refused);
      await expect(keys(`${key}/`)).rejects.toMatchObject(refused);
    });

    it('refuses a prefix that is no folder', async () => {
      await expect(store.deletePrefix('del')).rejects.toMatchObject({ code: 'bad-request' });
      await expect(keys('del')).rejects.toMatchObject({ code: 'bad-request' });
    });

    it('holds what was written at once', async () => {
      const many = Array.from({ length: 20 }, (_, i) => `many/${i % 4}/${i}`);
      await Promise.all(many.map((key) => store.put(key, bytes(key))));
      await Promise.all([
        ...many.slice(0, 10).map((key) => store.delete(key)),
        ...many.slice(0, 10).map((key) => store.put(`${key}-again`, bytes(key))),
      ]);
      const expected = [...many.slice(10), ...many.slice(0, 10).map((key) => `${key}-again`)];
      expect((await keys('many/')).sort()).toEqual(expected.sort());
    });

    it('still has everything when it is opened again', async () => {
      await store.put('again/x', bytes('kept'));
      store = await subject.open();
      expect(await text('again/x')).toBe('kept');
    });
  });
}
