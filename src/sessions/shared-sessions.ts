import type { Clock } from '../kernel/clock.ts';
import { describeError } from '../kernel/errors.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import { listenSessions } from '../model/conversations/listen-session.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { takeSession } from '../transcripts/session-lease.ts';
import type { SessionPresence } from './session-presence.ts';
import type { SessionRegistry } from './session-registry.ts';

/**
 * A session this young is not taken: two devices that cannot be told apart would else take theirs from
 * each other for ever.
 */
const MIN_AGE_MS = 10_000;
const MAX_SESSIONS_OF_CONVERSATION = 50;

export interface SharedSessionsOptions {
  store: DocumentStore;
  events: EventBus<DomainEvents>;
  clock: Clock;
  logger: Logger;
  instanceId: string;
  sessions: SessionRegistry;
  presence: SessionPresence;
}

/** What the processes have to agree on about the live sessions of a user. */
export class SharedSessions {
  readonly #o: SharedSessionsOptions;
  readonly #offs: (() => void)[];

  constructor(options: SharedSessionsOptions) {
    this.#o = options;
    const { events, sessions } = options;
    this.#offs = [
      events.on('session-taken', ({ uid, sessionId }) => {
        for (const session of sessions.of(uid)) if (session.hasId(sessionId)) session.relinquish();
      }),
      events.on('sessions-revoked', ({ uid }) => {
        for (const session of sessions.of(uid)) session.disconnect('The account was deleted');
      }),
    ];
  }

  /**
   * The device has connected here: what its connection to another process has left of it is taken from
   * there, because over there nobody may ever notice that it has gone.
   */
  async takeFromOthers(
    uid: string,
    conversationId: string,
    clientKey: string | null,
  ): Promise<void> {
    const { store, clock, events, instanceId } = this.#o;
    if (clientKey === null) return;
    const { items } = await store.query(listenSessions, uid, {
      query: 'ofConversation',
      filters: { conversationId },
      limit: MAX_SESSIONS_OF_CONVERSATION,
    });
    const now = clock.now();
    for (const session of items) {
      const isElsewhere = session.instanceId !== null && session.instanceId !== instanceId;
      const isOld = now - session.createdAt >= MIN_AGE_MS;
      if (session.state !== 'open' || session.clientKey !== clientKey) continue;
      if (!isElsewhere || !isOld) continue;
      if (await takeSession(store, session, null, now)) {
        events.emit('session-taken', { uid, sessionId: session.id });
      }
    }
  }

  /** Answers requests of other processes to get the last words of a conversation into the store. */
  answerFlushes(flush: (uid: string, conversationId: string) => Promise<void>): void {
    const { events, sessions, logger } = this.#o;
    this.#offs.push(
      events.on('flush-requested', ({ uid, conversationId, requestId }) => {
        if (sessions.of(uid).length === 0) return;
        flush(uid, conversationId)
          .then(() => events.emit('flush-done', { requestId }))
          .catch((error) => logger.warn({ error: describeError(error) }, 'flush failed'));
      }),
    );
  }

  /** Has the last words of a conversation stored by the other processes; gives up after `timeoutMs`. */
  async flushElsewhere(uid: string, conversationId: string, timeoutMs: number): Promise<void> {
    const { events, presence } = this.#o;
    const expected = await presence.countElsewhere(uid);
    if (expected === 0) return;
    const requestId = newId();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, timeoutMs);
      const off = events.on('flush-done', (event) => {
        if (event.requestId === requestId) done();
      });
      function done() {
        clearTimeout(timer);
        off();
        resolve();
      }
      // Heard by the others; this process has flushed its own.
      events.emit('flush-requested', { uid, conversationId, requestId });
    });
  }

  close(): void {
    for (const off of this.#offs) off();
  }
}
