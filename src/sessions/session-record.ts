import type { AudioLog } from '../audio/audio-log.ts';
import type { SessionAudio } from '../audio/session-audio.ts';
import type { Clock } from '../kernel/clock.ts';
import { mayRecord, type User } from '../model/accounts/user.ts';
import {
  type ListenSession,
  listenSessions,
  type SessionVoice,
} from '../model/conversations/listen-session.ts';
import { settleSession } from '../recordings/recording-job.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { noteStreamEnd } from '../transcripts/audio-stream-end.ts';
import { enqueueBacklog } from '../transcripts/backlog-job.ts';
import {
  assertSessionHeld,
  patchHeldSession,
  type SessionLease,
  SessionTakenError,
} from '../transcripts/session-lease.ts';
import type { Span } from '../transcripts/session-spans.ts';
import type { ListenOptions } from './listen-options.ts';
import type { StreamPosition } from './stream-position.ts';

/** A session's epoch as long as the one who began it has it. */
const FIRST_EPOCH = 0;

export interface SessionRecordOptions {
  listen: ListenOptions;
  user: User;
  store: DocumentStore;
  audioLog: AudioLog;
  clock: Clock;
  /** Who speaks in all of it, null if the speakers are to be told apart. */
  voice: SessionVoice | null;
  /** Where the audio continues in the client's stream; null if the client counts none. */
  stream: StreamPosition | null;
  /** The process that the session is held by. */
  instanceId: string;
}

/** What the store knows of a session, changed by its owner as long as it is the owner. */
export class SessionRecord {
  readonly lease: SessionLease;
  readonly #uid: string;
  readonly #o: SessionRecordOptions;

  constructor(id: string, options: SessionRecordOptions) {
    this.lease = { id, epoch: FIRST_EPOCH };
    this.#uid = options.listen.uid;
    this.#o = options;
  }

  async create(conversationId: string, spans: readonly Span[]): Promise<void> {
    const { store, listen, clock, instanceId, stream } = this.#o;
    await store.transact((tx) =>
      tx.create(listenSessions, this.#uid, {
        id: this.lease.id,
        uid: this.#uid,
        conversationId,
        spans: [...spans],
        codec: listen.codec,
        sampleRate: listen.sampleRate,
        language: listen.language,
        voice: this.#o.voice,
        keepRecording: mayRecord(this.#o.user),
        includeSpeechProfile: listen.includeSpeechProfile,
        audioStartedAt: null,
        transcribedMs: stream?.transcribedMs ?? 0,
        audioEndMs: null,
        state: 'open',
        instanceId,
        epoch: this.lease.epoch,
        clientKey: listen.clientKey,
        providerDown: false,
        drainingSince: null,
        stream: stream && { id: stream.id, startMs: stream.startMs },
        streamId: stream?.id ?? null,
        createdAt: clock.now(),
      }),
    );
  }

  /** @throws SessionTakenError */
  async patch(fields: Partial<Omit<ListenSession, 'id' | 'epoch'>>): Promise<void> {
    await patchHeldSession(this.#o.store, this.#uid, this.lease, fields);
  }

  /**
   * After the end: forgets the session, or hands its unheard tail to a job. If another process has
   * the session, that one does so.
   */
  async settle(audio: SessionAudio, heardMs: number): Promise<void> {
    const { store, audioLog, clock } = this.#o;
    const { id } = this.lease;
    await audioLog.end(id);
    const isHeard = heardMs >= audio.endMs - 1;
    const session = { id, uid: this.#uid, keepRecording: mayRecord(this.#o.user) };
    try {
      const isDone = await store.transact(async (tx) => {
        const held = await assertSessionHeld(tx, this.#uid, this.lease);
        const now = clock.now();
        noteStreamEnd(tx, held, audio.endMs, now);
        if (isHeard) return settleSession(tx, session, audio.endMs, now);
        const fields = { state: 'draining', audioEndMs: audio.endMs, drainingSince: now } as const;
        tx.patch(listenSessions, this.#uid, id, fields);
        enqueueBacklog(tx, this.#uid, id, now);
        return false;
      });
      if (isDone) await audioLog.delete(this.#uid, id);
      else if (isHeard) await audioLog.markHeard(this.#uid, id);
      if (!isDone) await audioLog.shipRest(this.#uid, id);
    } catch (error) {
      if (!(error instanceof SessionTakenError)) throw error;
      // Its new owner has the log transcribed; if the session is gone, so is the log's use.
      const stored = await store.find(listenSessions, this.#uid, id);
      if (!stored) await audioLog.delete(this.#uid, id);
    }
  }
}
