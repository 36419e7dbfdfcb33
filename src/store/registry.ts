import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { AnyCollection } from '../model/collection.ts';
import type { DocumentStore } from './document-store.ts';

export interface DocumentStoreOptions {
  /** Path of the database file, for the engines that have one. */
  path: string;
  collections: readonly AnyCollection[];
  /** What a commit survives: the death of the process, or also the loss of power. */
  durability: 'process' | 'power';
  logger: Logger;
}

type Open = (options: DocumentStoreOptions) => Promise<DocumentStore>;

/** The engines, each loaded when it is asked for. */
const engines = new Map<string, Open>([
  [
    'sqlite',
    async (options) => {
      const { openSqliteStore } = await import('./adapters/sqlite/sqlite-store.ts');
      return openSqliteStore(options);
    },
  ],
]);

/** Opens the document store of the named engine. @throws AppError `invalid-configuration` */
export async function openDocumentStore(
  engine: string,
  options: DocumentStoreOptions,
): Promise<DocumentStore> {
  const open = engines.get(engine);
  if (!open) {
    const choices = [...engines.keys()].join(', ');
    throw new AppError(
      'invalid-configuration',
      `There is no document store "${engine}"; STORE takes: ${choices}.`,
    );
  }
  return open(options);
}
