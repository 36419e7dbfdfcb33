import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CacheHealth } from './cache/steady-cache.ts';
import { VERSION } from './config/version.ts';
import type { Context } from './context.ts';
import { InlineActionItemService } from './conversations/inline-action-item-service.ts';
import { type ExportSources, exportSections } from './http/account-export.ts';
import { buildHttpApp, type RoutePlugin } from './http/app.ts';
import { ChatWire } from './http/chat-stream.ts';
import { FileLinks } from './http/file-links.ts';
import { actionItemRoutes } from './http/routes/action-items.ts';
import { actionItemSharingRoutes } from './http/routes/action-items-sharing.ts';
import { blobRoutes } from './http/routes/blobs.ts';
import { browserSessionRoutes } from './http/routes/browser-sessions.ts';
import { chatRoutes } from './http/routes/chat.ts';
import { chatFeedbackRoutes } from './http/routes/chat-feedback.ts';
import { chatFileRoutes } from './http/routes/chat-files.ts';
import { chatSessionRoutes } from './http/routes/chat-sessions.ts';
import { chatToolRoutes } from './http/routes/chat-tools.ts';
import { conversationRoutes } from './http/routes/conversations.ts';
import { conversationEditRoutes } from './http/routes/conversations-edit.ts';
import { conversationJoiningRoutes } from './http/routes/conversations-joining.ts';
import { conversationPartRoutes } from './http/routes/conversations-parts.ts';
import type { ActionItemSearch, ConversationSearch } from './http/routes/conversations-search.ts';
import { dailySummaryRoutes } from './http/routes/daily-summaries.ts';
import { emotionRoutes } from './http/routes/emotions.ts';
import { folderRoutes } from './http/routes/folders.ts';
import { goalRoutes } from './http/routes/goals.ts';
import { memoryRoutes } from './http/routes/memories.ts';
import { metricsRoutes } from './http/routes/metrics.ts';
import { peopleRoutes } from './http/routes/people.ts';
import { recordingRoutes } from './http/routes/recordings.ts';
import { recordingTranscriptRoutes } from './http/routes/recordings-transcripts.ts';
import { signInRoutes } from './http/routes/sign-in.ts';
import { speechProfileRoutes } from './http/routes/speech-profile.ts';
import { startupAppRoutes } from './http/routes/startup-apps.ts';
import { startupFeatureRoutes } from './http/routes/startup-features.ts';
import { startupIntegrationRoutes } from './http/routes/startup-integrations.ts';
import { summaryAppRoutes } from './http/routes/summary-apps.ts';
import { userAccountRoutes } from './http/routes/user-account.ts';
import { userAssistantRoutes } from './http/routes/user-assistant.ts';
import { userLlmUsageRoutes } from './http/routes/user-llm-usage.ts';
import { userNotificationRoutes } from './http/routes/user-notifications.ts';
import { userOwnKeyRoutes } from './http/routes/user-own-keys.ts';
import { userPrivacyRoutes } from './http/routes/user-privacy.ts';
import { userSettingsRoutes } from './http/routes/user-settings.ts';
import { userSttUsageRoutes } from './http/routes/user-stt-usage.ts';
import { userUsageRoutes } from './http/routes/user-usage.ts';
import { voiceMessageRoutes } from './http/routes/voice-messages.ts';
import { voiceTranscriptRoutes } from './http/routes/voice-transcripts.ts';
import { LatencyWindow } from './kernel/latency-window.ts';
import { ListenServer } from './listen/listen-server.ts';
import { actionItems } from './model/action-item.ts';
import { conversations } from './model/conversation.ts';
import { memories } from './model/memory.ts';
import { messages } from './model/message.ts';
import { people } from './model/person.ts';
import { Metrics } from './server/metrics.ts';
import { queryAll } from './store/collection.ts';
import type { SttAudioCounts } from './stt/stt-meter.ts';
import { loadPhotos } from './transcripts/conversation-photos.ts';
import { loadTranscript } from './transcripts/transcript.ts';
import { UsageReports } from './users/usage-report.ts';
import { exportAccount } from './users/user-export.ts';
import { stringifyWire } from './wire/json.ts';
import { profileToWire } from './wire/user-wire.ts';

export interface RunningServer {
  /** `http://host:port` that it listens on. */
  url: string;
  /** Stops taking work, lets live sessions end, closes the context. */
  close(): Promise<void>;
}

