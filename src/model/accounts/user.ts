import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { geolocationSchema } from '../conversations/conversation.ts';
import { timestamp } from '../timestamp.ts';

/** What users say of themselves; null: nothing. */
export const introductionSchema = z.object({
  /** What they want to be called. The account keeps its own name. */
  name: z.string().nullable(),
  motivation: z.string().nullable(),
  useCase: z.string().nullable(),
  job: z.string().nullable(),
  company: z.string().nullable(),
});
export type Introduction = z.infer<typeof introductionSchema>;

/** A user with all settings that clients store. `id` is the uid. */
export const userSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  createdAt: timestamp,
  language: z.string().nullable(),
  timeZone: z.string().nullable(),
  singleLanguageMode: z.boolean(),
  vocabulary: z.array(z.string()),
  /** The only languages that are spoken (BCP-47); empty: any. A single one is a lock. */
  languages: z.array(z.string()).default([]),
  /** Speech-to-text service or provider to use first; null: the operator's order. */
  sttService: z.string().nullable().default(null),
  /** True if conversations and chat consider the user's emotion. */
  emotionAware: z.boolean().default(false),
  /** True if what desktop apps read from the screen is stored. */
  screenActivityEnabled: z.boolean().default(false),
  /** The task manager of the phone that the app sends tasks to; null: none. */
  taskManager: z.string().nullable().default(null),
  storeRecordingPermission: z.boolean(),
  privateCloudSyncEnabled: z.boolean(),
  onboarding: z.object({ completed: z.boolean(), acquisitionSource: z.string() }),
  dataProtectionLevel: z.enum(['standard', 'enhanced']),
  dailySummary: z.object({ enabled: z.boolean(), hourLocal: z.number().int() }),
  mentorNotificationFrequency: z.number().int(),
  notifications: z.object({ enabled: z.boolean(), frequency: z.number().int() }),
  trainingDataOptIn: z.object({ optedIn: z.boolean(), status: z.string().nullable() }),
  preferredAppId: z.string().nullable(),
  assistantSettings: z.record(z.string(), z.unknown()),
  aiProfile: z.record(z.string(), z.unknown()),
  /** Last place that the phone reported; valid for 30 minutes. */
  lastGeolocation: geolocationSchema.extend({ reportedAt: timestamp }).nullable(),
  /** Push tokens by device key `<platform>_<device hash>`. */
  pushTokens: z.record(z.string(), z.object({ token: z.string(), updatedAt: timestamp })),
  /**
   * Keys of the user's own that requests must carry: SHA-256 (lower-case hex) by provider. Null:
   * not enrolled. The keys themselves are never stored.
   */
  byok: z
    .object({ fingerprints: z.record(z.string(), z.string()), lastSeenAt: timestamp })
    .nullable()
    .default(null),
  /**
   * Who signs the user in: `LOCAL_IDENTITY`, or the SHA-256 of an issuer and its subject. Null for
   * accounts that an earlier release or another program has created.
   */
  identity: z.string().nullable().default(null),
  /** What the user tells a desktop app at its first start. Null: not told. */
  introduction: introductionSchema.default({
    name: null,
    motivation: null,
    useCase: null,
    job: null,
    company: null,
  }),
});
export type User = z.infer<typeof userSchema>;

export const users = defineCollection({
  name: 'users',
  scope: 'global',
  schema: userSchema,
  queries: { byName: { filters: { name: 'eq' }, orderBy: 'createdAt', direction: 'asc' } },
});

/** Returns a new user with Omi's default settings. */
export function makeUser(parts: Pick<User, 'id' | 'createdAt'> & Partial<User>): User {
  return {
    name: null,
    language: null,
    timeZone: null,
    singleLanguageMode: false,
    vocabulary: [],
    languages: [],
    sttService: null,
    emotionAware: false,
    screenActivityEnabled: false,
    taskManager: null,
    storeRecordingPermission: false,
    privateCloudSyncEnabled: true,
    onboarding: { completed: false, acquisitionSource: '' },
    dataProtectionLevel: 'standard',
    dailySummary: { enabled: true, hourLocal: 22 },
    mentorNotificationFrequency: 0,
    notifications: { enabled: true, frequency: 3 },
    trainingDataOptIn: { optedIn: false, status: null },
    preferredAppId: null,
    assistantSettings: {},
    aiProfile: {},
    lastGeolocation: null,
    pushTokens: {},
    byok: null,
    identity: null,
    introduction: { name: null, motivation: null, useCase: null, job: null, company: null },
    ...parts,
  };
}

/** `identity` of an account that this server itself signs in. */
export const LOCAL_IDENTITY = 'local';

/**
 * Returns true if the user's audio is kept. `privateCloudSyncEnabled` is on by default, so it alone is no
 * consent: `storeRecordingPermission`, off by default, must be on, too.
 */
export function mayRecord(
  user: Pick<User, 'storeRecordingPermission' | 'privateCloudSyncEnabled'> | undefined,
): boolean {
  return user?.storeRecordingPermission === true && user.privateCloudSyncEnabled;
}

/** Returns BCP-47 tags of the user's languages, the most important first; empty if none is known. */
export function spokenLanguages({
  languages,
  language,
}: Pick<User, 'languages' | 'language'>): string[] {
  return languages.length > 0 ? languages : language === null ? [] : [language];
}

/** Name of the account of a new installation; not the name of a person. */
export const FIRST_ACCOUNT = 'owner';

/** Returns the name of a user; null if there is none. */
export function personalName(
  user: (Pick<User, 'name'> & Partial<Pick<User, 'introduction'>>) | undefined,
): string | null {
  const name = user?.introduction?.name ?? user?.name ?? null;
  return name === FIRST_ACCOUNT ? null : name;
}
