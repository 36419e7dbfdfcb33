import { encodeWav } from '../audio/wav.ts';
import { type BlobStore, readBlob } from '../blob/blob-store.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { type Person, people } from '../model/people/person.ts';
import { getDocument, queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { PERSON_NOT_FOUND } from './people-service.ts';
import { additionalFolder, personFolder, type SampleOrigin, sampleName } from './speech-keys.ts';

/** Samples that are kept of one voice. */
export const MAX_SAMPLES = 5;

/** A piece of one person's speech. */
export interface SpeechSample {
  origin: SampleOrigin;
  /** Signed 16-bit mono. */
  samples: Int16Array;
  sampleRate: number;
  /** What is said in it. */
  transcript: string;
}

export interface SpeechSamplesOptions {
  store: DocumentStore;
  blobs: BlobStore;
  clock: Clock;
}

/**
 * Samples of the voices of people, and further ones of the user's own, cut from conversations if
 * the user has said who speaks. A person's document names them; the user's own are a folder.
 */
export class SpeechSamples {
  readonly #options: SpeechSamplesOptions;

  constructor(options: SpeechSamplesOptions) {
    this.#options = options;
  }

  /** Keys of a voice's samples, oldest first for a person. `not-found` if there is no such person. */
  async listKeys(uid: string, personId: string | null): Promise<string[]> {
    const { store, blobs } = this.#options;
    if (personId !== null) {
      const person = await getDocument(store, people, uid, personId, PERSON_NOT_FOUND);
      return person.speechSamples;
    }
    const keys: string[] = [];
    for await (const { key } of blobs.list(additionalFolder(uid))) keys.push(key);
    return keys;
  }

  /**
   * Keeps a sample of a person, or of the user (`personId` null). False if that voice has enough
   * of them, has this one, or belongs to no person any more.
   */
  async add(uid: string, personId: string | null, sample: SpeechSample): Promise<boolean> {
    const { blobs, store } = this.#options;
    const name = sampleName(sample.origin);
    if (name === undefined) return false;
    if (personId !== null && !(await store.find(people, uid, personId))) return false;
    const folder = personId === null ? additionalFolder(uid) : personFolder(uid, personId);
    const known = await this.listKeys(uid, personId);
    if (known.length >= MAX_SAMPLES || known.includes(folder + name)) return false;
    await blobs.put(folder + name, encodeWav(sample.samples, sample.sampleRate));
    if (personId === null) return true;
    const added = await this.#changePerson(uid, personId, (person) => {
      if (person.speechSamples.length >= MAX_SAMPLES) return undefined;
      return withSample(person, folder + name, sample.transcript);
    });
    if (!added) await blobs.delete(folder + name);
    return added;
  }

  /** Gives copies of one person's samples to another, as far as there is room for them. */
  async copyAll(uid: string, from: string, into: string): Promise<void> {
    const { store, blobs } = this.#options;
    const person = await store.find(people, uid, from);
    if (!person) return;
    const [old, target] = [personFolder(uid, from), personFolder(uid, into)];
    for (const [index, key] of person.speechSamples.entries()) {
      const known = await this.listKeys(uid, into);
      const copy = target + key.slice(old.length);
      if (known.length >= MAX_SAMPLES || known.includes(copy)) continue;
      const audio = await readBlob(blobs, key);
      if (!audio) continue;
      await blobs.put(copy, audio);
      const transcript = transcriptsOf(person)[index] ?? '';
      await this.#changePerson(uid, into, (other) => withSample(other, copy, transcript));
    }
  }

  /** Removes the sample at a place in the person's list; `not-found` if there is none. */
  async removeAt(uid: string, personId: string, index: number): Promise<void> {
    const keys = await this.listKeys(uid, personId);
    const key = keys[index];
    if (key === undefined) throw new AppError('not-found', 'Sample not found');
    await this.#remove(uid, personId, key);
  }

  /** Removes what a voice has from a segment; if there is nothing, that is no error. */
  async removeOrigin(uid: string, personId: string | null, origin: SampleOrigin): Promise<void> {
    const name = sampleName(origin);
    if (name === undefined) return;
    if (personId === null) await this.#options.blobs.delete(additionalFolder(uid) + name);
    else await this.#remove(uid, personId, personFolder(uid, personId) + name);
  }

  /**
   * Unlearns a segment: nobody but `keeper` keeps a sample of it (null: the user; undefined: nobody
   * at all). Somebody was taken for somebody else.
   */
  async unlearn(
    uid: string,
    origin: SampleOrigin,
    keeper: string | null | undefined,
  ): Promise<number> {
    const name = sampleName(origin);
    if (name === undefined) return 0;
    let removed = 0;
    for await (const { id, speechSamples } of queryAll(this.#options.store, people, uid, {
      query: 'byName',
    })) {
      if (id === keeper || !speechSamples.includes(personFolder(uid, id) + name)) continue;
      await this.removeOrigin(uid, id, origin);
      removed += 1;
    }
    const own = additionalFolder(uid) + name;
    if (keeper !== null && (await this.#options.blobs.head(own))) {
      await this.removeOrigin(uid, null, origin);
      removed += 1;
    }
    return removed;
  }

  async #remove(uid: string, personId: string, key: string): Promise<void> {
    await this.#changePerson(uid, personId, (person) => withoutSample(person, key));
    await this.#options.blobs.delete(key);
  }

  /** False if there is no such person, or nothing to change. */
  #changePerson(
    uid: string,
    personId: string,
    change: (person: Person) => Partial<Omit<Person, 'id'>> | undefined,
  ): Promise<boolean> {
    const { store, clock } = this.#options;
    return store.transact(async (tx) => {
      const person = await tx.find(people, uid, personId);
      const fields = person && change(person);
      if (!fields) return false;
      tx.patch(people, uid, personId, { ...fields, updatedAt: clock.now() });
      return true;
    });
  }
}

function withSample(person: Person, key: string, transcript: string) {
  if (person.speechSamples.includes(key)) return undefined;
  return {
    speechSamples: [...person.speechSamples, key],
    speechSampleTranscripts: [...transcriptsOf(person), transcript],
  };
}

function withoutSample(person: Person, key: string) {
  const index = person.speechSamples.indexOf(key);
  if (index < 0) return undefined;
  return {
    speechSamples: person.speechSamples.filter((_, i) => i !== index),
    speechSampleTranscripts: transcriptsOf(person).filter((_, i) => i !== index),
  };
}

/** One transcript a sample, whatever an older version has stored. */
function transcriptsOf({ speechSamples, speechSampleTranscripts }: Person): string[] {
  return speechSamples.map((_, i) => speechSampleTranscripts?.[i] ?? '');
}
