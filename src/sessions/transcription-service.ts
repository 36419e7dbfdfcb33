import type { AudioFormat } from '../audio/audio-format.ts';
import type { AudioLog } from '../audio/audio-log.ts';
import type { BlobStore } from '../blob/blob-store.ts';
import type { Cache } from '../cache/cache.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import type { Clock } from '../kernel/clock.ts';
import { withTimeout } from '../kernel/deferred.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import type { Logger } from '../kernel/logger.ts';
import type { LanguageModel } from '../llm/language-model.ts';
import type { VisionModel } from '../llm/vision-model.ts';
import type { User } from '../model/accounts/user.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import { backlogJob, finaliseJob } from '../model/jobs.ts';
import type { ProcessRegistry } from '../processes/process-registry.ts';
import { SessionLogs } from '../recordings/session-logs.ts';
import type { PeopleService } from '../speakers/people-service.ts';
import type { ProfileVoices } from '../speakers/profile-voices.ts';
import { segmentAudio } from '../speakers/speaker-audio.ts';
import { registerVoiceLearning } from '../speakers/speaker-samples.ts';
import type { SpeechSamples } from '../speakers/speech-samples.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { VadGateMode } from '../stt/session-stream.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { SttProvider } from '../stt/stt-provider.ts';
import type { SttService } from '../stt/stt-service.ts';
import { finaliseConversation } from '../transcripts/finalise-conversation.ts';
import { LiveConversations } from '../transcripts/live-conversations.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import type { SttUsageService } from '../users/stt-usage.ts';
import type { UserService } from '../users/user-service.ts';
import type { BeginFeed } from '../webhooks/live-webhooks.ts';
import type { ClientSession } from './client-session.ts';
import { ConnectedDevices } from './connected-devices.ts';
import { type Emit, EventOutlet } from './event-outlet.ts';
import type { ListenOptions } from './listen-options.ts';
import { SessionOpener } from './open-session.ts';
import { loggedFormat, SttOpener } from './open-stt.ts';
import { registerPhotoDescription } from './photos/photo-description.ts';
import { type Recovered, recoverSessions } from './recover-sessions.ts';
import { ResumableStreams } from './resumable-streams.ts';
import { SessionPresence } from './session-presence.ts';
import { SessionRegistry } from './session-registry.ts';
import { SharedSessions } from './shared-sessions.ts';
import { transcribeBacklog } from './transcribe-backlog.ts';

/** Bounds of `POST /v1/conversations`, milliseconds. */
const FLUSH_MS = 3_000;
const PROCESSING_MS = 30_000;
/** How long the last words are waited for at the end of the process. */
const SHUTDOWN_MS = 4_000;
/** How soon after a crash another run takes the jobs over that were running. */
const LEASE_MS = 10_000;
/** How often an end that is waited for is looked for in the store. */
const LOOK_MS = 1_000;
const SWEEP_INTERVAL_MS = 15 * 60_000;
/** The speech-to-text of audio whose client asks for nothing in particular. */
const SERVER_DEFAULTS = {
  sttService: null,
  vadGate: null,
  resampleTo: null,
  partials: false,
} as const;

export interface TranscriptionServiceOptions {
  store: DocumentStore;
  audioLog: AudioLog;
  cache: Cache;
  /** The processes on this store, of which this is one. */
  processes: ProcessRegistry;
  jobWorker: JobWorker;
  users: UserService;
  events: EventBus<DomainEvents>;
  clock: Clock;
  logger: Logger;
  /** Configured providers by name; none means that only self-transcribing clients are served. */
  providers: ReadonlyMap<string, SttProvider>;
  /** Services of these providers, in order of preference. */
  services: readonly SttService[];
  /** `VAD_GATE_MODE`. */
  vadGateMode: VadGateMode;
  usage: SttUsageService;
  /** Checks the answers of new users, null if every answer counts. */
  languageModel: (uid: string) => LanguageModel | null;
  /** Describes photos, null where they are kept as they are. */
  vision: (uid: string) => VisionModel | null;
  people: PeopleService;
  /** The voices that are known in a user's sessions, and where new ones are kept. */
  voices: ProfileVoices;
  samples: SpeechSamples;
  blobs: BlobStore;
  /** Told what is said in live sessions. */
  beginFeed: BeginFeed;
  /** Audio that one session may send at once, milliseconds; null: no limit. */
  maxAudioBurstMs: number | null;
  maxSessions: number;
  maxSessionsPerUser: number;
}

