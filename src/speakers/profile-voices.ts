import { parseWav } from '../audio/wav.ts';
import { type BlobStore, readBlob } from '../blob/blob-store.ts';
import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { people } from '../model/people/person.ts';
import { OWNER } from '../model/people/speaker-correction.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { KnownVoice } from '../stt/enrollment-audio.ts';
import type { SpeechProfiles } from './speech-profiles.ts';

/** How much of a voice is played; all of it together delays the first words by a few seconds at most. */
const OWN_MS = 20_000;
const PERSON_MS = 6_000;
/** Samples of people made in an older way may hold other voices too. */
const SAMPLES_VERSION = 3;
const MAX_PEOPLE = 4;
const MIN_SAMPLE_MS = 1_500;
/** How Omi calls the owner to clients. */
const OWNER_NAME = 'User';

export interface ProfileVoicesOptions {
  store: DocumentStore;
  blobs: BlobStore;
  profiles: SpeechProfiles;
  logger: Logger;
}

/** Reads the voices that are known in a user's sessions: their own, and those of a few people. */
export class ProfileVoices {
  readonly #options: ProfileVoicesOptions;

  constructor(options: ProfileVoicesOptions) {
    this.#options = options;
  }

  /**
   * The user's own voice, if there is a recording, then of the people with samples those whose
   * samples or names have changed last. A recording that cannot be read is left out.
   */
  async load(uid: string): Promise<KnownVoice[]> {
    const own = await this.#voice(OWNER, OWNER_NAME, OWN_MS, () =>
      this.#options.profiles.getProfileAudioIfExists(uid),
    );
    const voices = own ? [own] : [];
    for (const person of await this.#peopleWithSamples(uid)) {
      const [key = ''] = person.speechSamples.slice(-1);
      const voice = await this.#voice(person.id, person.name, PERSON_MS, () =>
        readBlob(this.#options.blobs, key),
      );
      if (voice) voices.push(voice);
    }
    return voices;
  }

  async #peopleWithSamples(uid: string) {
    const found = [];
    for await (const person of queryAll(this.#options.store, people, uid, { query: 'byName' })) {
      if (person.speechSamplesVersion >= SAMPLES_VERSION && person.speechSamples.length > 0) {
        found.push(person);
      }
    }
    return found.sort((a, b) => b.updatedAt - a.updatedAt).slice(0, MAX_PEOPLE);
  }

  async #voice(
    personId: string,
    name: string,
    maxMs: number,
    read: () => Promise<Uint8Array | undefined>,
  ): Promise<KnownVoice | undefined> {
    try {
      const file = await read();
      if (!file) return undefined;
      const { samples, sampleRate } = parseWav(file);
      const part = samples.slice(0, Math.round((maxMs * sampleRate) / 1000));
      if ((part.length * 1000) / sampleRate < MIN_SAMPLE_MS) return undefined;
      return { personId, name, samples: part, sampleRate };
    } catch (error) {
      // A session without it is better than none.
      this.#options.logger.warn({ personId, error: describeError(error) }, 'voice reading failed');
      return undefined;
    }
  }
}
