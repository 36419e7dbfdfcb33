import type { BlobStore } from './blob-store.ts';

export interface BlobStoreOptions {
  /** Directory of the files, for the engines that have one. */
  directory: string;
  /** Flush each file to the disk itself before it counts as stored. */
  fsync: boolean;
}

const loaders = {
  disk: async (options: BlobStoreOptions): Promise<BlobStore> =>
    (await import('./adapters/disk/disk-blob-store.ts')).openDiskBlobStore(options),
};

export type BlobEngine = keyof typeof loaders;

/** Opens the blob store of the named engine. */
export function openBlobStore(engine: BlobEngine, options: BlobStoreOptions): Promise<BlobStore> {
  return loaders[engine](options);
}
