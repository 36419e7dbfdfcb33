import {
  type ConfiguredEngine,
  describeEngine,
  type EngineDescriptor,
  type EngineSettings,
} from '../kernel/engine-settings.ts';
import type { Variables } from '../kernel/read-variables.ts';
import type { BlobStore } from './blob-store.ts';

/** What every blob store is opened with. */
export interface BlobOptions {
  /** Flush each file to the disk itself before it counts as stored. */
  fsync: boolean;
}

export interface BlobTraits {
  /** True if other machines see the same files. */
  isShared: boolean;
}

export type BlobEngine = EngineDescriptor<BlobOptions, BlobStore, BlobTraits>;
export type ConfiguredBlobs = ConfiguredEngine<BlobOptions, BlobStore, BlobTraits>;

/** Returns the descriptor of a blob store from its settings. */
export function describeBlobs<V extends Variables, S extends object>(
  settings: EngineSettings<V, S, BlobOptions, BlobStore, BlobTraits>,
): BlobEngine {
  return describeEngine(settings);
}
