import { createHash } from 'node:crypto';
import { resampleAll } from '../audio/resample.ts';
import { parseWav } from '../audio/wav.ts';
import { type BlobStore, readBlob } from '../blob/blob-store.ts';
import type { Clock } from '../kernel/clock.ts';
import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { people } from '../model/people/person.ts';
import { OWNER } from '../model/people/speaker-correction.ts';
import { type StoredVoicePrint, voicePrints } from '../model/people/voice-print.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';
import { MAX_VECTORS, type VoicePrint } from '../voices/match-voice.ts';
import type { VoiceModel } from '../voices/voice-model.ts';
import { type HeardVoice, vectorFromText, vectorToText } from '../voices/voice-vector.ts';
import type { SpeechProfiles } from './speech-profiles.ts';
import type { SpeechSamples } from './speech-samples.ts';
import { deletePrints } from './stored-voices.ts';
import { findVoiceSettings } from './voice-choices.ts';

/** How the owner is called in messages to clients, as by Omi. */
const OWNER_NAME = 'User';
/** A long recording gives several vectors, one of each piece. */
const PIECE_MS = 10_000;
const MIN_PIECE_MS = 1_500;
/** Recordings that are computed at most while somebody waits. */
const MAX_COMPUTED = 40;

export interface VoicePrintsOptions {
  store: DocumentStore;
  blobs: BlobStore;
  clock: Clock;
  /** Null if voices are not computed on this machine. */
  model: VoiceModel | null;
  /** Speech after which a voice counts as learned, milliseconds. */
  minSpeechMs: number;
  profiles: SpeechProfiles;
  samples: SpeechSamples;
  logger: Logger;
}

/** Times are milliseconds; null if they are not known. */
export interface VoiceLearning {
  state: 'learned' | 'needs_more_speech' | 'disabled' | 'unknown';
  speechMs: number | null;
  neededMs: number | null;
}

/** A recording of one voice; `key` changes with its content. */
interface VoiceRecording {
  owner: string;
  key: string;
  read(): Promise<Uint8Array | undefined>;
}

/**
 * What the voices of a user and of their people are known by: vectors of the profile and of samples,
 * computed when they are first needed, and of speakers whom the user has named.
 */
export class VoicePrints {
  readonly #o: VoicePrintsOptions;

  constructor(options: VoicePrintsOptions) {
    this.#o = options;
  }

  /** True if voices are computed on this machine. */
  get areComputed(): boolean {
    return this.#o.model !== null;
  }

  /** Everybody whose voice is known. Recordings that have no vectors yet get some first. */
  async load(uid: string, signal: AbortSignal): Promise<VoicePrint[]> {
    const { model, store } = this.#o;
    if (model === null) return [];
    await this.#refresh(uid, model, signal);
    const byOwner = new Map<string, StoredVoicePrint[]>();
    for await (const print of this.#all(uid)) {
      if (print.model === model.id)
        byOwner.set(print.owner, [...(byOwner.get(print.owner) ?? []), print]);
    }
    const names = new Map([[OWNER, OWNER_NAME]]);
    for await (const { id, name } of queryAll(store, people, uid, { query: 'byName' })) {
      names.set(id, name);
    }
    return [...byOwner].flatMap(([personId, stored]) => {
      const name = names.get(personId);
      const vectors = stored.flatMap(({ vector }) => vectorFromText(vector) ?? []);
      if (name === undefined || vectors.length === 0) return [];
      return [{ personId, name, vectors: vectors.slice(0, MAX_VECTORS) }];
    });
  }

  /** Who somebody is known as, and by how much speech; null if the voice is not known. */
  async find(uid: string, owner: string): Promise<{ print: VoicePrint; speechMs: number } | null> {
    const { model, store } = this.#o;
    if (model === null) return null;
    await this.#refresh(uid, model, AbortSignal.timeout(30_000));
    const stored = await store.query(voicePrints, uid, {
      query: 'recent',
      filters: { owner },
      limit: MAX_VECTORS * 2,
    });
    const own = stored.items.filter((print) => print.model === model.id);
    const vectors = own.flatMap(({ vector }) => vectorFromText(vector) ?? []).slice(0, MAX_VECTORS);
    if (vectors.length === 0) return null;
    const speechMs = own.reduce((sum, print) => sum + print.speechMs, 0);
    return { print: { personId: owner, name: '', vectors }, speechMs };
  }

