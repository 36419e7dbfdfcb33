import path from 'node:path';
import { describeBlobs } from '../../blob-engine.ts';

export const disk = describeBlobs({
  name: 'disk',
  title: 'Files on this disk (`BLOBS=disk`)',
  variables: {},
  noticed: [],
  traits: { isShared: false },
  read: (_values, { dataDir }) => ({ directory: path.join(dataDir, 'blobs') }),
  open: async (settings, { fsync }) => {
    const { openDiskBlobStore } = await import('./disk-blob-store.ts');
    return openDiskBlobStore({ ...settings, fsync });
  },
});
