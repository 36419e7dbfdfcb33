import { enqueue } from '../jobs/enqueue.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { type ReEncryptionState, reEncryptions } from '../model/accounts/re-encryption.ts';
import { users } from '../model/accounts/user.ts';
import { type CollectionDefinition, GLOBAL } from '../model/collection.ts';
import { COLLECTIONS } from '../model/collections.ts';
import { reEncryptJob } from '../model/jobs.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Id of the one document of a user. */
const STATE = 'state';
/** Documents written in one commit; chunks of transcripts are up to 1 MiB. */
const BATCH = 8;

const ENCRYPTED: ReadonlyMap<string, CollectionDefinition> = new Map(
  COLLECTIONS.filter(
    ({ scope, encrypted }) => scope === 'user' && (encrypted?.length ?? 0) > 0,
  ).map((collection) => [collection.name, collection]),
);

export interface ReEncryptionOptions {
  store: DocumentStore;
  clock: Clock;
  jobWorker: JobWorker;
  /** True if the server has an ENCRYPTION_SECRET. */
  canEncrypt: boolean;
}

/**
 * Encrypts what is stored of a user in place: what was stored before there was a secret, and what was
 * encrypted with the previous one. A durable job writes each document again, a few in one commit, so
 * that every document can be read at any time and a restart goes on where it was.
 */
export class ReEncryption {
  readonly #o: ReEncryptionOptions;

  constructor(options: ReEncryptionOptions) {
    this.#o = options;
    options.jobWorker.register(reEncryptJob, (run) => this.#run(run));
  }

  /** Returns how far it is; null if it was never asked for. */
  async state(uid: string): Promise<ReEncryptionState | null> {
    return (await this.#o.store.find(reEncryptions, uid, STATE)) ?? null;
  }

  /**
   * Starts it, if it is not under way.
   *
   * @throws AppError `not-configured` without a secret
   */
  async start(uid: string): Promise<void> {
    const { store, clock, canEncrypt } = this.#o;
    if (!canEncrypt) {
      throw new AppError(
        'not-configured',
        'This server has no ENCRYPTION_SECRET, so it cannot encrypt what it stores.',
      );
    }
    await store.transact(async (tx) => {
      const state = await tx.find(reEncryptions, uid, STATE);
      const now = clock.now();
      if (!state || state.finishedAt !== null) {
        const fresh = { id: STATE, startedAt: now, finishedAt: null, done: 0, after: null };
        tx.put(reEncryptions, uid, fresh);
      }
      enqueue(tx, reEncryptJob, { uid, subject: uid, dueAt: now }, now);
    });
  }

  async #run(run: JobRun): Promise<void> {
    const { store } = this.#o;
    const { uid } = run.job;
    const state = await this.state(uid);
    let batch: { collection: CollectionDefinition; ids: string[] } | null = null;
    let isBehind = state?.after != null;
    for await (const { collection, document } of store.exportOwner(uid)) {
      run.signal.throwIfAborted();
      if (isBehind && state?.after) {
        isBehind = collection !== state.after.collection || document.id !== state.after.id;
        continue;
      }
      const definition = ENCRYPTED.get(collection);
      if (!definition) continue;
      if (batch && (batch.collection !== definition || batch.ids.length >= BATCH)) {
        await this.#write(run, batch.collection, batch.ids);
        batch = null;
      }
      batch ??= { collection: definition, ids: [] };
      batch.ids.push(document.id);
    }
    // The document that it was after is gone: begin at the beginning.
    if (isBehind) {
      await store.transact(async (tx) => {
        await run.assertHeld(tx);
        tx.patch(reEncryptions, uid, STATE, { after: null });
      });
      return await this.#run(run);
    }
    if (batch) await this.#write(run, batch.collection, batch.ids);
    await this.#finish(run);
  }

  /** Reads the documents anew and writes them: a put encrypts with the secret of today. */
  async #write(run: JobRun, collection: CollectionDefinition, ids: string[]): Promise<void> {
    const { uid } = run.job;
    await this.#o.store.transact(async (tx) => {
      const found = await tx.findMany(collection, uid, ids);
      const state = await tx.find(reEncryptions, uid, STATE);
      await run.assertHeld(tx);
      for (const document of found) tx.put(collection, uid, document);
      const id = ids.at(-1);
      if (!state || id === undefined) return;
      const after = { collection: collection.name, id };
      tx.patch(reEncryptions, uid, STATE, { done: state.done + found.length, after });
    });
  }

  async #finish(run: JobRun): Promise<void> {
    const { store, clock } = this.#o;
    const { uid } = run.job;
    await store.transact(async (tx) => {
      const user = await tx.find(users, GLOBAL, uid);
      await run.finish(tx);
      if (user) tx.patch(users, GLOBAL, uid, { dataProtectionLevel: 'enhanced' });
      tx.patch(reEncryptions, uid, STATE, { finishedAt: clock.now(), after: null });
    });
  }
}
