import { z } from 'zod';
import { mayRecord, type User } from '../model/accounts/user.ts';
import { toIso } from '../model/timestamp.ts';

/** The user's document as the app reads it. Push tokens and the last place stay on the server. */
export const profileSchema = z
  .object({
    uid: z.string(),
    name: z.string().nullable(),
    motivation: z.string().nullable(),
    use_case: z.string().nullable(),
    job: z.string().nullable(),
    company: z.string().nullable(),
    created_at: z.string(),
    language: z.string().nullable(),
    time_zone: z.string().nullable(),
    data_protection_level: z.string(),
    transcription_preferences: z.object({
      single_language_mode: z.boolean(),
      vocabulary: z.array(z.string()),
    }),
    store_recording_permission: z.boolean(),
    private_cloud_sync_enabled: z.boolean(),
    onboarding: z.object({ completed: z.boolean(), acquisition_source: z.string() }),
    daily_summary_enabled: z.boolean(),
    daily_summary_hour_local: z.int(),
    mentor_notification_frequency: z.int(),
    notifications_enabled: z.boolean(),
    notification_frequency: z.int(),
  })
  .meta({ id: 'Profile' });

/** Returns the user's document as the app reads it. */
export function profileToWire(user: User): z.output<typeof profileSchema> {
  return {
    uid: user.id,
    name: user.introduction.name ?? user.name,
    motivation: user.introduction.motivation,
    use_case: user.introduction.useCase,
    job: user.introduction.job,
    company: user.introduction.company,
    created_at: toIso(user.createdAt),
    language: user.language,
    time_zone: user.timeZone,
    data_protection_level: user.dataProtectionLevel,
    transcription_preferences: {
      single_language_mode: user.singleLanguageMode,
      vocabulary: user.vocabulary,
    },
    store_recording_permission: user.storeRecordingPermission,
    private_cloud_sync_enabled: mayRecord(user),
    onboarding: onboardingToWire(user),
    daily_summary_enabled: user.dailySummary.enabled,
    daily_summary_hour_local: user.dailySummary.hourLocal,
    mentor_notification_frequency: user.mentorNotificationFrequency,
    notifications_enabled: user.notifications.enabled,
    notification_frequency: user.notifications.frequency,
  };
}

export function onboardingToWire({ onboarding }: User) {
  return {
    completed: onboarding.completed,
    acquisition_source: onboarding.acquisitionSource,
  };
}

/** `language` is a string for every user: empty while none is chosen. */
export function transcriptionPreferencesToWire(user: User) {
  return {
    single_language_mode: user.singleLanguageMode,
    vocabulary: user.vocabulary,
    language: user.language ?? '',
    languages: user.languages,
    stt_service: user.sttService,
  };
}

export function trainingDataOptInToWire({ trainingDataOptIn }: User) {
  return { opted_in: trainingDataOptIn.optedIn, status: trainingDataOptIn.status };
}

/** `hour` is local to the user. */
export function dailySummarySettingsToWire({ dailySummary }: User) {
  return { enabled: dailySummary.enabled, hour: dailySummary.hourLocal };
}

export function notificationSettingsToWire({ notifications }: User) {
  return { enabled: notifications.enabled, frequency: notifications.frequency };
}