/** Starts serving what a context holds: recovers, runs jobs, listens. */
export async function startServer(context: Context): Promise<RunningServer> {
  const { config, logger } = context;
  const latency = new LatencyWindow();
  const metrics = new Metrics(context);
  let isReady = false;
  const app = buildHttpApp({
    logger: logger.child({ subsystem: 'http' }),
    ownKeys: context.ownKeys,
    verifier: context.verifier,
    corsOrigins: config.server.corsOrigins,
    publicUrl: config.server.publicUrl,
    routes: [
      ...routesOf(context),
      metricsRoutes({
        contentType: metrics.contentType,
        render: () => metrics.render(),
        token: context.metricsToken,
      }),
    ],
    version: VERSION,
    isReady: () => isReady,
    onResponse: (method, route, status, ms) => metrics.onHttpResponse(method, route, status, ms),
    countRequest: (policy, subject, limit) => context.rateLimiter.take(policy, subject, limit),
    health: async () => {
      await context.store.check();
      return {
        version: VERSION,
        cache: cacheHealth(context.cache.health),
        live_sessions: context.transcription.sessionCount,
        jobs: await context.jobWorker.stats(),
        segment_latency_ms: latency.summary(),
        stt_minutes_since_start: sttMinutes(context.sttUsage.totals),
      };
    },
  });
  const listen = new ListenServer({
    publicUrl: config.server.publicUrl,
    verifier: context.verifier,
    transcription: context.transcription,
    voice: context.voice,
    logger: logger.child({ subsystem: 'listen' }),
    defaultTimeoutMs: config.conversationTimeoutMs,
    onSegmentLatency: (ms) => {
      latency.add(ms);
      metrics.onSegmentLatency(ms);
    },
    observe: (event) => metrics.onListenEvent(event),
  });
  listen.attach(app.server);
  try {
    await context.instances.join();
    const recovered = await context.transcription.recover();
    await context.instances.forgetDead();
    context.instances.start();
    if (recovered.sessions + recovered.conversations > 0) logger.info(recovered, 'recovered');
    context.jobWorker.start();
    await app.listen({ host: config.server.host, port: config.server.port });
    isReady = true;
  } catch (error) {
    await app.close();
    await context.close();
    throw error;
  }
  const { address, port, family } = app.server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  let closed: Promise<void> | undefined;
  return {
    url: `http://${host}:${port}`,
    close: () => {
      closed ??= (async () => {
        isReady = false;
        context.transcription.refuseSessions();
        listen.refuseSockets();
        // Long enough for a load balancer to see it, and to send new clients elsewhere.
        if (config.scaling.drainMs > 0) await sleep(config.scaling.drainMs);
        await listen.disconnect();
        // Together: the service limits how long sessions wait for their provider's last words.
        await Promise.all([listen.close(), context.transcription.close()]);
        await app.close();
        await context.close();
      })();
      return closed;
    },
  };
}

function cacheHealth({ engine, state, since, failures }: CacheHealth) {
  return { engine, state, since: new Date(since).toISOString(), failures };
}

/** An account as `/v1/users/export` answers it, in pieces of JSON. */
export async function* exportJson(context: Context, uid: string): AsyncGenerator<string> {
  const profile = profileToWire(await context.users.getUser(uid));
  yield* exportAccount(uid, profile, exportSections(exportSources(context)), stringifyWire);
}

/** Audio of all users since the start: sent, not sent as it was silent, sent although it was silent. */
function sttMinutes({ sentMs, savedMs, savableMs }: SttAudioCounts) {
  const [sent, saved, savable] = [sentMs, savedMs, savableMs].map(
    (ms) => Math.round(ms / 60) / 1000,
  );
  return { sent, saved, savable };
}

