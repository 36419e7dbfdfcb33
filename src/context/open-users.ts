import { AppDirectory } from '../apps/app-directory.ts';
import { EnabledApps } from '../apps/enabled-apps.ts';
import { ChangeFeed } from '../changes/change-feed.ts';
import { ConversationRatings } from '../conversations/conversation-ratings.ts';
import { KnowledgeGraphs } from '../memories/knowledge-graph.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import { LibraryCounter } from '../users/library-counts.ts';
import { ReEncryption } from '../users/re-encryption.ts';
import { SttUsageService } from '../users/stt-usage.ts';
import { UsageReports } from '../users/usage-report.ts';
import { UserService } from '../users/user-service.ts';
import type { Core } from './open-core.ts';

/** Opens what is known of users: settings, and how much they use. */
export function openUsers({
  config,
  logger,
  store,
  events,
  cache,
  clock,
  stack,
  jobWorker,
  ...core
}: Core) {
  const { defaultTimeZone } = core;
  const enabledApps = new EnabledApps({ store, cache, clock });
  const sttUsage = new SttUsageService({
    store,
    clock,
    dailyBudgetMs: config.sttDailyBudgetMs,
    providerBudgetsMs: config.sttProviderBudgetsMs,
    logger: logger.child({ subsystem: 'stt-usage' }),
  });
  stack.defer('stt usage', () => sttUsage.close());
  const changeFeed = new ChangeFeed({ store, events, clock });
  stack.defer('change feed', async () => changeFeed.close());
  return {
    services: {
      changeFeed,
      reEncryption: new ReEncryption({ store, clock, jobWorker, canEncrypt: config.encryption }),
      libraryCounter: new LibraryCounter(store),
      conversationRatings: new ConversationRatings({ store, clock }),
      knowledgeGraphs: new KnowledgeGraphs({ store, clock }),
      users: new UserService({ store, clock, defaultTimeZone }),
      enabledApps,
      appDirectory: new AppDirectory({ store, enabled: enabledApps }),
      sttUsage,
      usageReports: new UsageReports({
        store,
        clock,
        loadTranscript: (uid, conversation) => loadTranscript(store, uid, conversation),
      }),
    },
    erasers: {
      data: [(uid: string) => sttUsage.forget(uid)],
    },
  };
}
