import path from 'node:path';
import { ProcessRegistry } from '../processes/process-registry.ts';
import { TranscriptionService } from '../sessions/transcription-service.ts';
import { loadSttProviders } from '../stt/registry.ts';
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

/** Opens live transcription, in one of the processes that share the store. */
export async function openSessions(deps: Deps) {
  const { config, logger, store, clock, stack, locks, models } = deps;
  const sttProviders = await loadSttProviders(config.sttProviders, logger, config);
  for (const [name, provider] of sttProviders) {
    stack.defer(`stt ${name}`, async () => provider.close?.());
  }
  const processes = new ProcessRegistry({
    store,
    clock,
    logger: logger.child({ subsystem: 'instances' }),
    directory: path.join(config.dataDir, 'instances'),
    timeoutMs: config.scaling.instanceTimeoutMs,
    onDead: async () => {
      // One process is enough. What it does not finish, the next one does.
      await locks.tryRun('recover', TAKE_OVER_MS, () => transcription.recover());
    },
  });
  const transcription: TranscriptionService = new TranscriptionService({
    store,
    audioLog: deps.audioLog,
    cache: deps.cache,
    processes,
    jobWorker: deps.jobWorker,
    users: deps.users,
    events: deps.events,
    clock,
    logger: logger.child({ subsystem: 'transcription' }),
    providers: sttProviders,
    services: config.sttServices,
    languageModel: (uid) => models.languageModel({ uid, feature: 'onboarding' }),
    vision: (uid) => models.visionModel({ uid, feature: 'vision' }),
    people: deps.people,
    voices: deps.profileVoices,
    samples: deps.speechSamples,
    blobs: deps.blobs,
    beginFeed: (uid, format) => deps.webhooks.live.begin(uid, format),
    vadGateMode: config.vadGateMode,
    usage: deps.sttUsage,
    maxAudioBurstMs: config.server.maxAudioBurstMs,
    maxSessions: config.server.maxSessions,
    maxSessionsPerUser: config.server.maxSessionsPerUser,
  });
  return {
    services: { sttProviders, processes, transcription },
    // A live session would create documents again.
    erasers: { access: [(uid: string) => transcription.endSessionsOf(uid)] },
  };
}
