import path from 'node:path';
import { chooseDetector } from '../audio/choose-detector.ts';
import type { VoiceActivityFactory } from '../audio/voice-activity.ts';
import type { Logger } from '../kernel/logger.ts';
import { ProcessRegistry } from '../processes/process-registry.ts';
import { SessionLogs } from '../recordings/session-logs.ts';
import { ConnectedDevices } from '../sessions/connected-devices.ts';
import { ConversationEnd } from '../sessions/conversation-end.ts';
import { SessionOpener } from '../sessions/open-session.ts';
import { loggedFormat, SttOpener } from '../sessions/open-stt.ts';
import { registerPhotoDescription } from '../sessions/photos/photo-description.ts';
import { type Recovered, recoverSessions } from '../sessions/recover-sessions.ts';
import { registerSessionJobs } from '../sessions/session-jobs.ts';
import { SessionPresence } from '../sessions/session-presence.ts';
import { SessionRegistry } from '../sessions/session-registry.ts';
import { SharedSessions } from '../sessions/shared-sessions.ts';
import { TranscriptionService } from '../sessions/transcription-service.ts';
import { segmentAudio } from '../speakers/speaker-audio.ts';
import { registerVoiceLearning } from '../speakers/speaker-samples.ts';
import { SpeechServices } from '../stt/speech-services.ts';
import { traceProvider } from '../telemetry/traced-provider.ts';
import { LiveConversations } from '../transcripts/live-conversations.ts';
import type { ServicesFrom } from './module.ts';
import type { openApps } from './open-apps.ts';
import type { Core } from './open-core.ts';
import type { openFiles } from './open-files.ts';
import type { openModels } from './open-models.ts';
import type { openSpeakers } from './open-speakers.ts';
import type { openUsers } from './open-users.ts';

/** Longest time for one process to recover the sessions of a dead one. */
const TAKE_OVER_MS = 5 * 60_000;

type Deps = Core &
  ServicesFrom<typeof openApps> &
  ServicesFrom<typeof openFiles> &
  ServicesFrom<typeof openModels> &
  ServicesFrom<typeof openSpeakers> &
  ServicesFrom<typeof openUsers>;

/** What the parts of this module share. */
interface Parts {
  logger: Logger;
  processes: ProcessRegistry;
  stt: SttOpener;
  live: LiveConversations;
  sessions: SessionRegistry;
}

/** Opens live transcription, in one of the processes that share the store. */
export async function openSessions(deps: Deps) {
  const { config, store, clock, events, audioLog, jobWorker } = deps;
  const logger = deps.logger.child({ subsystem: 'transcription' });
  const createDetector = chooseDetector(config.vadDetector, logger);
  const speech = await openSpeech(deps, createDetector);
  const recover = (): Promise<Recovered> => recoverSessions({ store, audioLog, processes, clock });
  const processes = openProcesses(deps, recover);
  const stt = new SttOpener({
    speech,
    vadGateMode: config.vadGateMode,
    createDetector,
    usage: deps.sttUsage,
    voiceModel: deps.voiceModel,
    voiceThresholds: config.voices.thresholds,
    logger,
  });
  const live = new LiveConversations({ store, clock });
  const parts = { logger, processes, stt, live, sessions: new SessionRegistry() };
  const transcription = openTranscription(deps, parts);
  const sessionLogs = new SessionLogs({
    audioLog,
    processes,
    clock,
    diskWaitMs: config.scaling.diskWaitMs,
    release: (uid, sessionId) => transcription.release(uid, sessionId),
  });
  registerJobs(deps, parts, sessionLogs);
  const conversationEnd = new ConversationEnd({
    store,
    events,
    logger,
    jobWorker,
    live,
    flush: (uid, conversationId) => transcription.flush(uid, conversationId),
  });
  return {
    services: {
      speech,
      processes,
      transcription,
      sessionLogs,
      conversationEnd,
      openRecordedStt: stt.openRecorded.bind(stt),
      /** After a start, and after another process has died. */
      recoverSessions: recover,
    },
    // A live session would create documents again.
    erasers: { access: [(uid: string) => transcription.endSessionsOf(uid)] },
  };
}

/** Opens the speech services, which follow the stored settings. */
async function openSpeech(deps: Deps, createDetector: VoiceActivityFactory) {
  const { config, logger, stack, storedSettings, telemetry } = deps;
  const speech = stack.use(
    'speech services',
    new SpeechServices({
      logger,
      places: { modelsDir: config.modelsDir, createDetector },
      wrap: (provider) =>
        config.telemetry === null ? provider : traceProvider(provider, telemetry.tracing),
    }),
  );
  await storedSettings.onChange(({ config: { sttProviders, sttServices } }) =>
    speech.use({ providers: sttProviders, services: sttServices }),
  );
  return speech;
}

function openProcesses(deps: Deps, recover: () => Promise<Recovered>): ProcessRegistry {
  const { config, logger, store, clock, locks } = deps;
  return new ProcessRegistry({
    store,
    clock,
    logger: logger.child({ subsystem: 'instances' }),
    directory: path.join(config.dataDir, 'instances'),
    timeoutMs: config.scaling.instanceTimeoutMs,
    onDead: async () => {
      // One process is enough. What it does not finish, the next one does.
      await locks.tryRun('recover', TAKE_OVER_MS, recover);
    },
  });
}

function openTranscription(deps: Deps, parts: Parts): TranscriptionService {
  const { config, store, clock, events, models } = deps;
  const { logger, sessions } = parts;
  const { maxAudioBurstMs, maxSessions, maxSessionsPerUser } = config.server;
  const instanceId = parts.processes.id;
  const presence = new SessionPresence(deps.cache);
  const shared = new SharedSessions({
    store,
    events,
    clock,
    logger,
    instanceId,
    sessions,
    presence,
  });
  const devices = new ConnectedDevices();
  const opener = new SessionOpener({
    store,
    live: parts.live,
    audioLog: deps.audioLog,
    maxAudioBurstMs,
    events,
    clock,
    logger,
    stt: parts.stt,
    models: {
      language: (uid) => models.languageModel({ uid, feature: 'onboarding' }),
      vision: (uid) => models.visionModel({ uid, feature: 'vision' }),
    },
    people: deps.people,
    voices: deps.knownVoices,
    instanceId,
    shared,
    beginFeed: (uid, format) => deps.webhooks.live.begin(uid, format),
    devices,
  });
  return new TranscriptionService({
    store,
    users: deps.users,
    events,
    clock,
    logger,
    opener,
    sessions,
    devices,
    presence,
    shared,
    live: parts.live,
    tracing: deps.telemetry.tracing,
    maxSessions,
    maxSessionsPerUser,
  });
}

function registerJobs(deps: Deps, parts: Parts, logs: SessionLogs): void {
  const { store, clock, events, audioLog, jobWorker, users, blobs, models } = deps;
  const { logger, sessions, stt, processes } = parts;
  registerSessionJobs({
    store,
    clock,
    events,
    logger,
    audioLog,
    jobWorker,
    instanceId: processes.id,
    sessions,
    logs,
    stt,
    users,
    voices: deps.knownVoices,
  });
  registerPhotoDescription({
    store,
    clock,
    events,
    jobWorker,
    vision: (uid) => models.visionModel({ uid, feature: 'vision' }),
  });
  const readAudio = segmentAudio({ store, audioLog, blobs, formatOf: loggedFormat });
  registerVoiceLearning({
    store,
    jobWorker,
    users,
    samples: deps.speechSamples,
    conversationVoices: deps.conversationVoices,
    readAudio,
    logger,
  });
}
