import { makeUser, userSchema } from '../../../model/accounts/user.ts';
import { isRecord } from './field-codec.ts';
import type { StoredAt, StoredFields } from './layout.ts';
import { timeOf, withDefaults } from './omi-defaults.ts';

/** Returns our user from Omi's document `users/{uid}`. */
export function completeUser(
  fields: Record<string, unknown>,
  stored: StoredFields,
  at: StoredAt,
): unknown {
  const preferences = recordOf(stored.transcription_preferences);
  const defaults = makeUser({ id: at.id, createdAt: timeOf(fields.createdAt, at) });
  const summary = { ...defaults.dailySummary };
  if (typeof stored.daily_summary_enabled === 'boolean') {
    summary.enabled = stored.daily_summary_enabled;
  }
  if (typeof stored.daily_summary_hour_local === 'number') {
    summary.hourLocal = stored.daily_summary_hour_local;
  }
  const notifications = { ...defaults.notifications };
  if (typeof stored.notifications_enabled === 'boolean') {
    notifications.enabled = stored.notifications_enabled;
  }
  if (typeof stored.notification_frequency === 'number') {
    notifications.frequency = stored.notification_frequency;
  }
  return withDefaults(
    userSchema,
    {
      ...fields,
      singleLanguageMode: preferences.single_language_mode,
      vocabulary: preferences.vocabulary,
      dailySummary: summary,
      notifications,
    },
    defaults,
  );
}

/** Omi's names and places of the settings. */
export function storeUser(stored: StoredFields): StoredFields {
  const { single_language_mode, vocabulary, daily_summary, notifications, ...rest } = stored;
  const summary = recordOf(daily_summary);
  const notification = recordOf(notifications);
  const preferences = given({ single_language_mode, vocabulary });
  return {
    ...rest,
    ...(Object.keys(preferences).length === 0 ? {} : { transcription_preferences: preferences }),
    ...given({
      daily_summary_enabled: summary.enabled,
      daily_summary_hour_local: summary.hour_local,
      notifications_enabled: notification.enabled,
      notification_frequency: notification.frequency,
    }),
  };
}

function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
