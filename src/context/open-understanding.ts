import { UserSummaryApps } from '../apps/user-summary-apps.ts';
import { FolderService } from '../conversations/folder-service.ts';
import type { LlmFeature } from '../llm/model-usage.ts';
import { AppSummaries } from '../understanding/app-summaries.ts';
import { DailySummaries } from '../understanding/daily-summaries.ts';
import { createEmotionReader } from '../understanding/emotion/emotion-reader.ts';
import { EmotionService } from '../understanding/emotion/emotion-service.ts';
import { FolderChoice } from '../understanding/folder-choice.ts';
import { createModelEngine } from '../understanding/model/model-engine.ts';
import { PeriodRecaps } from '../understanding/period-recaps.ts';
import { ProcessingService } from '../understanding/processing-service.ts';
import { createRuleEngine } from '../understanding/rules/rule-engine.ts';
import { createUnderstanding } from '../understanding/understand.ts';
import { GoalAdvice } from '../users/goal-advice.ts';
import type { ServicesFrom } from './module.ts';
import type { Core } from './open-core.ts';
import type { openModels } from './open-models.ts';
import type { openUsers } from './open-users.ts';

/** Joins both engines of understanding with what they write. */
export function openUnderstanding(
  deps: Core & ServicesFrom<typeof openModels> & ServicesFrom<typeof openUsers>,
) {
  const { config, clock, store, events, jobWorker, models } = deps;
  const logger = deps.logger.child({ subsystem: 'understanding' });
  const { defaultTimeZone } = config;
  const modelFor = (feature: LlmFeature) => (uid: string) => models.languageModel({ uid, feature });
  const folders = new FolderService({ store, clock });
  const summaryApps = new UserSummaryApps({
    candidateIds: config.suggestedSummaryApps,
    apps: deps.appDirectory,
  });
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
    services: {
      processing,
      dailySummaries: new DailySummaries({
        store,
        clock,
        jobWorker,
        modelFor: modelFor('daily_summary'),
        defaultTimeZone,
        logger,
      }),
      goalAdvice: new GoalAdvice({ store, modelFor: modelFor('notifications'), logger }),
      recaps: new PeriodRecaps({ store, clock, defaultTimeZone }),
      emotions: new EmotionService({ store, clock, readEmotion, defaultTimeZone }),
      folders,
      summaryApps,
    },
  };
}
