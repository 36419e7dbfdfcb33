import { AppError } from '../kernel/errors.ts';
import type { UserCipher } from '../kernel/user-cipher.ts';
import type { AnyCollection, CollectionDefinition } from '../model/collection.ts';
import { encryptionChecks } from '../model/encryption-check.ts';
import type { DocumentReader, DocumentStore, Transaction } from './document-store.ts';
import { EncryptedFields } from './encrypted-fields.ts';

/**
 * What encrypts the declared fields of documents (`encrypted` of a collection) under their owner's key
 * before any engine sees them. The engine is opened with `collections`, then `over` is put on it.
 * Null instead of a cipher: new documents stay plain.
 */
export class EncryptingStore {
  readonly #fields: ReadonlyMap<string, EncryptedFields>;

  /**
   * @param byEngine names of collections whose fields the engine encrypts itself, in the form of another
   *   program that may have encrypted documents too; none: nobody else has
   */
  constructor(
    collections: readonly AnyCollection[],
    cipher: UserCipher | null,
    byEngine: ReadonlySet<string> = new Set(),
  ) {
    this.#fields = new Map(
      collections.map((collection) => {
        const { encrypted, ...plain } = collection;
        const own = byEngine.has(collection.name) ? plain : collection;
        return [collection.name, new EncryptedFields(own, cipher, byEngine.size === 0)];
      }),
    );
  }

  /** The collections as the engine has to know them. */
  get collections(): AnyCollection[] {
    return [...this.#fields.values()].map(({ stored }) => stored);
  }

  /** The store with its documents in plain. */
  over(store: DocumentStore): DocumentStore {
    return {
      ...this.#reader(store),
      events: store.events,
      transact: (fn) => store.transact((tx) => fn(this.#transaction(tx))),
      listOwners: () => store.listOwners(),
      deleteOwner: (owner) => store.deleteOwner(owner),
      exportOwner: (owner) => this.#export(store, owner),
      snapshot: store.snapshot,
      check: () => store.check(),
      close: () => store.close(),
    };
  }

  #reader(reader: DocumentReader): DocumentReader {
    return {
      find: async (collection, owner, id) => {
        const found = await reader.find(this.#stored(collection), owner, id);
        return found && this.#decrypt(collection, owner, found);
      },
      findMany: async (collection, owner, ids) => {
        const found = await reader.findMany(this.#stored(collection), owner, ids);
        return found.map((document) => this.#decrypt(collection, owner, document));
      },
      query: async (collection, owner, request) => {
        const page = await reader.query(this.#stored(collection), owner, request);
        return {
          ...page,
          items: page.items.map((document) => this.#decrypt(collection, owner, document)),
        };
      },
    };
  }

  #transaction(tx: Transaction): Transaction {
    return {
      ...this.#reader(tx),
      create: (collection, owner, document) =>
        tx.create(this.#stored(collection), owner, this.#encrypt(collection, owner, document)),
      put: (collection, owner, document) =>
        tx.put(this.#stored(collection), owner, this.#encrypt(collection, owner, document)),
      patch: (collection, owner, id, fields) => {
        const encrypted = this.#fieldsOf(collection).encryptPart(owner, { ...fields });
        tx.patch(this.#stored(collection), owner, id, encrypted as typeof fields);
      },
      delete: (collection, owner, id) => tx.delete(this.#stored(collection), owner, id),
      onCommit: (effect) => tx.onCommit(effect),
      emit: (name, event) => tx.emit(name, event),
    };
  }

  async *#export(
    store: DocumentStore,
    owner: string,
  ): AsyncGenerator<{ collection: string; document: { id: string } }> {
    for await (const { collection, document } of store.exportOwner(owner)) {
      // What it was encrypted with is about this store, and says nothing of another.
      if (collection === encryptionChecks.name) continue;
      yield { collection, document: this.#decrypt({ name: collection }, owner, document) };
    }
  }

  #decrypt<T extends { id: string }>(collection: { name: string }, owner: string, document: T): T {
    return this.#fieldsOf(collection).decrypt(owner, document) as T;
  }

  #encrypt<T extends { id: string }>(collection: { name: string }, owner: string, document: T): T {
    return this.#fieldsOf(collection).encryptDocument(owner, document) as T;
  }

  #stored<T extends { id: string }, Q extends string>(
    collection: CollectionDefinition<T, Q>,
  ): CollectionDefinition<T, Q> {
    // Its documents differ from `T` in the encrypted fields alone, which nothing below looks into.
    return this.#fieldsOf(collection).stored as unknown as CollectionDefinition<T, Q>;
  }

  #fieldsOf({ name }: { name: string }): EncryptedFields {
    const fields = this.#fields.get(name);
    if (!fields) throw new AppError('internal', `The store was opened without collection ${name}.`);
    return fields;
  }
}
