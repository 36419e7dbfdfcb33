import { AppReviews } from '../apps/app-reviews.ts';
import { EnabledApps } from '../apps/enabled-apps.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import { CachedSettings } from '../users/cached-settings.ts';
import { SttUsageService } from '../users/stt-usage.ts';
import { UsageReports } from '../users/usage-report.ts';
import { UserService } from '../users/user-service.ts';
import type { Core } from './open-core.ts';

/** Opens what is known of users: settings, and how much they use. */
export function openUsers({ config, logger, store, cache, clock, stack, defaultTimeZone }: Core) {
  const cachedSettings = new CachedSettings({ store, cache, clock });
  const enabledApps = new EnabledApps({ store, cache, clock });
  const appReviews = new AppReviews({ store, cache });
  const sttUsage = new SttUsageService({
    store,
    clock,
    dailyBudgetMs: config.sttDailyBudgetMs,
    providerBudgetsMs: config.sttProviderBudgetsMs,
    logger: logger.child({ subsystem: 'stt-usage' }),
  });
  stack.defer('stt usage', () => sttUsage.close());
  return {
    services: {
      users: new UserService({ store, clock, defaultTimeZone }),
      cachedSettings,
      enabledApps,
      appReviews,
      sttUsage,
      usageReports: new UsageReports({
        store,
        clock,
        loadTranscript: (uid, conversation) => loadTranscript(store, uid, conversation),
      }),
    },
    erasers: {
      data: [
        (uid: string) => sttUsage.forget(uid),
        (uid: string) => appReviews.eraseUser(uid),
        (uid: string) => cachedSettings.forgetUser(uid),
        (uid: string) => enabledApps.forgetUser(uid),
      ],
    },
  };
}
