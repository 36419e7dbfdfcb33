import path from 'node:path';
import { ActionItemService } from './action-items/action-item-service.ts';
import { ActionItemSharing } from './action-items/action-item-sharing.ts';
import { AppReviews } from './apps/app-reviews.ts';
import { EnabledApps } from './apps/enabled-apps.ts';
import { AudioLog } from './audio/audio-log.ts';
import type { BrowserSessions } from './auth/browser-sessions.ts';
import type { LocalAccounts } from './auth/local-accounts.ts';
import type { SignIn } from './auth/sign-in.ts';
import type { TokenVerifier } from './auth/token-verifier.ts';
import { BlobLinks } from './blob/blob-links.ts';
import type { BlobStore } from './blob/blob-store.ts';
import { loadLinkSecret } from './blob/link-secret.ts';
import { relayEvents } from './cache/event-relay.ts';
import { Locks } from './cache/locks.ts';
import { RateLimiter } from './cache/rate-limiter.ts';
import type { SteadyCache } from './cache/steady-cache.ts';
import { findDateRange } from './chat/date-range.ts';
import type { Config } from './config/config.ts';
import { switchOffTracing } from './config/env.ts';
import type { Secrets } from './config/secrets.ts';
import { countedEmbeddings, loadModels } from './context/load-models.ts';
import { type ChatParts, openChat } from './context/open-chat.ts';
import {
  openBlobs,
  openCipher,
  openConfiguredAuth,
  openSteadyCache,
  openStore,
} from './context/open-engines.ts';
import { openUnderstanding, type UnderstandingParts } from './context/open-understanding.ts';
import { ConversationService } from './conversations/conversation-service.ts';
import { ExternalConversations } from './conversations/external-conversations.ts';
import { MergeService } from './conversations/merge-service.ts';
import { eraseSharedConversations } from './conversations/shared-conversations-eraser.ts';
import { SplitService } from './conversations/split-service.ts';
import { RATE_LIMITS } from './http/rate-limits.ts';
import { Instances } from './jobs/instances.ts';
import { JobWorker } from './jobs/job-worker.ts';
import { shareWakeUps } from './jobs/shared-wake-ups.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import { DisposeStack } from './kernel/dispose-stack.ts';
import type { EventBus } from './kernel/event-bus.ts';
import type { Logger } from './kernel/logger.ts';
import { refuseOutbound } from './kernel/loopback.ts';
import type { ChatModel } from './llm/chat-model.ts';
import type { EmbeddingModel } from './llm/embedding-model.ts';
import type { LanguageModel } from './llm/language-model.ts';
import { createModelSource, type ModelSource } from './llm/model-source.ts';
import { MemoryService } from './memories/memory-service.ts';
import { type DomainEvents, SHARED_EVENTS } from './model/domain-events.ts';
import { Retranscription } from './recordings/recording-retranscription.ts';
import { RecordingService } from './recordings/recording-service.ts';
import { FileTranscription } from './recordings/recording-upload.ts';
import { TranscriptVersions } from './recordings/recording-versions.ts';
import { SearchFeed } from './search/indexing/search-feed.ts';
import { SearchService } from './search/question/search-service.ts';
import { openSearchIndex } from './search/registry.ts';
import type { SearchIndex } from './search/search-index.ts';
import { eraseSessionAudio } from './sessions/erase-session-audio.ts';
import { loggedFormat } from './sessions/open-stt.ts';
import { TranscriptionService } from './sessions/transcription-service.ts';
import { PeopleService } from './speakers/people-service.ts';
import { ProfileVoices } from './speakers/profile-voices.ts';
import { SpeechProfiles } from './speakers/speech-profiles.ts';
import { SpeechSamples } from './speakers/speech-samples.ts';
import type { DocumentStore } from './store/document-store.ts';
import { loadSttProviders } from './stt/registry.ts';
import type { SttProvider } from './stt/stt-provider.ts';
import { AccountDeletion } from './users/account-deletion.ts';
import { CachedSettings } from './users/cached-settings.ts';
import { GoalService } from './users/goal-service.ts';
import { LlmUsageService } from './users/llm-usage.ts';
import { OwnKeys } from './users/own-keys.ts';
import { SttUsageService } from './users/stt-usage.ts';
import { UserService } from './users/user-service.ts';

/** Open index files of users, at most; each costs some megabytes. */
const MAX_OPEN_INDEXES = 64;
/** How long one process may look through the store for what a dead one has left. */
const TAKE_OVER_MS = 5 * 60_000;

