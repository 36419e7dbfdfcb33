import { encodeWav, parseWav } from '../audio/wav.ts';
import { type BlobStore, readBlob } from '../blob/blob-store.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import {
  OWN_SPEECH_PROFILE,
  type SpeechProfile,
  speechProfiles,
} from '../model/people/speech-profile.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { profileKey, userFolder } from './speech-keys.ts';
import { trimSilence } from './trim-silence.ts';

/** What Omi's clients record at, hertz. */
const SAMPLE_RATE = 16_000;
const MIN_DURATION_S = 5;
const MAX_DURATION_S = 120;
/** Speech that is needed in a recording for a voice to be known by it, milliseconds. */
const MIN_SPEECH_MS = 2_000;
/** After this the client asks its user for a new recording. */
const MAX_AGE_MS = 90 * 24 * 60 * 60_000;

export interface SpeechProfilesOptions {
  store: DocumentStore;
  blobs: BlobStore;
  clock: Clock;
}

/** The recording by which a user's own voice is known. */
export class SpeechProfiles {
  readonly #options: SpeechProfilesOptions;

  constructor(options: SpeechProfilesOptions) {
    this.#options = options;
  }

  /**
   * Keeps a recording of the user's voice, silence cut out, in place of the one before. Returns its
   * key. Throws `bad-request` with the reason: not a WAV file, not 16 kHz, not 5 to 120 s, no speech.
   */
  async uploadProfileAudio(uid: string, file: Uint8Array): Promise<string> {
    const { blobs, clock } = this.#options;
    const { samples, sampleRate, durationMs } = parseWav(file);
    if (sampleRate !== SAMPLE_RATE) {
      throw refused(`The sample rate must be ${SAMPLE_RATE} Hz, but is ${sampleRate} Hz.`);
    }
    if (durationMs < MIN_DURATION_S * 1000 || durationMs > MAX_DURATION_S * 1000) {
      const seconds = (durationMs / 1000).toFixed(1);
      throw refused(
        `The recording must last ${MIN_DURATION_S} to ${MAX_DURATION_S} seconds, but lasts ${seconds}.`,
      );
    }
    const { samples: speech, speechMs } = trimSilence(samples, sampleRate);
    if (speechMs < MIN_SPEECH_MS) {
      throw refused('The recording holds too little speech: say a few sentences, close by.');
    }
    const key = profileKey(uid);
    await blobs.put(key, encodeWav(speech, sampleRate));
    const recording = {
      key,
      durationMs: (speech.length * 1000) / sampleRate,
      uploadedAt: clock.now(),
    };
    await this.#update(uid, { recording });
    return key;
  }

  /** The WAV file of the user's voice, undefined if there is none. */
  async getProfileAudioIfExists(uid: string): Promise<Uint8Array | undefined> {
    const { recording } = await this.#profile(uid);
    return recording ? readBlob(this.#options.blobs, recording.key) : undefined;
  }

  /** The recording, null if there is none. */
  async find(uid: string): Promise<SpeechProfile['recording']> {
    return (await this.#profile(uid)).recording;
  }

  /** Key of the recording, undefined if there is none. */
  async findKey(uid: string): Promise<string | undefined> {
    return (await this.#profile(uid)).recording?.key;
  }

  /** Whether there is a recording that is at most 90 days old. */
  async hasFreshProfile(uid: string): Promise<boolean> {
    const { recording } = await this.#profile(uid);
    return recording !== null && this.#options.clock.now() - recording.uploadedAt <= MAX_AGE_MS;
  }

  /** Removes every recording of every voice that was kept for a user. */
  async eraseUser(uid: string): Promise<void> {
    await this.#options.blobs.deletePrefix(userFolder(uid));
  }

  async #profile(uid: string): Promise<SpeechProfile> {
    const stored = await this.#options.store.find(speechProfiles, uid, OWN_SPEECH_PROFILE);
    return stored ?? { id: OWN_SPEECH_PROFILE, recording: null };
  }

  async #update(uid: string, fields: Partial<SpeechProfile>): Promise<void> {
    await this.#options.store.transact((tx) =>
      tx.put(speechProfiles, uid, { recording: null, ...fields, id: OWN_SPEECH_PROFILE }),
    );
  }
}

function refused(reason: string): AppError {
  return new AppError('bad-request', reason);
}
