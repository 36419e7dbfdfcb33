import { IANAZone } from 'luxon';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { Introduction, User } from '../model/accounts/user.ts';
import type { Geolocation } from '../model/conversations/conversation.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { deepMerge } from './deep-merge.ts';
import { MULTI_LANGUAGES } from './multi-languages.ts';
import { UserDocuments } from './user-documents.ts';

const VOCABULARY_LIMIT = 100;
/** Most devices whose push tokens are kept; the ones not seen for longest are removed first. */
const DEVICE_LIMIT = 50;
/** Most bytes of JSON in one free-form settings object, far below every engine's limit. */
const FREE_FORM_LIMIT = 200_000;

export interface UserServiceOptions {
  store: DocumentStore;
  clock: Clock;
  /** IANA zone of users without a zone. Default: UTC. */
  defaultTimeZone?: string;
  /** Languages that can be transcribed together; see `MULTI_LANGUAGES`. */
  multiLanguages?: ReadonlySet<string>;
}

/** A push token that a device reports. */
export interface DeviceReport {
  /** `<platform>_<device hash>`. */
  deviceKey: string;
  token: string;
  /** IANA zone; null if the device reports none. */
  timeZone: string | null;
}

/** Settings of users. Reading or writing those of an unknown uid creates the user. */
export class UserService {
  readonly #documents: UserDocuments;
  readonly #clock: Clock;
  readonly #multiLanguages: ReadonlySet<string>;

  constructor(options: UserServiceOptions) {
    this.#documents = new UserDocuments(options);
    this.#clock = options.clock;
    this.#multiLanguages = options.multiLanguages ?? MULTI_LANGUAGES;
  }

  /** Returns the user with all settings. */
  async getUser(uid: string): Promise<User> {
    return this.#documents.get(uid);
  }

