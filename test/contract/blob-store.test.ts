import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBlobStore } from '../../src/blob/registry.ts';
import { GcsSimulator } from '../simulators/gcs-simulator.ts';
import { blobStoreSuite } from './blob-store-suite.ts';

blobStoreSuite('disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blobs-'));
  return {
    open: () =>
      openBlobStore('disk', { directory: join(folder, 'blobs'), fsync: false, gcs: null }),
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
    open: () => openBlobStore('gcs', { directory: '', fsync: false, gcs }),
    dispose: () => simulator.stop(),
  };
});
