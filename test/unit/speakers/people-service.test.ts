import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDiskBlobStore } from '../../../src/blob/adapters/disk/disk-blob-store.ts';
import type { BlobStore } from '../../../src/blob/blob-store.ts';
import { PeopleService } from '../../../src/speakers/people-service.ts';
import { NOW } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

let opened: Awaited<ReturnType<typeof openTestStore>>;
let people: PeopleService;
let now = NOW;
let directory: string;
let blobs: BlobStore;

beforeEach(async () => {
  opened = await openTestStore();
  now = NOW;
  directory = await mkdtemp(join(tmpdir(), 'people-'));
  blobs = await openDiskBlobStore({ directory, fsync: false });
  people = new PeopleService({ store: opened.store, clock: { now: () => now }, blobs });
});
afterEach(async () => {
  await opened.close();
  await rm(directory, { recursive: true });
});

describe('PeopleService', () => {
  it('makes one person a name, by exact name and by user', async () => {
    const ada = await people.createPerson('u', 'Ada');
    expect(await people.createPerson('u', 'Ada')).toEqual(ada);
    expect((await people.createPerson('u', 'ada')).id).not.toBe(ada.id);
    expect((await people.createPerson('v', 'Ada')).id).not.toBe(ada.id);
    expect((await people.listPeople('u')).map(({ name }) => name).sort()).toEqual(['Ada', 'ada']);
  });

  it('renames, and notes when', async () => {
    const ada = await people.createPerson('u', 'Ada');
    now += 1000;
    await people.renamePerson('u', ada.id, 'Ada L.');
    expect(await people.getPerson('u', ada.id)).toEqual({
      ...ada,
      name: 'Ada L.',
      updatedAt: NOW + 1000,
    });
  });

  it('refuses names that are too short or too long', async () => {
    for (const name of ['A', 'x'.repeat(41)]) {
      await expect(people.createPerson('u', name)).rejects.toMatchObject({ code: 'bad-request' });
    }
  });

  it("neither shows, changes nor deletes somebody else's person", async () => {
    const ada = await people.createPerson('u', 'Ada');
    await expect(people.getPerson('v', ada.id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(people.renamePerson('v', ada.id, 'Eve')).rejects.toMatchObject({
      code: 'not-found',
    });
    await people.deletePerson('v', ada.id);
    expect(await people.getPerson('u', ada.id)).toEqual(ada);
    await people.deletePerson('u', ada.id);
    await expect(people.getPerson('u', ada.id)).rejects.toThrow('Person not found');
  });
});