  /** Sets the user's language, and whether only this language is recognised. */
  async setLanguage(uid: string, language: string): Promise<User> {
    const trimmed = language.trim();
    if (trimmed === '') throw new AppError('bad-request', 'Language is required');
    return this.#documents.update(uid, () => ({
      language: trimmed,
      singleLanguageMode: !this.#multiLanguages.has(trimmed),
    }));
  }

  /**
   * Sets the zone of the user's days.
   *
   * @throws AppError `bad-request` for an unknown time zone
   */
  async setTimeZone(uid: string, timeZone: string): Promise<User> {
    if (!isIanaZone(timeZone)) {
      throw new AppError(
        'bad-request',
        'Unknown time zone. Use an IANA name such as Europe/Lisbon.',
      );
    }
    return this.#documents.update(uid, () => ({ timeZone }));
  }

  /**
   * Sets the given values; null changes nothing. The vocabulary is cut to its first 100 entries.
   * `sttService`: undefined changes nothing, null removes it.
   */
  async setTranscriptionPreferences(
    uid: string,
    changes: {
      singleLanguageMode: boolean | null;
      vocabulary: readonly string[] | null;
      languages: readonly string[] | null;
      sttService: string | null | undefined;
    },
  ): Promise<User> {
    return this.#documents.update(uid, (user) => ({
      singleLanguageMode: changes.singleLanguageMode ?? user.singleLanguageMode,
      vocabulary: changes.vocabulary?.slice(0, VOCABULARY_LIMIT) ?? user.vocabulary,
      languages: changes.languages === null ? user.languages : [...new Set(changes.languages)],
      sttService: changes.sttService === undefined ? user.sttService : changes.sttService,
    }));
  }

  async setStoreRecordingPermission(uid: string, value: boolean): Promise<User> {
    return this.#documents.update(uid, () => ({ storeRecordingPermission: value }));
  }

  /** Sets whether emotions are read from conversations and considered in chat. */
  async setEmotionAware(uid: string, value: boolean): Promise<User> {
    return this.#documents.update(uid, () => ({ emotionAware: value }));
  }

  /** Sets the task manager of the phone that the app sends tasks to. */
  async setTaskManager(uid: string, value: string | null): Promise<User> {
    return this.#documents.update(uid, () => ({ taskManager: value }));
  }

  /** Sets whether what desktop apps read from the screen is stored. */
  async setScreenActivity(uid: string, value: boolean): Promise<User> {
    return this.#documents.update(uid, () => ({ screenActivityEnabled: value }));
  }

  /** Sets whether audio is kept. Turning it on is the user's consent, so it sets the permission, too. */
  async setPrivateCloudSync(uid: string, value: boolean): Promise<User> {
    return this.#documents.update(uid, () => ({
      privateCloudSyncEnabled: value,
      ...(value ? { storeRecordingPermission: true } : {}),
    }));
  }

  /** Sets what the user says of themselves; absent fields stay. */
  async introduce(uid: string, changes: Partial<Introduction>): Promise<User> {
    return this.#documents.update(uid, ({ introduction }) => ({
      introduction: { ...introduction, ...changes },
    }));
  }

  async setOnboarding(
    uid: string,
    changes: { completed: boolean | null; acquisitionSource: string | null },
  ): Promise<User> {
    return this.#documents.update(uid, ({ onboarding }) => ({
      onboarding: {
        completed: changes.completed ?? onboarding.completed,
        acquisitionSource: changes.acquisitionSource ?? onboarding.acquisitionSource,
      },
    }));
  }

  /**
   * Stores the place of the phone. `changed` is false if it is the known place to four decimals (about
   * ten metres); the time of the report is stored in any case.
   */
  async reportGeolocation(uid: string, place: Geolocation): Promise<{ changed: boolean }> {
    let changed = true;
    await this.#documents.update(uid, ({ lastGeolocation }) => {
      changed = lastGeolocation === null || !isSamePlace(lastGeolocation, place);
      const known = changed || lastGeolocation === null ? place : lastGeolocation;
      return { lastGeolocation: { ...known, reportedAt: this.#clock.now() } };
    });
    return { changed };
  }

  /** Opts in to the training programme, which also keeps the audio. */
  async requestTrainingDataOptIn(uid: string): Promise<User> {
    return this.#documents.update(uid, () => ({
      trainingDataOptIn: { optedIn: true, status: 'pending_review' },
      privateCloudSyncEnabled: true,
      storeRecordingPermission: true,
    }));
  }

  /** Sets the app that writes the user's summaries. */
  async setPreferredApp(uid: string, appId: string): Promise<User> {
    return this.#documents.update(uid, () => ({ preferredAppId: appId }));
  }

  /** @param hour local hour, 0 to 23
   * @throws AppError `bad-request` for another value */
  async setDailySummary(
    uid: string,
    changes: { enabled: boolean | null; hour: number | null },
  ): Promise<User> {
    const { enabled, hour } = changes;
    if (hour !== null && (!Number.isInteger(hour) || hour < 0 || hour > 23)) {
      throw new AppError('bad-request', 'Hour must be between 0 and 23');
    }
    return this.#documents.update(uid, ({ dailySummary }) => ({
      dailySummary: {
        enabled: enabled ?? dailySummary.enabled,
        hourLocal: hour ?? dailySummary.hourLocal,
      },
    }));
  }

  /** @param frequency 0 (never) to 5
   * @throws AppError `bad-request` for another value */
  async setMentorNotifications(uid: string, frequency: number): Promise<User> {
    assertFrequency(frequency);
    return this.#documents.update(uid, () => ({ mentorNotificationFrequency: frequency }));
  }

  /** @param frequency 0 (never) to 5
   * @throws AppError `bad-request` for another value */
  async setNotifications(
    uid: string,
    changes: { enabled: boolean | null; frequency: number | null },
  ): Promise<User> {
    if (changes.frequency !== null) assertFrequency(changes.frequency);
    return this.#documents.update(uid, ({ notifications }) => ({
      notifications: {
        enabled: changes.enabled ?? notifications.enabled,
        frequency: changes.frequency ?? notifications.frequency,
      },
    }));
  }

  /** Merges `changes` into the assistant settings and returns all of them. */
  async mergeAssistantSettings(
    uid: string,
    changes: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const user = await this.#documents.update(uid, ({ assistantSettings }) => ({
      assistantSettings: mergeBounded(assistantSettings, changes),
    }));
    return user.assistantSettings;
  }

  /** Merges `changes` into the profile of the user and returns all of it. */
  async mergeAiProfile(
    uid: string,
    changes: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const user = await this.#documents.update(uid, ({ aiProfile }) => ({
      aiProfile: mergeBounded(aiProfile, changes),
    }));
    return user.aiProfile;
  }

  /**
   * Stores a device's push token and the user's time zone. An invalid time zone is not stored, and
   * `timeZoneStored` is false; the token is stored in any case.
   */
  async registerDevice(uid: string, report: DeviceReport): Promise<{ timeZoneStored: boolean }> {
    const zone = report.timeZone;
    const timeZoneStored = zone !== null && isIanaZone(zone);
    const updatedAt = this.#clock.now();
    await this.#documents.update(uid, (user) => {
      const others = Object.entries(user.pushTokens)
        .filter(([key]) => key !== report.deviceKey)
        .sort(([, a], [, b]) => b.updatedAt - a.updatedAt)
        .slice(0, DEVICE_LIMIT - 1);
      const device = [report.deviceKey, { token: report.token, updatedAt }] as const;
      return {
        pushTokens: Object.fromEntries([...others, device]),
        timeZone: timeZoneStored ? zone : user.timeZone,
      };
    });
    return { timeZoneStored };
  }

  /** Removes the push token of a device, and every entry with `token` if it is given. */
  async forgetDevice(uid: string, deviceKey: string, token: string | null): Promise<void> {
    await this.#documents.update(uid, (user) => {
      const kept = Object.entries(user.pushTokens).filter(
        ([key, entry]) => key !== deviceKey && entry.token !== token,
      );
      return { pushTokens: Object.fromEntries(kept) };
    });
  }
}

function assertFrequency(frequency: number): void {
  if (!Number.isInteger(frequency) || frequency < 0 || frequency > 5) {
    throw new AppError('bad-request', 'Frequency must be between 0 and 5');
  }
}

function isIanaZone(name: string): boolean {
  return /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name);
}

function isSamePlace(a: Geolocation, b: Geolocation): boolean {
  return (
    a.latitude.toFixed(4) === b.latitude.toFixed(4) &&
    a.longitude.toFixed(4) === b.longitude.toFixed(4)
  );
}

function mergeBounded(
  base: Record<string, unknown>,
  changes: Record<string, unknown>,
): Record<string, unknown> {
  const merged = deepMerge(base, changes);
  if (Buffer.byteLength(JSON.stringify(merged)) > FREE_FORM_LIMIT) {
    throw new AppError('payload-too-large', 'The settings are too large.');
  }
  return merged;
}
