import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { geolocationSchema } from './conversation.ts';
import { timestamp } from './timestamp.ts';

/** A user and every setting that the clients store with one. `id` is the uid. */
export const userSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  createdAt: timestamp,
  language: z.string().nullable(),
  timeZone: z.string().nullable(),
  singleLanguageMode: z.boolean(),
  vocabulary: z.array(z.string()),
  /** The only languages that are spoken (BCP-47); empty: any. One alone is listened for alone. */
  languages: z.array(z.string()).default([]),
  /** Speech-to-text service or provider that is asked first, null for the operator's order. */
  sttService: z.string().nullable().default(null),
  /** Whether conversations and chat heed what the user feels. */
  emotionAware: z.boolean().default(false),
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
   * accounts that an earlier release or another program has made.
   */
  identity: z.string().nullable().default(null),
});
export type User = z.infer<typeof userSchema>;

export const users = defineCollection({
  name: 'users',
  scope: 'global',
  schema: userSchema,
  queries: { byName: { filters: { name: 'eq' }, orderBy: 'createdAt', direction: 'asc' } },
});

/** A new user with the settings that Omi gives one. */
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
    ...parts,
  };
}

/** `identity` of an account whose tokens this server gives out. */
export const LOCAL_IDENTITY = 'local';

/**
 * Whether the user's audio is kept. `privateCloudSyncEnabled` is on unless somebody switches it
 * off, so it alone is nobody's wish: `storeRecordingPermission`, off by default, must be given too.
 */
export function mayRecord(
  user: Pick<User, 'storeRecordingPermission' | 'privateCloudSyncEnabled'> | undefined,
): boolean {
  return user?.storeRecordingPermission === true && user.privateCloudSyncEnabled;
}

/** BCP-47 tags of what the user speaks, the most important first; empty if nothing is known. */
export function spokenLanguages({
  languages,
  language,
}: Pick<User, 'languages' | 'language'>): string[] {
  return languages.length > 0 ? languages : language === null ? [] : [language];
}

/** What the account is called that a new installation makes; nobody's name. */
export const FIRST_ACCOUNT = 'owner';

/** The name to call somebody by, null where none was given. */
export function personalName(user: Pick<User, 'name'> | undefined): string | null {
  const name = user?.name ?? null;
  return name === FIRST_ACCOUNT ? null : name;
}
