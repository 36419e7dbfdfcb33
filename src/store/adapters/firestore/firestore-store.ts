import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { Firestore, Timestamp } from '@google-cloud/firestore';
import { AppError } from '../../../kernel/errors.ts';
import type { EventBus } from '../../../kernel/event-bus.ts';
import type { Logger } from '../../../kernel/logger.ts';
import type { UserCipher } from '../../../kernel/user-cipher.ts';
import {
  type AnyCollection,
  type CollectionDefinition,
  GLOBAL,
} from '../../../model/collection.ts';
import type { DomainEvents } from '../../../model/domain-events.ts';
import type { DocumentStore, Page, QueryRequest, Transaction } from '../../document-store.ts';
import { KeyedTurns } from '../../keyed-turns.ts';
import { createStoreEvents } from '../../store-events.ts';
import { commit, storageError } from './commit.ts';
import { type CollectionAccess, DocumentAccess, type StoredWrite } from './document-access.ts';
import { toPathSegment } from './document-id.ts';
import { FirestoreTransaction } from './firestore-transaction.ts';
import { Layout } from './layout.ts';
import { OMI_FORMS } from './omi-forms.ts';
import { PhotoAccess } from './photo-access.ts';
import type { AnyQueryRequest } from './query-plan.ts';
import { TranscriptAccess } from './transcript-access.ts';
import { WritePace } from './write-pace.ts';

/** A transaction's function runs again at most this often after conflicts. */
const RERUN_LIMIT = 5;
/** Users that `listOwners` checks at the same time. */
const OWNERS_AT_ONCE = 20;

export interface FirestoreStoreOptions {
  /** Google Cloud's project; null: what the credentials say. */
  projectId: string | null;
  /** Null: `(default)`. */
  databaseId: string | null;
  /** The key of a service account as JSON; null: the machine's credentials. */
  serviceAccountJson: string | null;
  collections: readonly AnyCollection[];
  /** Encrypts transcripts, and decrypts those that Omi has encrypted; null: they are stored in plain. */
  cipher: UserCipher | null;
  logger: Logger;
  /**
   * For tests: called before each commit with the number of the run (from 1). If it returns
   * `conflict`, the function runs again, as if the documents that it read had changed.
   */
  beforeCommit?: (run: number) => 'conflict' | undefined;
}

/** Opens the document store in Firestore, or in the emulator that `FIRESTORE_EMULATOR_HOST` names. */
export async function openFirestoreStore(options: FirestoreStoreOptions): Promise<DocumentStore> {
  const { projectId, databaseId, serviceAccountJson } = options;
  const firestore = new Firestore({
    ...(projectId === null ? {} : { projectId }),
    ...(databaseId === null ? {} : { databaseId }),
    ...(serviceAccountJson === null ? {} : { credentials: readServiceAccount(serviceAccountJson) }),
    ignoreUndefinedProperties: true,
  });
  return new FirestoreStore(firestore, options);
}

class FirestoreStore implements DocumentStore {
  readonly events: EventBus<DomainEvents>;
  /** Google has its own tools for backups. */
  readonly snapshot = null;
  readonly #firestore: Firestore;
  readonly #collections: readonly AnyCollection[];
  readonly #accesses = new Map<string, CollectionAccess>();
  readonly #turns = new KeyedTurns();
  readonly #pace = new WritePace();
  readonly #logger: Logger;
  readonly #beforeCommit: FirestoreStoreOptions['beforeCommit'];
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(firestore: Firestore, options: FirestoreStoreOptions) {
    this.#firestore = firestore;
    this.#collections = options.collections;
    this.#logger = options.logger;
    this.events = createStoreEvents(options.logger);
    this.#beforeCommit = options.beforeCommit;
    for (const definition of options.collections) {
      const layout = new Layout(definition, OMI_FORMS.get(definition.name), options.cipher);
      this.#accesses.set(definition.name, accessTo(firestore, layout, options.cipher));
    }
  }

