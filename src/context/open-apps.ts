import { AppAnswers } from '../apps/app-answers.ts';
import { AppMessages } from '../apps/app-messages.ts';
import { ProactiveNotifications } from '../apps/proactive-notifications.ts';
import { JobWorker } from '../jobs/job-worker.ts';
import { GuardedHttp } from '../kernel/guarded-http.ts';
import { Webhooks } from '../webhooks/webhooks.ts';
import type { ServicesFrom } from './module.ts';
import type { Core } from './open-core.ts';
import type { openModels } from './open-models.ts';
import type { openSearch } from './open-search.ts';
import type { openUsers } from './open-users.ts';
import { wireBodies } from './webhook-bodies.ts';

/** Jobs that wait for servers of others at the same time. */
const OUTGOING_JOBS_AT_ONCE = 16;

type Deps = Core &
  ServicesFrom<typeof openUsers> &
  ServicesFrom<typeof openModels> &
  ServicesFrom<typeof openSearch>;

/** Opens apps and webhooks: what goes out to servers of others, and what comes back. */
export function openApps(deps: Deps) {
  const { config, clock, store, cache, stack, models, search, appDirectory } = deps;
  const logger = deps.logger.child({ subsystem: 'apps' });
  const { allowLoopbackUrls: allowLoopback, isPrivate } = config;
  const guardedHttp = new GuardedHttp({ allowLoopback, isPrivate });
  const appMessages = new AppMessages({ store, clock });
  const proactive = new ProactiveNotifications({
    store,
    cache,
    messages: appMessages,
    modelFor: (uid) => models.languageModel({ uid, feature: 'notifications' }),
    search: async (uid, question, limit) => {
      const { items } = await search.searchConversations(uid, {
        query: question,
        page: 1,
        perPage: limit,
        includeDiscarded: false,
        startDate: null,
        endDate: null,
      });
      return items.map(({ conversation }) => conversation);
    },
    logger,
  });
  const answers = new AppAnswers({ messages: appMessages, proactive });
  // A worker of its own: a receiver that hangs must not hold up the processing of conversations.
  const outgoingWorker = new JobWorker({
    store,
    clock,
    logger: logger.child({ subsystem: 'webhooks' }),
    concurrency: OUTGOING_JOBS_AT_ONCE,
    graceMs: 2_000,
  });
  const webhooks = new Webhooks({
    store,
    clock,
    logger: logger.child({ subsystem: 'webhooks' }),
    worker: outgoingWorker,
    apps: appDirectory,
    http: guardedHttp,
    bodies: wireBodies,
    retrySeconds: config.webhookRetrySeconds,
    onAnswer: (uid, { app, kind }, answer) => answers.take(uid, app, { kind, ...answer }),
  });
  stack.defer('live webhooks', () => webhooks.live.close());
  return {
    services: { guardedHttp, appMessages, webhooks, outgoingWorker },
  };
}