export interface ContextOptions {
  config: Config;
  secrets: Secrets;
  logger: Logger;
  clock?: Clock;
}

/** Everything that the product consists of, joined. What owns a resource is closed by `close`. */
export interface Context extends ChatParts, UnderstandingParts {
  config: Config;
  logger: Logger;
  clock: Clock;
  store: DocumentStore;
  events: EventBus<DomainEvents>;
  cache: SteadyCache;
  rateLimiter: RateLimiter;
  /** Null: only this machine may read the metrics. */
  metricsToken: string | null;
  instances: Instances;
  audioLog: AudioLog;
  blobs: BlobStore;
  blobLinks: BlobLinks;
  searchIndex: SearchIndex;
  /** The operator's own, for checks; what they are asked is not counted. */
  languageModel: LanguageModel | null;
  chatModel: ChatModel | null;
  embeddingModel: EmbeddingModel | null;
  /** Models by feature and user, their use counted: what services take. */
  models: ModelSource;
  llmUsage: LlmUsageService;
  ownKeys: OwnKeys;
  sttProviders: ReadonlyMap<string, SttProvider>;
  jobWorker: JobWorker;
  accounts: LocalAccounts;
  /** Knows every kind of token that is accepted. */
  verifier: TokenVerifier;
  /** Signs browsers in. */
  browserSessions: BrowserSessions;
  signIn: SignIn;
  /** Throws where tokens of the configured issuer cannot be checked. */
  checkSignIn(): Promise<void>;
  /** Ends every sign-in of a user so far, tokens of this server excepted. */
  endSignIns(uid: string): Promise<void>;
  users: UserService;
  cachedSettings: CachedSettings;
  enabledApps: EnabledApps;
  appReviews: AppReviews;
  deletion: AccountDeletion;
  people: PeopleService;
  speechProfiles: SpeechProfiles;
  speechSamples: SpeechSamples;
  memories: MemoryService;
  actionItems: ActionItemService;
  sharing: ActionItemSharing;
  conversations: ConversationService;
  merges: MergeService;
  splits: SplitService;
  externalConversations: ExternalConversations;
  goals: GoalService;
  searchFeed: SearchFeed;
  search: SearchService;
  transcription: TranscriptionService;
  recordings: RecordingService;
  retranscription: Retranscription;
  transcriptVersions: TranscriptVersions;
  fileTranscription: FileTranscription;
  sttUsage: SttUsageService;
  close(): Promise<void>;
}

/**
 * The composition root: the one place where implementations and services meet. Opens engines, then
 * services on top of them; nothing runs until `startServer` (or a command) says so. Where opening
 * fails, what was open is closed again.
 */
export async function openContext(options: ContextOptions): Promise<Context> {
  const stack = new DisposeStack();
  try {
    return await compose(options, stack);
  } catch (error) {
    await stack.dispose();
    throw error;
  }
}

