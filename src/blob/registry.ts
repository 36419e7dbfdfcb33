import { AppError } from '../kernel/errors.ts';
import type { BlobStore } from './blob-store.ts';

export interface BlobStoreOptions {
  /** Directory of the files, for the engines that have one. */
  directory: string;
  /** Flush each file to the disk itself before it counts as stored. */
  fsync: boolean;
  /** Null for the engines that need none. */
  gcs: GcsOptions | null;
}

export interface GcsOptions {
  /** A server that speaks the protocol; null for Google's. */
  baseUrl: string | null;
  /** `other` takes what has no bucket of its own. */
  buckets: {
    speechProfiles: string;
    recordings: string;
    other: string;
    chatFiles: string | null;
  };
  /** Google's service account as JSON; null for what the environment offers. */
  serviceAccountJson: string | null;
}

const loaders = {
  disk: async (options: BlobStoreOptions): Promise<BlobStore> =>
    (await import('./adapters/disk/disk-blob-store.ts')).openDiskBlobStore(options),
  gcs: async ({ gcs }: BlobStoreOptions): Promise<BlobStore> => {
    if (!gcs) throw new AppError('invalid-configuration', 'BLOBS=gcs has no buckets.');
    const { openGcsBlobStore } = await import('./adapters/gcs/gcs-blob-store.ts');
    return openGcsBlobStore(gcs);
  },
};

export type BlobEngine = keyof typeof loaders;

/** Opens the blob store of the named engine. */
export function openBlobStore(engine: BlobEngine, options: BlobStoreOptions): Promise<BlobStore> {
  return loaders[engine](options);
}
