import { z } from 'zod';
import type { Cache } from '../cache/cache.ts';
import { CachedValues } from '../cache/cached-values.ts';
import type { Clock } from '../kernel/clock.ts';
import { GLOBAL } from '../model/collection.ts';
import { OWN_SPEECH_PROFILE, speechProfiles } from '../model/speech-profile.ts';
import { users } from '../model/user.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { UserDocuments } from './user-documents.ts';

const TTL_MS = 60_000;

export interface CachedSettingsOptions {
  store: DocumentStore;
  cache: Cache;
  clock: Clock;
}

/**
 * What is asked of a user again and again, by the names that Omi's `redis_db` has for it. The record
 * is in the store; the cache stands in front of it and may be lost at any time. What another process
 * has changed is seen after a minute at the latest.
 */
export class CachedSettings {
  readonly #store: DocumentStore;
  readonly #documents: UserDocuments;
  readonly #names: CachedValues<string | null>;
  readonly #preferredApps: CachedValues<string | null>;
  readonly #voices: CachedValues<{ durationS: number | null; soniox: boolean }>;

  constructor({ store, cache, clock }: CachedSettingsOptions) {
    this.#store = store;
    this.#documents = new UserDocuments({ store, clock });
    const text = z.string().nullable();
    const shared = { cache, ttlMs: TTL_MS };
    this.#names = new CachedValues({ ...shared, key: (uid) => `users:${uid}:name`, schema: text });
    this.#preferredApps = new CachedValues({
      ...shared,
      key: (uid) => `user:${uid}:preferred_app`,
      schema: text,
    });
    this.#voices = new CachedValues({
      ...shared,
      key: (uid) => `users:${uid}:speech_profile_duration`,
      schema: z.object({ durationS: z.number().nullable(), soniox: z.boolean() }),
    });
  }

  /** The user's name, null where none is known. */
  getCachedUserName(uid: string): Promise<string | null> {
    return this.#names.read(uid, async () => {
      return (await this.#store.find(users, GLOBAL, uid))?.name ?? null;
    });
  }

  /** After the name was changed in the store. */
  cacheUserName(uid: string, name: string): Promise<void> {
    return this.#names.put(uid, name);
  }

  /** The app that summarises the user's conversations, null where none was chosen. */
  getUserPreferredApp(uid: string): Promise<string | null> {
    return this.#preferredApps.read(uid, async () => {
      return (await this.#store.find(users, GLOBAL, uid))?.preferredAppId ?? null;
    });
  }

  async setUserPreferredApp(uid: string, appId: string | null): Promise<void> {
    await this.#documents.update(uid, () => ({ preferredAppId: appId }));
    await this.#preferredApps.put(uid, appId);
  }

  /** Seconds of the recording by which the user's voice is known, null where there is none. */
  async getSpeechProfileDuration(uid: string): Promise<number | null> {
    return (await this.#voice(uid)).durationS;
  }

  /** Whether Soniox keeps a profile of the user's voice. */
  async getUserHasSonioxSpeechProfile(uid: string): Promise<boolean> {
    return (await this.#voice(uid)).soniox;
  }

  /** After the user's speech profile was changed in the store. */
  forgetSpeechProfile(uid: string): Promise<void> {
    return this.#voices.forget(uid);
  }

  /** After the user was deleted. */
  async forgetUser(uid: string): Promise<void> {
    await this.#names.forget(uid);
    await this.#preferredApps.forget(uid);
    await this.#voices.forget(uid);
  }

  #voice(uid: string): Promise<{ durationS: number | null; soniox: boolean }> {
    return this.#voices.read(uid, async () => {
      const profile = await this.#store.find(speechProfiles, uid, OWN_SPEECH_PROFILE);
      const durationMs = profile?.recording?.durationMs;
      return {
        durationS: durationMs === undefined ? null : durationMs / 1000,
        soniox: profile?.sonioxProfile ?? false,
      };
    });
  }
}
