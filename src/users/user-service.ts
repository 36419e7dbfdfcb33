import { IANAZone } from 'luxon';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { Geolocation } from '../model/conversation.ts';
import type { User } from '../model/user.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { deepMerge } from './deep-merge.ts';
import { MULTI_LANGUAGES } from './multi-languages.ts';
import { UserDocuments } from './user-documents.ts';

const VOCABULARY_LIMIT = 100;
/** Devices whose push tokens are kept; the ones not seen for longest go first. */
const DEVICE_LIMIT = 50;
/** Bytes of JSON in one free-form settings object, far below a document's limit on any engine. */
const FREE_FORM_LIMIT = 200_000;

export interface UserServiceOptions {
  store: DocumentStore;
  clock: Clock;
  /** IANA zone of users who have not told theirs; UTC unless told. */
  defaultTimeZone?: string;
  /** Languages that can be transcribed together; see `MULTI_LANGUAGES`. */
  multiLanguages?: ReadonlySet<string>;
}

/** A push token as a device reports it. */
export interface DeviceReport {
  /** `<platform>_<device hash>`. */
  deviceKey: string;
  token: string;
  /** IANA name, or null where the device gave none. */
  timeZone: string | null;
}

/** A user's settings. Reading or writing those of an unknown uid creates the user. */
export class UserService {
  readonly #documents: UserDocuments;
  readonly #clock: Clock;
  readonly #multiLanguages: ReadonlySet<string>;

  constructor(options: UserServiceOptions) {
    this.#documents = new UserDocuments(options);
    this.#clock = options.clock;
    this.#multiLanguages = options.multiLanguages ?? MULTI_LANGUAGES;
  }

  /** The user with every setting. */
  async getUser(uid: string): Promise<User> {
    return this.#documents.get(uid);
  }

  /** Sets the user's language, and with it whether only that one language is listened for. */
  async setLanguage(uid: string, language: string): Promise<User> {
    const trimmed = language.trim();
    if (trimmed === '') throw new AppError('bad-request', 'Language is required');
    return this.#documents.update(uid, () => ({
      language: trimmed,
      singleLanguageMode: !this.#multiLanguages.has(trimmed),
    }));
  }

  /**
   * Sets what is given, null leaving things as they are; the vocabulary is cut to its first 100
   * entries. `sttService` undefined leaves it, null forgets it.
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

  /** Whether what the user feels is read from conversations and heeded in chat. */
  async setEmotionAware(uid: string, value: boolean): Promise<User> {
    return this.#documents.update(uid, () => ({ emotionAware: value }));
  }

  /** Whether audio is kept. Switching it on is the user's wish, and so the permission as well. */
  async setPrivateCloudSync(uid: string, value: boolean): Promise<User> {
    return this.#documents.update(uid, () => ({
      privateCloudSyncEnabled: value,
      ...(value ? { storeRecordingPermission: true } : {}),
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
   * Notes where the phone is. `changed` is false where the place is the one that was known, to
   * four decimals (some ten metres); that it was reported again still counts.
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

  /** Asks to take part in the training programme, which also keeps the audio. */
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

  /** `hour` is the local hour, 0 to 23; `bad-request` otherwise. */
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

  /** `frequency` is 0 (never) to 5; `bad-request` otherwise. */
  async setMentorNotifications(uid: string, frequency: number): Promise<User> {
    assertFrequency(frequency);
    return this.#documents.update(uid, () => ({ mentorNotificationFrequency: frequency }));
  }

  /** `frequency` is 0 (never) to 5; `bad-request` otherwise. */
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

  /** Lays `changes` over the assistant settings and answers all of them. */
  async mergeAssistantSettings(
    uid: string,
    changes: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const user = await this.#documents.update(uid, ({ assistantSettings }) => ({
      assistantSettings: mergeBounded(assistantSettings, changes),
    }));
    return user.assistantSettings;
  }

  /** Lays `changes` over the profile of the user and answers all of it. */
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
   * Keeps a device's push token and the user's time zone. A name that is no IANA time zone is not
   * stored, and `timeZoneStored` says so; the token is stored either way.
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

  /** Forgets the push token of a device, and any entry of the same token where one is given. */
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
