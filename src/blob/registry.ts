import { disk } from './adapters/disk/disk.settings.ts';
import { gcs } from './adapters/gcs/gcs.settings.ts';
import type { BlobEngine } from './blob-engine.ts';

/** The blob stores that `BLOBS` chooses from; the first is the default. */
export const BLOB_ENGINES: readonly [BlobEngine, ...BlobEngine[]] = [disk, gcs];
