import { mayRecord, type User } from '../model/accounts/user.ts';
import { toIso } from '../model/timestamp.ts';

/** The user's document as the app reads it. Push tokens and the last place stay on the server. */
export function profileToWire(user: User) {
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
