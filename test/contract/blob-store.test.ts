import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDiskBlobStore } from '../../src/blob/adapters/disk/disk-blob-store.ts';
import { openGcsBlobStore } from '../../src/blob/adapters/gcs/gcs-blob-store.ts';
import { EncryptingBlobStore } from '../../src/blob/encrypting-blob-store.ts';
import { createUserCipher } from '../../src/kernel/user-cipher.ts';
import { GcsSimulator } from '../simulators/gcs-simulator.ts';
import { blobStoreSuite } from './blob-store-suite.ts';

blobStoreSuite('disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blobs-'));
  return {
    open: () => openDiskBlobStore({ directory: join(folder, 'blobs'), fsync: false }),
    dispose: () => rm(folder, { recursive: true }),
  };
});

blobStoreSuite('gcs', async () => {
  const simulator = await GcsSimulator.start();
  const buckets = {
    speechProfiles: 'speech-bucket',
    recordings: 'recordings-bucket',
    other: 'other-bucket',
    chatFiles: 'chat-bucket',
  };
  const gcs = { baseUrl: simulator.url, buckets, serviceAccountJson: null };
  return {
    open: () => openGcsBlobStore(gcs),
    dispose: () => simulator.stop(),
  };
});

blobStoreSuite('disk, encrypted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blobs-'));
  const cipher = createUserCipher('a secret of more than thirty-two bytes');
  return {
    open: async () =>
      new EncryptingBlobStore(
        await openDiskBlobStore({
          directory: join(folder, 'blobs'),
          fsync: false,
        }),
        { cipher, ownerOf: () => 'u1' },
      ),
    dispose: () => rm(folder, { recursive: true }),
  };
});
