import type { AudioLog } from '../audio/audio-log.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import type { Clock } from '../kernel/clock.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import type { Logger } from '../kernel/logger.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import { backlogJob, finaliseJob } from '../model/jobs.ts';
import type { SessionLogs } from '../recordings/session-logs.ts';
import type { KnownVoices } from '../speakers/known-voices.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { NO_VOICES } from '../stt/session-voices.ts';
import { finaliseConversation } from '../transcripts/finalise-conversation.ts';
import type { UserService } from '../users/user-service.ts';
import { loggedFormat, SERVER_DEFAULTS, type SttOpener } from './open-stt.ts';
import type { SessionRegistry } from './session-registry.ts';
import { transcribeBacklog } from './transcribe-backlog.ts';

/** How soon after a crash another run takes the jobs over that were running, milliseconds. */
const LEASE_MS = 10_000;

export interface SessionJobsOptions {
  store: DocumentStore;
  clock: Clock;
  events: EventBus<DomainEvents>;
  logger: Logger;
  audioLog: AudioLog;
  jobWorker: JobWorker;
  /** This process. */
  instanceId: string;
  sessions: SessionRegistry;
  logs: SessionLogs;
  stt: SttOpener;
  users: UserService;
  voices: KnownVoices;
}

/** Registers the jobs that end conversations, and that transcribe what sessions have left unheard. */
export function registerSessionJobs(options: SessionJobsOptions): void {
  const { jobWorker, sessions, stt, users, voices } = options;
  const hasUnheardAudio = sessions.hasUnheardAudio.bind(sessions);
  jobWorker.register(
    finaliseJob,
    (run) => finaliseConversation(run, { ...options, hasUnheardAudio }),
    { leaseMs: LEASE_MS },
  );
  jobWorker.register(
    backlogJob,
    (run) =>
      transcribeBacklog(run, {
        ...options,
        formatOf: loggedFormat,
        openStt: async (session) => {
          const { uid } = run.job;
          const known = session.includeSpeechProfile ? await voices.load(uid) : NO_VOICES;
          const request = { ...session, ...SERVER_DEFAULTS, isRecorded: false };
          return stt.open(await users.getUser(uid), request, known);
        },
      }),
    { leaseMs: LEASE_MS },
  );
}
