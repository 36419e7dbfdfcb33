import { firestore } from './adapters/firestore/firestore.settings.ts';
import { sqlite } from './adapters/sqlite/sqlite.settings.ts';
import type { StoreEngine } from './store-engine.ts';

/** The document stores that `STORE` chooses from; the first is the default. */
export const STORE_ENGINES: readonly [StoreEngine, ...StoreEngine[]] = [sqlite, firestore];
