import { BuiltInSummaryApps } from '../apps/built-in-summary-apps.ts';
import type { SummaryAppDirectory } from '../apps/summary-app.ts';
import type { Config } from '../config/config.ts';
import { FolderService } from '../conversations/folder-service.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import type { Clock } from '../kernel/clock.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import type { Logger } from '../kernel/logger.ts';
import type { ModelSource } from '../llm/model-source.ts';
import type { LlmFeature } from '../llm/model-usage.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { AppSummaries } from '../understanding/app-summaries.ts';
import { DailySummaries } from '../understanding/daily-summaries.ts';
import { createEmotionReader } from '../understanding/emotion/emotion-reader.ts';
import { EmotionService } from '../understanding/emotion/emotion-service.ts';
import { FolderChoice } from '../understanding/folder-choice.ts';
import { createModelEngine } from '../understanding/model/model-engine.ts';
import { ProcessingService } from '../understanding/processing-service.ts';
import { createRuleEngine } from '../understanding/rules/rule-engine.ts';
import { createUnderstanding } from '../understanding/understand.ts';

/** What makes sense of what was said. */
export interface UnderstandingParts {
  processing: ProcessingService;
  dailySummaries: DailySummaries;
  emotions: EmotionService;
  folders: FolderService;
  summaryApps: SummaryAppDirectory;
}

export interface UnderstandingDeps {
  config: Config;
  logger: Logger;
  clock: Clock;
  store: DocumentStore;
  events: EventBus<DomainEvents>;
  jobWorker: JobWorker;
  models: ModelSource;
}

/** Joins both engines of understanding with what they write. */
export function openUnderstanding(deps: UnderstandingDeps): UnderstandingParts {
  const { config, clock, store, events, jobWorker, models } = deps;
  const logger = deps.logger.child({ subsystem: 'understanding' });
  const { defaultTimeZone } = config;
  const modelFor = (feature: LlmFeature) => (uid: string) => models.languageModel({ uid, feature });
  const folders = new FolderService({ store, clock });
  const summaryApps = new BuiltInSummaryApps(config.suggestedSummaryApps);
  const readEmotion = createEmotionReader({
    modelFor: modelFor('emotion'),
    logger: deps.logger.child({ subsystem: 'emotion' }),
  });
  const processing = new ProcessingService({
    readEmotion,
    store,
    clock,
    events,
    jobWorker,
    defaultTimeZone,
    folders: new FolderChoice({ folders, modelFor: modelFor('folder'), logger }),
    summaries: new AppSummaries({ apps: summaryApps, modelFor: modelFor('app_result'), logger }),
    understand: createUnderstanding({
      modelEngineFor: (uid) => {
        const model = models.languageModel({ uid, feature: 'structure' });
        return model && createModelEngine(model);
      },
      ruleEngine: createRuleEngine(),
      logger,
    }),
  });
  return {
    processing,
    dailySummaries: new DailySummaries({
      store,
      clock,
      jobWorker,
      modelFor: modelFor('daily_summary'),
      defaultTimeZone,
      logger,
    }),
    emotions: new EmotionService({ store, clock, readEmotion, defaultTimeZone }),
    folders,
    summaryApps,
  };
}
