import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBlobStore } from '../../src/blob/registry.ts';
import { blobStoreSuite } from './blob-store-suite.ts';

blobStoreSuite('disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blobs-'));
  return {
    open: () =>
      openBlobStore('disk', { directory: join(folder, 'blobs'), fsync: false, gcs: null }),
    dispose: () => rm(folder, { recursive: true }),
  };
});
