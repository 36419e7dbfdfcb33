import {
  type ConfiguredEngine,
  describeEngine,
  type EngineDescriptor,
  type EngineSettings,
} from '../kernel/engine-settings.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Variables } from '../kernel/read-variables.ts';
import type { UserCipher } from '../kernel/user-cipher.ts';
import type { AnyCollection } from '../model/collection.ts';
import type { DocumentStore } from './document-store.ts';

/** File in the data directory whose lock a server holds as long as it runs. */
export const LOCK_FILE = 'server.lock';

/** What every document store is opened with. */
export interface StoreOptions {
  /** Every collection that will be used. */
  collections: readonly AnyCollection[];
  /** What a commit survives: the death of the process, or also the loss of power. */
  durability: 'process' | 'power';
  /** For collections that the engine encrypts itself; null: nothing is encrypted. */
  cipher: UserCipher | null;
  logger: Logger;
}

export interface StoreTraits {
  /** Names of the collections that the engine encrypts itself, in the form of another program. */
  encryptsItself: readonly string[];
  /** Names of further collections that are not encrypted, because another program reads them. */
  leavesPlain: readonly string[];
}

export type StoreEngine = EngineDescriptor<StoreOptions, DocumentStore, StoreTraits>;
export type ConfiguredStore = ConfiguredEngine<StoreOptions, DocumentStore, StoreTraits>;

/** Returns the descriptor of a document store from its settings. */
export function describeStore<V extends Variables, S extends object>(
  settings: EngineSettings<V, S, StoreOptions, DocumentStore, StoreTraits>,
): StoreEngine {
  return describeEngine(settings);
}