  /** How well the voice of a person is known. */
  async learningOf(uid: string, owner: string): Promise<VoiceLearning> {
    const { model, store, minSpeechMs } = this.#o;
    if (model === null) return { state: 'unknown', speechMs: null, neededMs: null };
    const known = await this.find(uid, owner);
    const speechMs = known?.speechMs ?? 0;
    if (speechMs >= minSpeechMs) return { state: 'learned', speechMs, neededMs: 0 };
    const { savesOtherVoices } = await findVoiceSettings(store, uid);
    if (!savesOtherVoices) return { state: 'disabled', speechMs, neededMs: null };
    return { state: 'needs_more_speech', speechMs, neededMs: minSpeechMs - speechMs };
  }

  #all(uid: string): AsyncIterable<StoredVoicePrint> {
    return queryAll(this.#o.store, voicePrints, uid, { query: 'recent' });
  }

  /** Makes the vectors of recordings that have none, and forgets those of recordings that are gone. */
  async #refresh(uid: string, model: VoiceModel, signal: AbortSignal): Promise<void> {
    const recordings = await this.#recordings(uid);
    const keys = new Map(recordings.map((recording) => [recording.key, recording]));
    const done = new Set<string>();
    await deletePrints(this.#o.store, uid, ({ sampleKey, model: of }) => {
      if (sampleKey === null) return false;
      if (of === model.id) done.add(sampleKey);
      // Those of another model are of use if that is taken again.
      return !keys.has(sampleKey);
    });
    const missing = recordings.filter(({ key }) => !done.has(key)).slice(0, MAX_COMPUTED);
    for (const recording of missing) {
      if (signal.aborted) return;
      await this.#compute(uid, recording, model, signal);
    }
  }

  async #recordings(uid: string): Promise<VoiceRecording[]> {
    const { store, blobs, profiles, samples } = this.#o;
    const read = (key: string) => readBlob(blobs, key);
    const profile = await profiles.find(uid);
    const found: VoiceRecording[] = [];
    if (profile) {
      const { key, uploadedAt } = profile;
      found.push({ owner: OWNER, key: `${key}@${uploadedAt}`, read: () => read(key) });
    }
    for (const key of await samples.listKeys(uid, null)) {
      found.push({ owner: OWNER, key, read: () => read(key) });
    }
    for await (const { id, speechSamples } of queryAll(store, people, uid, { query: 'byName' })) {
      for (const key of speechSamples) found.push({ owner: id, key, read: () => read(key) });
    }
    return found;
  }

  /** Never rejects: a voice that cannot be computed is not known. */
  async #compute(
    uid: string,
    { owner, key, read }: VoiceRecording,
    model: VoiceModel,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const file = await read();
      if (file === undefined) return;
      const heard: HeardVoice[] = [];
      for (const piece of piecesOf(file, model.sampleRate)) {
        const vector = await model.embed(piece, signal);
        if (vector) heard.push({ vector, speechMs: (piece.length * 1000) / model.sampleRate });
      }
      await this.#o.store.transact(async (tx) => {
        for (const [i, { vector, speechMs }] of heard.slice(0, MAX_VECTORS).entries()) {
          tx.put(voicePrints, uid, {
            id: `r_${hashOf(`${model.id} ${key}`)}_${i}`,
            owner,
            model: model.id,
            vector: vectorToText(vector),
            speechMs,
            sampleKey: key,
            origin: null,
            createdAt: this.#o.clock.now(),
          });
        }
      });
    } catch (error) {
      if (signal.aborted) return;
      this.#o.logger.warn({ owner, error: describeError(error) }, 'voice not computed');
    }
  }
}

/** Writes what a person is known by from a conversation, in place of what stood there; null: nothing. */
export function putOriginPrint(
  tx: Transaction,
  uid: string,
  origin: { conversationId: string; speaker: number },
  known: { owner: string; model: string; heard: HeardVoice } | null,
  now: number,
): void {
  const id = `c_${origin.conversationId}_${origin.speaker}`;
  if (known === null) {
    tx.delete(voicePrints, uid, id);
    return;
  }
  const { owner, model, heard } = known;
  const { vector, speechMs } = heard;
  tx.put(voicePrints, uid, {
    id,
    owner,
    model,
    vector: vectorToText(vector),
    speechMs,
    sampleKey: null,
    origin,
    createdAt: now,
  });
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** The recording at the model's rate, in pieces of some ten seconds. */
function piecesOf(file: Uint8Array, rate: number): Int16Array[] {
  const wav = parseWav(file);
  const samples = resampleAll(wav.samples, wav.sampleRate, rate);
  const count = Math.max(1, Math.round(samples.length / ((PIECE_MS * rate) / 1000)));
  const length = Math.ceil(samples.length / count);
  const pieces = Array.from({ length: count }, (_, i) =>
    samples.subarray(i * length, (i + 1) * length),
  );
  return pieces.filter((piece) => (piece.length * 1000) / rate >= MIN_PIECE_MS);
}