  async find<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
  ): Promise<T | undefined> {
    return (await this.findMany(collection, owner, [id]))[0];
  }

  async findMany<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    ids: readonly string[],
  ): Promise<T[]> {
    const named = ids.filter((id) => id !== '');
    const rows = await this.#read(() => this.#access(collection, owner).rows(owner, named));
    return rows.flatMap(({ document }) => (document ? [document as T] : []));
  }

  async query<T extends { id: string }, Q extends string>(
    collection: CollectionDefinition<T, Q>,
    owner: string,
    request: QueryRequest<T, Q>,
  ): Promise<Page<T>> {
    const access = this.#access(collection, owner);
    const page = await this.#read(() => access.page(owner, request as AnyQueryRequest));
    return {
      items: page.rows.flatMap(({ document }) => (document ? [document as T] : [])),
      nextCursor: page.nextCursor,
    };
  }

  transact<R>(fn: (tx: Transaction) => Promise<R> | R): Promise<R> {
    if (this.#closing) return Promise.reject(closedError());
    const running = this.#transact(fn).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return paused(running);
  }

  async #transact<R>(fn: (tx: Transaction) => Promise<R> | R): Promise<Committed<R>> {
    let outcome = await this.#attempt(fn, 1);
    for (let run = 2; 'conflictOn' in outcome; run += 1) {
      if (run > RERUN_LIMIT + 1) {
        throw new AppError(
          'conflict',
          `Transaction conflict: gave up after ${RERUN_LIMIT + 1} attempts.`,
        );
      }
      // Transactions that conflict over one document run again one after the other, so that each succeeds.
      outcome = await this.#turns.run(outcome.conflictOn, () => this.#attempt(fn, run));
    }
    return outcome;
  }

  async #attempt<R>(
    fn: (tx: Transaction) => Promise<R> | R,
    run: number,
  ): Promise<Committed<R> | { conflictOn: string }> {
    const tx = new FirestoreTransaction(
      (collection, owner) => this.#access(collection, owner),
      this.events,
    );
    let result: R;
    let writes: StoredWrite[];
    try {
      result = await fn(tx);
      tx.end();
      writes = await tx.writes();
    } catch (error) {
      throw 'code' in Object(error) && typeof Object(error).code === 'number'
        ? storageError(error)
        : error;
    } finally {
      tx.end();
    }
    if (this.#beforeCommit?.(run) === 'conflict') return { conflictOn: '' };
    const committed = await commit(this.#firestore, tx.marks, writes);
    if (committed !== 'done') return committed;
    for (const effect of tx.effects) this.#runEffect(effect);
    const paths = writes.map(({ path }) => path);
    return { result, pauseMs: this.#pace.note(paths, Date.now()) };
  }

  /** An effect that throws does not undo the commit. */
  #runEffect(effect: () => void): void {
    try {
      effect();
    } catch (error) {
      this.#logger.error({ err: error }, 'after-commit effect failed');
    }
  }

  async listOwners(): Promise<string[]> {
    const users = await this.#read(() => this.#firestore.collection('users').listDocuments());
    const owners: string[] = [];
    for (let from = 0; from < users.length; from += OWNERS_AT_ONCE) {
      const part = users.slice(from, from + OWNERS_AT_ONCE);
      const owned = await this.#read(() =>
        Promise.all(part.map(async (user) => (await user.listCollections()).length > 0)),
      );
      owners.push(...part.filter((_, i) => owned[i]).map((user) => fromPathSegment(user.id)));
    }
    return owners.sort();
  }

  /** Deletes everything below the user, including collections of other programs. */
  async deleteOwner(owner: string): Promise<void> {
    const user = this.#firestore.doc(`users/${toPathSegment(owner)}`);
    for (const collection of await this.#read(() => user.listCollections())) {
      await this.#read(() => this.#firestore.recursiveDelete(collection));
    }
  }

  async *exportOwner(
    owner: string,
  ): AsyncGenerator<{ collection: string; document: { id: string } }> {
    const scope = owner === GLOBAL ? 'global' : 'user';
    this.#assertOpen();
    for (const definition of this.#collections) {
      if (definition.scope !== scope) continue;
      const documents = this.#access(definition, owner).all(owner);
      for await (const document of documents) yield { collection: definition.name, document };
    }
  }

  async check(): Promise<void> {
    const mark = this.#firestore.doc(`server_checks/${toPathSegment(hostname())}`);
    await this.#read(() => mark.set({ checked_at: Timestamp.now() }));
    await this.#read(() => mark.get());
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Transactions that have begun are committed; new ones are refused.
    await Promise.allSettled(this.#running);
    await this.#firestore.terminate();
  }

  #access(collection: AnyCollection, owner: string): CollectionAccess {
    const access = this.#accesses.get(collection.name);
    if (!access) {
      throw new AppError('internal', `The store was opened without collection ${collection.name}.`);
    }
    if ((collection.scope === 'global') !== (owner === GLOBAL)) {
      const wanted = collection.scope === 'global' ? 'has no owner' : 'needs an owner';
      throw new AppError('internal', `Collection ${collection.name} ${wanted}.`);
    }
    return access;
  }

  async #read<R>(read: () => Promise<R>): Promise<R> {
    this.#assertOpen();
    try {
      return await read();
    } catch (error) {
      throw storageError(error);
    }
  }

  #assertOpen(): void {
    if (this.#closing) throw closedError();
  }
}

/** Returns how a collection is read and written: as Omi stores it, or each document under its id. */
function accessTo(
  firestore: Firestore,
  layout: Layout,
  cipher: UserCipher | null,
): CollectionAccess {
  switch (layout.definition.name) {
    case 'transcript_chunks':
      return new TranscriptAccess(firestore, cipher);
    case 'conversation_photos':
      return new PhotoAccess(firestore, layout);
    default:
      return new DocumentAccess(firestore, layout);
  }
}

interface Committed<R> {
  result: R;
  /** How long the writer waits before it continues, milliseconds. */
  pauseMs: number;
}

async function paused<R>(running: Promise<Committed<R>>): Promise<R> {
  const { result, pauseMs } = await running;
  if (pauseMs > 0) await setTimeout(pauseMs);
  return result;
}

function fromPathSegment(segment: string): string {
  return segment.replaceAll('%2F', '/').replaceAll('%25', '%');
}

function readServiceAccount(json: string): { client_email: string; private_key: string } {
  try {
    const account = JSON.parse(json) as { client_email?: unknown; private_key?: unknown };
    const { client_email, private_key } = account;
    if (typeof client_email === 'string' && typeof private_key === 'string') {
      return { client_email, private_key };
    }
  } catch (cause) {
    throw new AppError('invalid-configuration', 'SERVICE_ACCOUNT_JSON is not JSON.', { cause });
  }
  throw new AppError(
    'invalid-configuration',
    'SERVICE_ACCOUNT_JSON must be the key of a service account.',
  );
}

function closedError(): AppError {
  return new AppError('aborted', 'The document store is closed.');
}
