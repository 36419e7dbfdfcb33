import type { CollectionDefinition } from '../model/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Below the limits of one commit (500 writes and 10 MiB at Firestore). */
const MAX_DOCUMENTS = 200;
const MAX_BYTES = 4 * 2 ** 20;

/** Writes many documents in few commits. Each is put, so it can be repeated. */
export class PutBatches {
  readonly #store: DocumentStore;
  #waiting: { collection: CollectionDefinition; owner: string; document: { id: string } }[] = [];
  #bytes = 0;

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  async put(
    collection: CollectionDefinition,
    owner: string,
    document: { id: string },
    bytes: number,
  ): Promise<void> {
    if (this.#bytes + bytes > MAX_BYTES) await this.flush();
    this.#waiting.push({ collection, owner, document });
    this.#bytes += bytes;
    if (this.#waiting.length >= MAX_DOCUMENTS) await this.flush();
  }

  /** Commits the rest; call it at the end. */
  async flush(): Promise<void> {
    const writes = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    if (writes.length === 0) return;
    await this.#store.transact((tx) => {
      for (const { collection, owner, document } of writes) tx.put(collection, owner, document);
    });
  }
}