async function compose(options: ContextOptions, stack: DisposeStack): Promise<Context> {
  const { config, logger } = options;
  const clock = options.clock ?? systemClock;
  switchOffTracing();
  if (config.isPrivate) stack.defer('private network', refuseOutbound());
  const cache = stack.use('cache', await openSteadyCache(options, clock));
  const store = stack.use('store', await openStore(options));
  const { events } = store;
  const jobWorker = new JobWorker({
    store,
    logger: logger.child({ subsystem: 'jobs' }),
    clock,
    // Whatever is cut off is taken up again at the next start.
    graceMs: 2_000,
  });
  const auth = await openConfiguredAuth(options, store, clock);
  stack.defer('job wake-ups', await shareWakeUps({ cache, events, worker: jobWorker, logger }));
  stack.defer(
    'event relay',
    await relayEvents({ events, cache, names: SHARED_EVENTS, channel: 'events', logger }),
  );
  const locks = new Locks({ store, cache, clock });
  const llmUsage = new LlmUsageService({
    store,
    clock,
    prices: config.llmPrices,
    logger: logger.child({ subsystem: 'llm-usage' }),
  });
  stack.defer('llm usage', () => llmUsage.flush());
  const ownKeys = new OwnKeys({ store, clock });
  const keyOf = (uid: string) => ownKeys.openAiKeyOf(uid);
  const { own, byUser } = await loadModels({ ...options, keyOf });
  const models = createModelSource({ own, byUser, ledger: llmUsage });
  const ownModels = own();
  const sttProviders = await loadSttProviders(config.sttProviders, logger, config);
  for (const [name, provider] of sttProviders) {
    stack.defer(`stt ${name}`, async () => provider.close?.());
  }

  const blobs = await openBlobs(options);
  const audioLog = stack.use(
    'audio log',
    new AudioLog({
      directory: path.join(config.dataDir, 'audio-log'),
      fsync: config.durability === 'power',
      maxAgeMs: config.audioLog.maxAgeMs,
      maxBytes: config.audioLog.maxBytes,
      minFreeBytes: config.audioLog.minFreeDiskBytes,
      chunkMs: config.scaling.audioChunkMs,
      shipTo: config.scaling.shipAudioLog ? blobs : null,
      cipher: openCipher(options.secrets),
      logger: logger.child({ subsystem: 'audio-log' }),
    }),
  );
  const sharedSecret = options.secrets.linkSecret?.reveal();
  const linkSecret =
    sharedSecret === undefined
      ? await loadLinkSecret(path.join(config.dataDir, 'blob-link.key'))
      : Buffer.from(sharedSecret);
  const people = new PeopleService({ store, clock, blobs });
  const cachedSettings = new CachedSettings({ store, cache, clock });
  const enabledApps = new EnabledApps({ store, cache, clock });
  const appReviews = new AppReviews({ store, cache });
  const speechProfiles = new SpeechProfiles({
    store,
    clock,
    blobs,
    onChanged: (uid) => cachedSettings.forgetSpeechProfile(uid),
  });
  const speechSamples = new SpeechSamples({ store, clock, blobs });
  const searchIndex = stack.use(
    'search index',
    await openSearchIndex(config.engines.search, {
      directory: path.join(config.dataDir, 'search'),
      embeddings: countedEmbeddings(ownModels?.embedding ?? null, models),
      logger: logger.child({ subsystem: 'search' }),
      maxOpen: MAX_OPEN_INDEXES,
    }),
  );
  const searchFeed = stack.use(
    'search feed',
    new SearchFeed({ store, index: searchIndex, clock, logger }),
  );
  stack.defer(
    'search notes',
    events.on('search-changed', ({ uid }) => searchFeed.note(uid)),
  );
  const { defaultTimeZone } = config;
  const search = new SearchService({
    store,
    index: searchIndex,
    feed: searchFeed,
    clock,
    defaultTimeZone,
    readTime: findDateRange,
    logger,
  });
  const users = new UserService({ store, clock, defaultTimeZone });
  const understanding = openUnderstanding({
    config,
    logger,
    clock,
    store,
    events,
    jobWorker,
    models,
  });
  const { processing, dailySummaries } = understanding;
  const sttUsage = new SttUsageService({
    store,
    clock,
    dailyBudgetMs: config.sttDailyBudgetMs,
    providerBudgetsMs: config.sttProviderBudgetsMs,
    logger: logger.child({ subsystem: 'stt-usage' }),
  });
  stack.defer('stt usage', () => sttUsage.close());
  const instances = new Instances({
    store,
    clock,
    logger: logger.child({ subsystem: 'instances' }),
    directory: path.join(config.dataDir, 'instances'),
    timeoutMs: config.scaling.instanceTimeoutMs,
    onDead: async () => {
      // One of the others is enough; what it does not get done, the next one does.
      await locks.tryRun('recover', TAKE_OVER_MS, () => transcription.recover());
    },
  });
  const transcription: TranscriptionService = new TranscriptionService({
    store,
    audioLog,
    cache,
    instances,
    jobWorker,
    users,
    events,
    clock,
    logger: logger.child({ subsystem: 'transcription' }),
    providers: sttProviders,
    services: config.sttServices,
    languageModel: (uid) => models.languageModel({ uid, feature: 'onboarding' }),
    vision: (uid) => models.visionModel({ uid, feature: 'vision' }),
    people,
    voices: new ProfileVoices({ store, blobs, profiles: speechProfiles, logger }),
    samples: speechSamples,
    blobs,
    vadGateMode: config.vadGateMode,
    usage: sttUsage,
    maxAudioBurstMs: config.server.maxAudioBurstMs,
    maxSessions: config.server.maxSessions,
    maxSessionsPerUser: config.server.maxSessionsPerUser,
  });
  const recordings = new RecordingService({
    store,
    audioLog,
    blobs,
    clock,
    jobWorker,
    formatOf: loggedFormat,
    logs: transcription.logs,
  });
  const transcriptVersions = new TranscriptVersions({ store });
  const openRecordedStt = transcription.openRecordedStt.bind(transcription);
  const retranscription = new Retranscription({
    store,
    blobs,
    clock,
    users,
    jobWorker,
    recordings,
    openStt: openRecordedStt,
  });
  const eraseRecordings = async (uid: string, id: string) => {
    await eraseSessionAudio(store, audioLog, uid, id);
    await recordings.eraseConversation(uid, id);
    await transcriptVersions.eraseConversation(uid, id);
  };
  const reshaping = { store, blobs, clock, jobWorker };
  const merges = new MergeService({ ...reshaping, eraseRecordings });
  const splits = new SplitService(reshaping);
  const conversations = new ConversationService({
    store,
    clock,
    reprocess: (uid, id, { languageCode, appId, signal }) =>
      appId === null
        ? processing.reprocess(uid, id, languageCode)
        : processing.runSummaryApp(uid, id, appId, languageCode, signal),
    finaliseCurrent: async (uid, { calendarMeetingContext }) =>
      (await transcription.finaliseCurrent(
        uid,
        calendarMeetingContext && { calendar_meeting_context: calendarMeetingContext },
      )) ?? null,
    eraseRecordings,
  });
  const sharing = new ActionItemSharing({ store, clock });
  const memories = new MemoryService({ store, clock });
  const actionItems = new ActionItemService({ store, clock });
  const chatting = openChat({
    config,
    logger,
    clock,
    store,
    blobs,
    models,
    search,
    users,
    memories,
    actionItems,
    people,
    dailySummaries,
    openRecordedStt,
  });
  // Closed first: workers and sessions stop before the engines that they use.
  stack.defer('instance', () => instances.close());
  stack.defer('jobs', () => jobWorker.close());
  stack.defer('live sessions', () => transcription.close());

  const rateLimiter = new RateLimiter({
    cache,
    ...config.scaling.rateLimits,
    logger: logger.child({ subsystem: 'rate-limits' }),
  });
  return {
    config,
    logger,
    clock,
    store,
    events,
    cache,
    rateLimiter,
    metricsToken: options.secrets.metricsToken?.reveal() ?? null,
    instances,
    audioLog,
    blobs,
    blobLinks: new BlobLinks({ store: blobs, secret: linkSecret, clock }),
    searchIndex,
    models,
    llmUsage,
    ownKeys,
    languageModel: ownModels?.language.medium ?? null,
    chatModel: ownModels?.chat ?? null,
    embeddingModel: ownModels?.embedding ?? null,
    sttProviders,
    jobWorker,
    accounts: auth.accounts,
    verifier: auth.verifier,
    browserSessions: auth.browserSessions,
    signIn: auth.signIn,
    checkSignIn: auth.check,
    endSignIns: auth.endSignIns,
    users,
    cachedSettings,
    enabledApps,
    appReviews,
    deletion: new AccountDeletion({
      store,
      erasers: [
        // Before all else: a token that lives on must not bring the account back.
        auth.endSignIns,
        // A live session would write on.
        (uid) => transcription.endSessionsOf(uid),
        (uid) => eraseSharedConversations(store, uid),
        (uid) => sharing.eraseShares(uid),
        ...chatting.erasers,
        (uid) => audioLog.deleteUser(uid),
        (uid) => recordings.eraseUser(uid),
        (uid) => sttUsage.forget(uid),
        (uid) => llmUsage.forget(uid),
        (uid) => ownKeys.forget(uid),
        (uid) => searchFeed.deleteUser(uid),
        (uid) => speechProfiles.eraseUser(uid),
        (uid) => appReviews.eraseUser(uid),
        (uid) => cachedSettings.forgetUser(uid),
        (uid) => enabledApps.forgetUser(uid),
        (uid) => rateLimiter.forget(uid, Object.keys(RATE_LIMITS)),
        auth.eraseOutside,
      ],
    }),
    people,
    speechProfiles,
    speechSamples,
    memories,
    actionItems,
    sharing,
    conversations,
    merges,
    splits,
    externalConversations: new ExternalConversations({
      store,
      clock,
      ensurePerson: async (uid, name) => (await people.createPerson(uid, name)).id,
    }),
    goals: new GoalService({ store, clock }),
    searchFeed,
    search,
    ...understanding,
    transcription,
    recordings,
    retranscription,
    transcriptVersions,
    fileTranscription: new FileTranscription({ users, openStt: openRecordedStt }),
    ...chatting.parts,
    sttUsage,
    close: () => stack.dispose(),
  };
}
