import { AppAnswers } from '../apps/app-answers.ts';
import { AppAuthoring } from '../apps/app-authoring.ts';
import { AppEnabling } from '../apps/app-enabling.ts';
import { AppKeys } from '../apps/app-keys.ts';
import { AppManifests } from '../apps/app-manifests.ts';
import { AppMessages } from '../apps/app-messages.ts';
import { AppReviews } from '../apps/app-reviews.ts';
import { AppWriter } from '../apps/app-writer.ts';
import { IntegrationAccess } from '../apps/integration-access.ts';
import { McpApps } from '../apps/mcp-apps.ts';
import { McpConnections } from '../apps/mcp-connections.ts';
import { McpSignIn } from '../apps/mcp-sign-in.ts';
import { Personas } from '../apps/personas.ts';
import { ProactiveNotifications } from '../apps/proactive-notifications.ts';
import { RemoteMcp } from '../apps/remote-mcp.ts';
import { JobWorker } from '../jobs/job-worker.ts';
import { GuardedHttp } from '../kernel/guarded-http.ts';
import type { Logger } from '../kernel/logger.ts';
import { FactExtraction } from '../understanding/fact-extraction.ts';
import { AppReplies } from '../webhooks/app-replies.ts';
import { Webhooks } from '../webhooks/webhooks.ts';
import { APP_CATEGORIES } from '../wire/app-kinds.ts';
import type { ServicesFrom } from './module.ts';
import type { Core } from './open-core.ts';
import type { openFiles } from './open-files.ts';
import type { openModels } from './open-models.ts';
import type { openSearch } from './open-search.ts';
import type { openSignIn } from './open-sign-in.ts';
import type { openUsers } from './open-users.ts';
import { wireBodies } from './webhook-bodies.ts';

/** Jobs that wait for servers of others at the same time. */
const OUTGOING_JOBS_AT_ONCE = 16;

type Deps = Core &
  ServicesFrom<typeof openSignIn> &
  ServicesFrom<typeof openFiles> &
  ServicesFrom<typeof openUsers> &
  ServicesFrom<typeof openModels> &
  ServicesFrom<typeof openSearch>;

/** Opens apps and webhooks: what goes out to servers of others, and what comes back. */
export function openApps(deps: Deps) {
  const { config, clock, store, stack, appDirectory } = deps;
  const logger = deps.logger.child({ subsystem: 'apps' });
  const { allowLoopbackUrls: allowLoopback, isPrivate } = config;
  const guardedHttp = new GuardedHttp({ allowLoopback, isPrivate });
  const appMessages = new AppMessages({ store, clock });
  const proactive = openProactive(deps, appMessages, logger);
  const answers = new AppAnswers({ messages: appMessages, proactive });
  // A worker of its own: a receiver that hangs must not hold up the processing of conversations.
  const outgoingWorker = new JobWorker({
    store,
    clock,
    logger: logger.child({ subsystem: 'webhooks' }),
    tracing: deps.telemetry.tracing,
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
  const appReplies = new AppReplies({
    reader: store,
    endpoints: webhooks.endpoints,
    messages: appMessages,
  });
  stack.defer('live webhooks', () => webhooks.live.close());
  const appStore = openAppStore(deps, guardedHttp);
  return {
    services: {
      guardedHttp,
      appMessages,
      appReplies,
      webhooks,
      outgoingWorker,
      ...appStore.services,
    },
    erasers: appStore.erasers,
  };
}

/** Opens what users do with apps: make, enable, review them. */
function openAppStore(deps: Deps, http: GuardedHttp) {
  const { store, blobs, clock, appDirectory: apps } = deps;
  const manifests = new AppManifests({ http });
  const remoteMcp = new RemoteMcp({ http });
  const mcpConnections = new McpConnections({
    store,
    clock,
    locks: deps.locks,
    signIn: new McpSignIn({ http, clock }),
    logger: deps.logger.child({ subsystem: 'apps' }),
  });
  const isServerOwner = deps.isOwner;
  const appKeys = new AppKeys({ store, clock });
  const appAuthoring = new AppAuthoring({
    store,
    blobs,
    clock,
    manifests,
    mcpConnections,
    isServerOwner,
  });
  const appWriter = new AppWriter({
    modelFor: (uid) => deps.models.languageModel({ uid, feature: 'app_result' }),
    categories: APP_CATEGORIES.map(({ id }) => id),
  });
  return {
    services: {
      appAuthoring,
      mcpApps: new McpApps({
        store,
        authoring: appAuthoring,
        connections: mcpConnections,
        remoteMcp,
        enabled: deps.enabledApps,
      }),
      appEnabling: new AppEnabling({ store, apps, enabled: deps.enabledApps, manifests }),
      appReviews: new AppReviews({ store, clock, apps }),
      appKeys,
      integrationAccess: new IntegrationAccess({ store, keys: appKeys, enabled: deps.enabledApps }),
      appWriter,
      personas: new Personas({
        store,
        clock,
        locks: deps.locks,
        authoring: appAuthoring,
        directory: apps,
        enabled: deps.enabledApps,
        writer: appWriter,
      }),
      factExtraction: new FactExtraction({
        modelFor: (uid) => deps.models.languageModel({ uid, feature: 'memories' }),
      }),
    },
    erasers: { data: [(uid: string) => appAuthoring.eraseUser(uid)] },
  };
}

/** Opens the notifications that apps ask for. */
function openProactive(
  { store, cache, models, search }: Deps,
  messages: AppMessages,
  logger: Logger,
) {
  return new ProactiveNotifications({
    store,
    cache,
    messages,
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
}
