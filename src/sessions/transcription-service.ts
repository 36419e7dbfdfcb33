import type { Clock } from '../kernel/clock.ts';
import { withTimeout } from '../kernel/deferred.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Span, Tracing } from '../kernel/tracing.ts';
import { conversations } from '../model/conversations/conversation.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { LiveConversations } from '../transcripts/live-conversations.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import type { UserService } from '../users/user-service.ts';
import type { ClientSession } from './client-session.ts';
import type { ConnectedDevices } from './connected-devices.ts';
import { type Emit, EventOutlet } from './event-outlet.ts';
import type { ListenOptions } from './listen-options.ts';
import type { SessionOpener } from './open-session.ts';
import { ResumableStreams } from './resumable-streams.ts';
import type { SessionPresence } from './session-presence.ts';
import type { SessionRegistry } from './session-registry.ts';
import type { SharedSessions } from './shared-sessions.ts';
import { noteEvents, sessionSpan } from './tracing/session-span.ts';

/** How long the last words of a conversation are waited for that the user ends, milliseconds. */
const FLUSH_MS = 3_000;
/** How long the last words are waited for at the end of the process, milliseconds. */
const SHUTDOWN_MS = 4_000;

export interface TranscriptionServiceOptions {
  store: DocumentStore;
  users: UserService;
  events: EventBus<DomainEvents>;
  clock: Clock;
  logger: Logger;
  opener: SessionOpener;
  sessions: SessionRegistry;
  devices: ConnectedDevices;
  presence: SessionPresence;
  shared: SharedSessions;
  live: LiveConversations;
  tracing: Tracing;
  maxSessions: number;
  maxSessionsPerUser: number;
}

/** Live transcription: opens and ends the sessions of this process. */
export class TranscriptionService {
  readonly #o: TranscriptionServiceOptions;
  readonly #sessions: SessionRegistry;
  readonly #devices: ConnectedDevices;
  readonly #presence: SessionPresence;
  readonly #streams: ResumableStreams;
  readonly #spans = new WeakMap<ClientSession, Span>();
  #closing = false;

  constructor(options: TranscriptionServiceOptions) {
    this.#o = options;
    const { store, clock, sessions, devices, presence, shared, logger } = options;
    this.#sessions = sessions;
    this.#devices = devices;
    this.#presence = presence;
    this.#streams = new ResumableStreams({
      store,
      clock,
      end: (session) => {
        this.closeSession(session).catch((error) =>
          logger.error({ error: describeError(error) }, 'listen session not closed cleanly'),
        );
      },
    });
    shared.answerFlushes((uid, conversationId) => this.#flushHere(uid, conversationId));
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
    const span = this.#o.tracing.start(sessionSpan(listen));
    try {
      return await span.enter(() => this.#startSession(listen, emit, isAlive, span));
    } catch (error) {
      span.fail(error);
      span.end();
      throw error;
    }
  }

  async #startSession(
    listen: ListenOptions,
    emit: Emit,
    isAlive: () => Promise<boolean>,
    span: Span,
  ): Promise<ClientSession> {
    const user = await this.#o.users.getUser(listen.uid);
    const stream = await this.#streams.position(listen);
    const outlet = new EventOutlet(emit);
    const noted = noteEvents(span, outlet.emit);
    const session = await this.#o.opener.open(user, listen, stream, noted);
    this.#spans.set(session, span);
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
      this.#spans.get(session)?.end();
      this.#devices.remove(session);
      this.#sessions.remove(session.uid, session);
      await this.#presence.leave(session);
    }
    const { uid, conversationId } = session;
    const isUsed = this.#sessions.of(uid).some((other) => other.conversationId === conversationId);
    if (!isUsed) await this.#o.live.endIfUnused(uid, conversationId);
  }

  /** Ends a session that has been taken from this process, and waits until it writes no more. */
  async release(uid: string, sessionId: string): Promise<void> {
    const own = this.#sessions.of(uid).filter((session) => session.hasId(sessionId));
    for (const session of own) {
      session.relinquish();
      await session.close();
    }
  }

  /** Gets the last words of a conversation into the store, in whichever process; waits for a few seconds. */
  async flush(uid: string, conversationId: string): Promise<void> {
    await Promise.all([
      this.#flushHere(uid, conversationId),
      this.#o.shared.flushElsewhere(uid, conversationId, FLUSH_MS),
    ]);
  }

  /** As `flush`, in this process alone. */
  async #flushHere(uid: string, conversationId: string): Promise<void> {
    const sessions = this.#sessions
      .of(uid)
      .filter((session) => session.conversationId === conversationId);
    await Promise.all(sessions.map((session) => this.#flushSession(session)));
  }

  /** A client that has left and ended its conversation is not waited for any more. */
  async #flushSession(session: ClientSession): Promise<void> {
    if (!this.#streams.endConversation(session)) await session.flush(FLUSH_MS);
    // Again: audio that was under way has come, and the client may have left meanwhile.
    if (this.#streams.endConversation(session)) {
      await withTimeout(this.closeSession(session), FLUSH_MS);
    }
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

  /** From now on no session is taken; those that there are go on. */
  refuseSessions(): void {
    this.#closing = true;
  }

  /** Ends all sessions, as far as that is possible in the time that a shutdown has. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#presence.close();
    this.#o.shared.close();
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
}