/** Live transcription: opens sessions, ends conversations, recovers what a crash left behind. */
export class TranscriptionService {
  readonly #o: TranscriptionServiceOptions;
  readonly #live: LiveConversations;
  readonly #stt: SttOpener;
  readonly #sessionOpener: SessionOpener;
  readonly #sessions = new SessionRegistry();
  readonly #presence: SessionPresence;
  readonly #streams: ResumableStreams;
  readonly #devices = new ConnectedDevices();
  readonly #shared: SharedSessions;
  /** Who reads the logs of sessions that are over. */
  readonly logs: SessionLogs;
  readonly #sweeper: NodeJS.Timeout;
  #closing = false;

  constructor(options: TranscriptionServiceOptions) {
    this.#o = options;
    const { store, clock, events, audioLog, jobWorker, logger } = options;
    this.#live = new LiveConversations({ store, clock });
    this.#stt = new SttOpener(options);
    const instanceId = options.processes.id;
    this.#presence = new SessionPresence(options.cache);
    this.#streams = new ResumableStreams({
      store,
      clock,
      end: (session) => {
        this.closeSession(session).catch((error) =>
          logger.error({ error: describeError(error) }, 'listen session not closed cleanly'),
        );
      },
    });
    this.#shared = new SharedSessions({
      ...options,
      instanceId,
      sessions: this.#sessions,
      presence: this.#presence,
    });
    this.#shared.answerFlushes((uid) => this.#flush(uid));
    const release = this.#release.bind(this);
    this.logs = new SessionLogs({ ...options, release });
    this.#sessionOpener = new SessionOpener({
      ...options,
      models: { language: options.languageModel, vision: options.vision },
      live: this.#live,
      stt: this.#stt,
      instanceId,
      shared: this.#shared,
      devices: this.#devices,
    });
    registerPhotoDescription(options);
    const readAudio = segmentAudio({ ...options, formatOf: loggedFormat });
    registerVoiceLearning({ ...options, readAudio });
    const hasUnheardAudio = this.#sessions.hasUnheardAudio.bind(this.#sessions);
    jobWorker.register(
      finaliseJob,
      (run) => finaliseConversation(run, { store, clock, events, instanceId, hasUnheardAudio }),
      { leaseMs: LEASE_MS },
    );
    const backlog = {
      store,
      audioLog,
      clock,
      logger,
      formatOf: loggedFormat,
      logs: this.logs,
    };
    jobWorker.register(
      backlogJob,
      (run) =>
        transcribeBacklog(run, {
          ...backlog,
          openStt: async (session) => {
            const { uid } = run.job;
            const voices = session.includeSpeechProfile ? await options.voices.load(uid) : [];
            const request = { ...session, ...SERVER_DEFAULTS, isRecorded: false };
            return this.#stt.open(await options.users.getUser(uid), request, voices);
          },
        }),
      { leaseMs: LEASE_MS },
    );
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_INTERVAL_MS);
    this.#sweeper.unref();
  }

  /** The speech-to-text of audio that is complete already; null if none is configured. */
  openRecordedStt(user: User, language: string, format: AudioFormat): SessionStt | null {
    const codec = format.encoding === 'opus' ? 'opus' : 'pcm16';
    const { sampleRate } = format;
    const request = { language, codec, sampleRate, ...SERVER_DEFAULTS, isRecorded: true };
    return this.#stt.open(user, request);
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /**
   * Opens a session; `emit` gets everything that the client is to be told, the start-up events
   * before this returns. Errors: `unsupported-codec`, `not-configured` (no provider, and the client
   * does not transcribe by itself), `rate-limited`, `disk-full`.
   *
   * @param isAlive asks the client for a sign of life
   */
  async openSession(
    listen: ListenOptions,
    emit: Emit,
    isAlive: () => Promise<boolean> = async () => false,
  ): Promise<ClientSession> {
    const rejoined = this.#streams.rejoin(listen, emit);
    if (rejoined) {
      this.#devices.add(rejoined, listen, isAlive);
      await this.#retell(rejoined, listen, emit);
      return rejoined;
    }
    await this.#assertCapacity(listen.uid);
    const user = await this.#o.users.getUser(listen.uid);
    const stream = await this.#streams.position(listen);
    const outlet = new EventOutlet(emit);
    const session = await this.#sessionOpener.open(user, listen, stream, outlet.emit);
    this.#streams.hold(listen, session, outlet);
    this.#sessions.add(listen.uid, session);
    this.#devices.add(session, listen, isAlive);
    try {
      await this.#presence.enter(listen.uid, session);
      await session.start();
    } catch (error) {
      this.#streams.forget(session);
      this.#devices.remove(session);
      this.#sessions.remove(listen.uid, session);
      await this.#presence.leave(session);
      throw error;
    }
    return session;
  }

  /** Tells a client that has come back what it may have missed. */
  async #retell(session: ClientSession, listen: ListenOptions, emit: Emit): Promise<void> {
    const { store } = this.#o;
    const { uid, conversationId } = session;
    emit({ type: 'service-status', status: 'ready', text: null });
    if (listen.conversationId !== undefined) {
      emit({ type: 'conversation-session', conversationId, sessionId: session.id });
    }
    const conversation = await store.find(conversations, uid, conversationId);
    if (!conversation) return;
    const segments = await loadTranscript(store, uid, conversation);
    if (segments.length > 0) emit({ type: 'segments-updated', segments, receivedAt: null });
  }

  /**
   * A connection is gone: ends its session and waits until its words are stored, unless the session
   * has another connection or waits for its client.
   */
  async leaveSession(session: ClientSession, emit: Emit): Promise<void> {
    if (this.#streams.leave(session, emit)) await this.closeSession(session);
  }

  /** Ends a session after its client has gone; waits until its words are stored. */
  async closeSession(session: ClientSession): Promise<void> {
    this.#streams.forget(session);
    try {
      await session.close();
    } finally {
      this.#devices.remove(session);
      this.#sessions.remove(session.uid, session);
      await this.#presence.leave(session);
    }
  }

  /** Ends a session that has been taken from this process, and waits until it writes no more. */
  async #release(uid: string, sessionId: string): Promise<void> {
    const own = this.#sessions.of(uid).filter((session) => session.hasId(sessionId));
    for (const session of own) {
      session.relinquish();
      await session.close();
    }
  }

  /** Gets the last words of a conversation into the store; without one those of all of the user's. */
  async #flush(uid: string, conversationId?: string): Promise<void> {
    const sessions = this.#sessions
      .of(uid)
      .filter((session) => (conversationId ?? session.conversationId) === session.conversationId);
    await Promise.all(
      sessions.map((session) =>
        // A client that has left and ended its conversation is not waited for any more.
        conversationId !== undefined && this.#streams.isWaiting(session)
          ? withTimeout(this.closeSession(session), FLUSH_MS)
          : session.flush(FLUSH_MS),
      ),
    );
  }

  /** Ends every session of a user whose account is being deleted; what waits is not waited for. */
  async endSessionsOf(uid: string): Promise<void> {
    this.#o.events.emit('sessions-revoked', { uid });
    await Promise.all(
      this.#sessions.of(uid).map((session) => {
        session.disconnect('The account was deleted');
        return this.closeSession(session);
      }),
    );
  }

  /**
   * Ends the user's live conversation now and waits, in bounds, for it to be processed. Returns it as
   * it then is (`processing` if that takes longer), or undefined if there is none with words.
   *
   * @param device how the device names itself that asks; null if it does not
   */
  async finaliseCurrent(
    uid: string,
    externalData: Record<string, unknown> | null,
    device: string | null = null,
  ): Promise<Conversation | undefined> {
    const current = await this.#live.findCurrent(uid, device);
    return current && (await this.#endNow(current, uid, externalData, 'processed'));
  }

  /**
   * Ends one live conversation now. Returns it on its way to be processed, or as it is if it has ended
   * before; undefined if there is no such conversation, or it had no words.
   */
  async finalise(
    uid: string,
    id: string,
    externalData: Record<string, unknown> | null,
  ): Promise<Conversation | undefined> {
    const conversation = await this.#o.store.find(conversations, uid, id);
    if (conversation?.status !== 'in_progress') return conversation;
    return this.#endNow(conversation, uid, externalData, 'closed');
  }

  async #endNow(
    { id }: Conversation,
    uid: string,
    externalData: Record<string, unknown> | null,
    until: 'closed' | 'processed',
  ): Promise<Conversation | undefined> {
    await Promise.all([this.#flush(uid, id), this.#shared.flushElsewhere(uid, FLUSH_MS)]);
    const { store } = this.#o;
    if (externalData) {
      await store.transact((tx) => tx.patch(conversations, uid, id, { externalData }));
    }
    const ended = this.#waitForEnd(uid, id, until);
    await this.#live.requestEnd(uid, id);
    this.#o.jobWorker.wake();
    await ended;
    return store.find(conversations, uid, id);
  }

  /** After a start, and after another process has died; see `recoverSessions`. */
  recover(): Promise<Recovered> {
    return recoverSessions(this.#o);
  }

  /** From now on no session is taken; those that there are go on. */
  refuseSessions(): void {
    this.#closing = true;
  }

  /** Ends all sessions, as far as that is possible in the time that a shutdown has. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#sweeper);
    this.#presence.close();
    this.#shared.close();
    const sessions = this.#sessions.all();
    const timer = setTimeout(() => {
      for (const session of sessions) session.interrupt();
    }, SHUTDOWN_MS);
    await Promise.allSettled(sessions.map((session) => this.closeSession(session)));
    clearTimeout(timer);
  }

  async #assertCapacity(uid: string): Promise<void> {
    if (this.#closing) {
      throw new AppError('provider-unavailable', 'The server is shutting down; connect again.');
    }
    const { maxSessions, maxSessionsPerUser } = this.#o;
    const elsewhere = await this.#presence.countElsewhere(uid);
    const ofUser = this.#sessions.of(uid).length + elsewhere;
    if (this.#sessions.size >= maxSessions || ofUser >= maxSessionsPerUser) {
      throw new AppError('rate-limited', 'Too many live sessions are open; close one first.');
    }
  }

  /** Resolves when the conversation has been processed or removed, at the latest after 30 s. */
  #waitForEnd(uid: string, conversationId: string, until: 'closed' | 'processed'): Promise<void> {
    const { events, store, logger } = this.#o;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        clearInterval(look);
        for (const off of offs) off();
        resolve();
      };
      // Another process may do the work, and its message may be lost.
      const look = setInterval(() => {
        hasEnded(store, uid, conversationId, until).then(
          (over) => over && done(),
          (error) => logger.warn({ error: describeError(error) }, 'conversation skipped'),
        );
      }, LOOK_MS);
      const timer = setTimeout(done, PROCESSING_MS);
      const isOurs = (event: { uid: string; conversationId: string }) =>
        event.uid === uid && event.conversationId === conversationId;
      const offs = [
        events.on('conversation-processed', (event) => {
          if (isOurs(event)) done();
        }),
        events.on('conversation-closed', (event) => {
          if (isOurs(event) && (until === 'closed' || !event.hasContent)) done();
        }),
      ];
    });
  }

  #sweep(): void {
    const { audioLog, clock, logger } = this.#o;
    audioLog.sweep(clock.now()).catch((error) => {
      logger.error({ error: String(error) }, 'audio log not swept');
    });
  }
}

async function hasEnded(
  store: DocumentStore,
  uid: string,
  id: string,
  until: 'closed' | 'processed',
): Promise<boolean> {
  const conversation = await store.find(conversations, uid, id);
  if (conversation?.status === 'in_progress') return false;
  return until === 'closed' || conversation?.status !== 'processing';
}
