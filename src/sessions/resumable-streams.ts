import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { listenSessions } from '../model/conversations/listen-session.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { ClientSession } from './client-session.ts';
import type { Emit, EventOutlet } from './event-outlet.ts';
import type { ListenOptions } from './listen-options.ts';
import { findStreamPosition, type StreamPosition } from './stream-position.ts';

/** How long a session waits for its client to connect again, milliseconds. */
const GRACE_MS = 60_000;

export interface ResumableStreamsOptions {
  store: DocumentStore;
  clock: Clock;
  /** Ends a session whose client did not come back. */
  end(session: ClientSession): void;
}

interface Held {
  session: ClientSession;
  outlet: EventOutlet;
  codec: string;
  sampleRate: number;
  /** Runs while the session has no connection. */
  timer: NodeJS.Timeout | undefined;
  /** Audio that had come when the user ended the conversation, milliseconds; null if nobody did. */
  endedAtMs: number | null;
}

/**
 * The sessions of clients that count their audio. Such a session outlives its connection for a
 * while: the client that comes back goes on in the same session, so that no word is cut.
 */
export class ResumableStreams {
  readonly #o: ResumableStreamsOptions;
  readonly #held = new Map<string, Held>();

  constructor(options: ResumableStreamsOptions) {
    this.#o = options;
  }

  /** The session of this stream that is still here, led to the new connection; null if there is none. */
  rejoin(listen: ListenOptions, emit: Emit): ClientSession | null {
    const held = this.#held.get(keyOf(listen));
    if (!held || held.codec !== listen.codec || held.sampleRate !== listen.sampleRate) return null;
    clearTimeout(held.timer);
    held.timer = undefined;
    held.outlet.moveTo(emit);
    return held.session;
  }

  /**
   * Returns where a stream goes on whose session is not here; null for a client without a stream.
   *
   * @throws AppError `provider-unavailable` while words of an earlier connection are still to come
   */
  async position({
    uid,
    streamId,
    streamAgeMs,
  }: Pick<ListenOptions, 'uid' | 'streamId' | 'streamAgeMs'>): Promise<StreamPosition | null> {
    if (streamId === null) return null;
    const { store, clock } = this.#o;
    const filters = { streamId };
    const earlier = queryAll(store, listenSessions, uid, { query: 'ofStream', filters });
    for await (const { state } of earlier) {
      if (state === 'recording') continue;
      throw new AppError(
        'provider-unavailable',
        'The audio before this is still being transcribed; connect again in a moment.',
      );
    }
    return findStreamPosition(store, uid, streamId, clock.now(), streamAgeMs);
  }

  /** Keeps a session that was just opened, so that its client can come back to it. */
  hold(listen: ListenOptions, session: ClientSession, outlet: EventOutlet): void {
    if (listen.streamId === null) return;
    const { codec, sampleRate } = listen;
    this.#held.set(keyOf(listen), {
      session,
      outlet,
      codec,
      sampleRate,
      timer: undefined,
      endedAtMs: null,
    });
  }

  /**
   * The user has ended the conversation of a session. True if the session must be ended now, because
   * it has no connection; else it is ended as soon as its client leaves without having sent more.
   */
  endConversation(session: ClientSession): boolean {
    const held = this.#find(session);
    if (!held) return false;
    held.endedAtMs = session.stream?.keptMs ?? null;
    return held.timer !== undefined;
  }

  /**
   * A connection is gone. True if its session must be ended now; false if it waits for its client, or
   * has another connection already.
   */
  leave(session: ClientSession, emit: Emit): boolean {
    const held = this.#find(session);
    if (!held) return true;
    if (!held.outlet.leave(emit)) return false;
    // A client that has ended its conversation and sent nothing since does not come back.
    if (held.endedAtMs !== null && session.stream?.keptMs === held.endedAtMs) return true;
    held.timer = setTimeout(() => this.#o.end(session), GRACE_MS);
    held.timer.unref();
    return false;
  }

  /** Forgets a session that has ended. */
  forget(session: ClientSession): void {
    for (const [key, held] of this.#held) {
      if (held.session !== session) continue;
      clearTimeout(held.timer);
      this.#held.delete(key);
    }
  }

  #find(session: ClientSession): Held | undefined {
    return [...this.#held.values()].find((held) => held.session === session);
  }
}

function keyOf({ uid, streamId }: ListenOptions): string {
  return JSON.stringify([uid, streamId]);
}
