import type { BlobStore } from '../blob/blob-store.ts';
import { documentsOf } from '../deletions/deleted-documents.ts';
import type { KeptDeletions } from '../deletions/deletions.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { type Person, people } from '../model/people/person.ts';
import { voicePrints } from '../model/people/voice-print.ts';
import { getDocument, queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { personFolder } from './speech-keys.ts';
import { deletePrints, findPrints } from './stored-voices.ts';

/** Version of the way speech samples are made that this server writes. */
const SPEECH_SAMPLES_VERSION = 3;

export const PERSON_NOT_FOUND = 'Person not found';

/** The people that a user talks with. */
export class PeopleService {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #blobs: BlobStore;
  readonly #deletions: KeptDeletions | undefined;

  constructor(deps: {
    store: DocumentStore;
    clock: Clock;
    blobs: BlobStore;
    /** Keeps what is deleted for a while; absent: it is gone at once. */
    deletions?: KeptDeletions;
  }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#blobs = deps.blobs;
    this.#deletions = deps.deletions;
  }

  /** The person of exactly this name, made if there is none yet. */
  async createPerson(uid: string, name: string): Promise<Person> {
    assertName(name);
    return this.#store.transact(async (tx) => {
      const page = await tx.query(people, uid, {
        query: 'byName',
        filters: { name },
        limit: 1,
      });
      const existing = page.items[0];
      if (existing) return existing;
      const now = this.#clock.now();
      const person: Person = {
        id: newId(),
        name,
        createdAt: now,
        updatedAt: now,
        speechSamples: [],
        speechSampleTranscripts: null,
        speechSamplesVersion: SPEECH_SAMPLES_VERSION,
      };
      tx.create(people, uid, person);
      return person;
    });
  }

  /** All people of a user, oldest first. */
  async listPeople(uid: string): Promise<Person[]> {
    const found: Person[] = [];
    for await (const person of queryAll(this.#store, people, uid, { query: 'byName' })) {
      found.push(person);
    }
    return found;
  }

  /** `not-found` if the user has no such person. */
  async getPerson(uid: string, id: string): Promise<Person> {
    return getDocument(this.#store, people, uid, id, PERSON_NOT_FOUND);
  }

  /** Gives a person another name; `not-found` if the user has no such person. */
  async renamePerson(uid: string, id: string, name: string): Promise<Person> {
    assertName(name);
    return this.#store.transact(async (tx) => {
      const person = await getDocument(tx, people, uid, id, PERSON_NOT_FOUND);
      const fields = { name, updatedAt: this.#clock.now() };
      tx.patch(people, uid, id, fields);
      return { ...person, ...fields };
    });
  }

  /**
   * Removes a person with the samples and vectors of their voice, which can be brought back for a while. Removing
   * one that is not there is no error, so that a retry succeeds.
   */
  async deletePerson(uid: string, id: string): Promise<void> {
    const person = await this.#store.find(people, uid, id);
    if (!person) return;
    if (this.#deletions?.areKept) {
      const prints = await findPrints(this.#store, uid, ({ owner }) => owner === id);
      const documents = [...documentsOf(voicePrints, prints), ...documentsOf(people, [person])];
      await this.#deletions.keep(uid, 'person', id, documents);
    } else await this.#blobs.deletePrefix(personFolder(uid, id));
    await deletePrints(this.#store, uid, ({ owner }) => owner === id);
    await this.#store.transact((tx) => tx.delete(people, uid, id));
  }
}

function assertName(name: string): void {
  if (name.length < 2 || name.length > 40) {
    throw new AppError('bad-request', 'A name has 2 to 40 characters.');
  }
}