/** Every route of the API: a resource is one line here and one file in `http/routes`. */
function routesOf(context: Context): RoutePlugin[] {
  const { store, clock, users } = context;
  const search = searchForRoutes(context);
  const links = new FileLinks(context.blobLinks, context.config.server.publicUrl);
  const { chat } = context;
  const wire = new ChatWire({ chat, links });
  const chatLogger = context.logger.child({ subsystem: 'chat' });
  const usage = new UsageReports({
    store,
    clock,
    loadTranscript: (uid, conversation) => loadTranscript(store, uid, conversation),
  });
  return [
    conversationRoutes({ conversations: context.conversations, search }),
    conversationEditRoutes({ conversations: context.conversations }),
    conversationJoiningRoutes({ merges: context.merges, splits: context.splits }),
    folderRoutes({ folders: context.folders, conversations: context.conversations }),
    summaryAppRoutes({
      processing: context.processing,
      apps: context.summaryApps,
      users,
    }),
    dailySummaryRoutes({ dailySummaries: context.dailySummaries }),
    goalRoutes({ goals: context.goals }),
    conversationPartRoutes({
      conversations: context.conversations,
      inlineActionItems: new InlineActionItemService({ store, clock }),
    }),
    emotionRoutes({ emotions: context.emotions, users }),
    memoryRoutes({ memories: context.memories }),
    // Its fixed paths (`batch`, `search`, …) win over `{id}` in the router, whatever the order.
    actionItemRoutes({ actionItems: context.actionItems, search }),
    actionItemSharingRoutes({ sharing: context.sharing }),
    peopleRoutes({ people: context.people, samples: context.speechSamples, links }),
    speechProfileRoutes({
      profiles: context.speechProfiles,
      samples: context.speechSamples,
      links,
      segmentIdAt: async (uid, conversationId, index) =>
        (await context.conversations.get(uid, conversationId)).segments[index]?.id,
    }),
    signInRoutes({ signIn: context.signIn, publicUrl: context.config.server.publicUrl }),
    blobRoutes({ files: context.blobLinks }),
    browserSessionRoutes({
      sessions: context.browserSessions,
      publicUrl: context.config.server.publicUrl,
    }),
    userSettingsRoutes({ users }),
    recordingRoutes({ recordings: context.recordings, links }),
    recordingTranscriptRoutes({
      retranscription: context.retranscription,
      versions: context.transcriptVersions,
      files: context.fileTranscription,
    }),
    userPrivacyRoutes({
      users,
      recordingErasers: [(uid) => context.recordings.eraseUser(uid)],
    }),
    userNotificationRoutes({ users }),
    userAssistantRoutes({ users }),
    userAccountRoutes({
      users,
      deletion: context.deletion,
      exportSections: exportSections(exportSources(context)),
    }),
    userUsageRoutes({ users, usage }),
    userSttUsageRoutes({ sttUsage: context.sttUsage }),
    userLlmUsageRoutes({ llmUsage: context.llmUsage }),
    userOwnKeyRoutes({ ownKeys: context.ownKeys }),
    chatRoutes({ chat, wire, logger: chatLogger }),
    chatFileRoutes({ files: chat.files, links }),
    voiceMessageRoutes({ chat, wire, voice: context.voice, logger: chatLogger }),
    voiceTranscriptRoutes({ voice: context.voice }),
    chatToolRoutes({ tools: context.chatTools }),
    chatFeedbackRoutes({ messages: context.chat.messages, sharing: context.chatSharing }),
    chatSessionRoutes({ chat: context.chat, sessions: context.chatSessions }),
    startupAppRoutes(),
    startupFeatureRoutes(),
    startupIntegrationRoutes(),
  ];
}

/** Passages of one conversation that a search tells of. */
const MATCHES_SHOWN = 10;

function searchForRoutes({ search }: Context): ConversationSearch & ActionItemSearch {
  return {
    searchConversations: async (uid, request) => {
      const { items } = await search.searchConversations(uid, request);
      return {
        items: items.map(({ conversation, matches }) => ({
          conversation,
          matches: matches
            .filter((match) => match.segmentIds.length > 0)
            .slice(0, MATCHES_SHOWN)
            .map(({ matchedSegmentIds, matched, filter }) => ({
              segmentIds: matchedSegmentIds,
              matched,
              ...filter,
            })),
        })),
      };
    },
    searchActionItems: async (uid, request) =>
      (await search.searchActionItems(uid, request)).map(({ actionItem }) => actionItem),
  };
}

function exportSources({ store, chat }: Context): ExportSources {
  return {
    async *conversations(uid) {
      for await (const conversation of queryAll(store, conversations, uid, { query: 'recent' })) {
        yield {
          conversation,
          segments: await loadTranscript(store, uid, conversation),
          photos: await loadPhotos(store, uid, conversation.id),
        };
      }
    },
    memories: (uid) => queryAll(store, memories, uid, { query: 'byScoring' }),
    people: (uid) => queryAll(store, people, uid, { query: 'byName' }),
    actionItems: (uid) => queryAll(store, actionItems, uid, { query: 'recent' }),
    async *chatMessages(uid) {
      for await (const message of queryAll(store, messages, uid, { query: 'recent' })) {
        const [cited, files] = await Promise.all([
          chat.messages.citedBy(uid, [message]),
          chat.files.findMany(uid, message.fileIds),
        ]);
        yield { message, cited, files };
      }
    },
    async *chatFiles(uid) {
      for await (const file of chat.files.listAll(uid)) {
        yield { file, bytes: await chat.files.bytesOf(file) };
      }
    },
  };
}
