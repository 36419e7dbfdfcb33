import { ApiError, request } from '../api/client.ts';
import { type FrameSource, SourceError, type SourceProblem } from './frame-source.ts';
import { type LiveWords, NO_WORDS, withoutSegments, withSegments } from './live-words.ts';
import { Outbox, type Recording } from './outbox.ts';
import { setRecording } from './recording-state.ts';
import { type AccountProblem, isUsersOwn, type LiveMessage, Uplink } from './uplink.ts';

/** A change of service, a gap, a refusal: told beside the words, at its time. */
export interface Note {
  at: number;
  status: string;
  text: string;
}

/** The pendant that is recorded from. */
export interface PendantState {
  name: string;
  /** False while its connection is lost. */
  isLinked: boolean;
  /** Per cent; null if it does not tell. */
  battery: number | null;
  photos: number;
}

export interface RecorderState {
  /**
   * `idle`: nothing runs. `starting`: the microphone is asked for. `recording`, `paused`: under way.
   * `ending`: the rest is sent and the last words come. `done`: the conversation is written up.
   */
  phase: 'idle' | 'starting' | 'recording' | 'paused' | 'ending' | 'done';
  problem: SourceProblem | 'refused' | 'other-tab' | 'other-source' | 'storage-full' | null;
  /** Why nothing can be sent now, although recording goes on. */
  account: AccountProblem | null;
  /** The server's own sentence if it refused the recording. */
  reason: string;
  isConnected: boolean;
  /** Milliseconds that are recorded, and those of them that the server has not confirmed. */
  recordedMs: number;
  backlogMs: number;
  /** 0 to 1. */
  level: number;
  /** Audio that the source has lost so far, milliseconds. */
  lostMs: number;
  device: PendantState | null;
  words: LiveWords;
  provider: string | null;
  notes: readonly Note[];
  conversationId: string | null;
}

const IDLE: RecorderState = {
  phase: 'idle',
  problem: null,
  account: null,
  reason: '',
  isConnected: false,
  recordedMs: 0,
  backlogMs: 0,
  level: 0,
  lostMs: 0,
  device: null,
  words: NO_WORDS,
  provider: null,
  notes: [],
  conversationId: null,
};
/** How long frames are collected before they are stored together. */
const STORE_MS = 100;
/** Audio that waits in memory for room on the device; with more of it the recording pauses. */
const MAX_WAITING_MS = 60_000;
/** Pauses between attempts to end the conversation; the last one repeats. */
const FINALISE_RETRY_MS = [1_000, 2_000, 4_000, 8_000, 30_000];
const LOCK = 'omi-recording';
const MAX_NOTES = 50;

/**
 * Records one conversation at a time: frames go from their source into the outbox and from there to
 * the server. What an earlier visit has left in the outbox is sent as soon as this one begins.
 */
export class Recorder {
  #state: RecorderState = IDLE;
  readonly #listeners = new Set<() => void>();
  readonly #outbox = Outbox.open();
  readonly #language: () => string;
  #source: FrameSource | undefined;
  #recording: Recording | undefined;
  #uplink: Uplink | undefined;
  #waiting: Uint8Array[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #storing: Promise<void> = Promise.resolve();
  #releaseLock: (() => void) | undefined;
  #wakeLock: WakeLockSentinel | undefined;
  #uid: string | undefined;

  /** @param language the language that is listened for, `multi` for any */
  constructor(language: () => string) {
    this.#language = language;
    document.addEventListener('visibilitychange', () => void this.#keepAwake());
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getState = (): RecorderState => this.#state;

  /**
   * Sends what an earlier visit of the same user could not; the newest recording that was not ended is
   * shown.
   *
   * @param uid the user who is signed in
   */
  async resumeEarlier(uid: string): Promise<void> {
    this.#uid = uid;
    if (this.#state.phase !== 'idle') return;
    const outbox = await this.#outbox;
    const left = (await outbox.list())
      .filter((recording) => isUsersOwn(recording, uid))
      .sort((a, b) => a.startedAt - b.startedAt);
    if (left.length === 0 || !(await this.#takeLock())) return;
    const last = left.at(-1);
    for (const recording of left) {
      if (recording !== last) this.#deliverQuietly(outbox, { ...recording, isEnded: true });
    }
    if (last) this.#show(outbox, last, last.isEnded ? 'ending' : 'paused');
  }

  /** Begins a recording, or goes on with the one that is paused. */
  async start(source: FrameSource): Promise<void> {
    const paused = this.#state.phase === 'paused' ? this.#recording : undefined;
    if (!paused && !['idle', 'done'].includes(this.#state.phase)) return;
    if (!(await this.#takeLock())) {
      this.#set({ problem: 'other-tab' });
      return;
    }
    this.#set(paused ? { problem: null } : { ...IDLE, phase: 'starting' });
    try {
      const format = await source.start({
        frame: (bytes) => this.#waiting.push(bytes),
        level: (level) => this.#set({ level }),
        lost: (ms) => this.#onLost(ms),
        ended: (problem) => void this.pause(problem),
        linked: (name) => this.#onLinked(name),
        battery: (battery) => this.#setDevice({ battery }),
        pressed: (press) => {
          if (press === 'double') void this.end();
        },
        photo: (jpeg) => this.#onPhoto(jpeg),
      });
      this.#source = source;
      if (paused && paused.format.codec !== format.codec) throw new OtherFormat();
      if (!paused) {
        const recording: Recording = {
          id: crypto.randomUUID(),
          uid: this.#uid,
          format,
          startedAt: Date.now(),
          frames: 0,
          isEnded: false,
        };
        const outbox = await this.#outbox;
        await outbox.put(recording);
        this.#show(outbox, recording, 'recording');
      }
      this.#set({ phase: 'recording' });
      clearInterval(this.#timer);
      this.#timer = setInterval(() => void this.#store(), STORE_MS);
      await this.#keepAwake();
    } catch (error) {
      await source.stop();
      this.#source = undefined;
      const problem = problemOf(error);
      this.#set({ phase: paused ? 'paused' : 'idle', problem });
      if (!paused) this.#releaseLock?.();
    }
  }

  /** Stops listening; the recording can go on later. */
  async pause(problem: SourceProblem | null = null): Promise<void> {
    if (this.#state.phase !== 'recording') return;
    await this.#stopSource();
    this.#set({ phase: 'paused', problem, level: 0 });
  }

  /** Ends the recording: what is left is sent, then the conversation is written up. */
  async end(): Promise<void> {
    if (!['recording', 'paused'].includes(this.#state.phase) || !this.#recording) return;
    await this.#stopSource();
    this.#set({ phase: 'ending', level: 0 });
    await this.#stored();
    this.#recording = { ...this.#recording, isEnded: true };
    await (await this.#outbox).put(this.#recording);
    this.#uplink?.update(this.#recording);
  }

  /** Throws the recording away, here and on the server. */
  async discard(): Promise<void> {
    const recording = this.#recording;
    if (!recording) return;
    await this.#stopSource();
    this.#waiting = [];
    const id = this.#uplink?.conversationId ?? recording.id;
    this.#uplink?.close();
    await (await this.#outbox).remove(recording.id);
    this.#recording = undefined;
    this.#releaseLock?.();
    this.#set(IDLE);
    const conversationId = await this.#finaliseOrNone(await this.#outbox, recording.id, id);
    if (conversationId === null) return;
    await request(`/v1/conversations/${encodeURIComponent(conversationId)}`, { method: 'DELETE' });
  }

  #show(outbox: Outbox, recording: Recording, phase: RecorderState['phase']): void {
    this.#recording = recording;
    this.#set({
      ...IDLE,
      // The source may be connected already.
      device: this.#state.device,
      phase,
      recordedMs: recording.frames * recording.format.frameMs,
    });
    this.#uplink = new Uplink(outbox, recording, this.#language(), {
      message: (message) => this.#onMessage(message),
      connected: (isConnected) => this.#set({ isConnected }),
      backlog: (backlogMs) => this.#set({ backlogMs }),
      account: (account) => this.#set({ account }),
      refused: (reason) => void this.#onRefused(reason),
      delivered: (conversationId) => void this.#onDelivered(outbox, recording.id, conversationId),
    });
  }

  #deliverQuietly(outbox: Outbox, recording: Recording): void {
    const nothing = () => undefined;
    new Uplink(outbox, recording, this.#language(), {
      message: nothing,
      connected: nothing,
      backlog: nothing,
      account: nothing,
      refused: nothing,
      delivered: (conversationId) =>
        void this.#finaliseOrNone(outbox, recording.id, conversationId),
    });
  }

  async #onDelivered(outbox: Outbox, id: string, speaksInto: string): Promise<void> {
    const conversationId = await this.#finaliseOrNone(outbox, id, speaksInto);
    if (this.#recording?.id !== id) return;
    this.#recording = undefined;
    this.#releaseLock?.();
    this.#set({ phase: 'done', isConnected: false, backlogMs: 0, conversationId });
  }

  /** Null if nobody said anything: then there is no conversation, and the recording is over. */
  async #finaliseOrNone(
    outbox: Outbox,
    id: string,
    conversationId: string,
  ): Promise<string | null> {
    try {
      return await finalise(outbox, id, conversationId);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      await outbox.remove(id);
      return null;
    }
  }

  /** The audio stays in the outbox: the reason may be one that its user can mend. */
  async #onRefused(reason: string): Promise<void> {
    await this.#stopSource();
    this.#set({ phase: 'paused', problem: 'refused', reason, level: 0 });
  }

  #onLost(ms: number): void {
    const before = this.#state.lostMs;
    this.#set({ lostMs: before + ms });
    this.#note('source_gap', (before + ms) / 1000);
  }

  /** Gaps that follow each other closely are one note. */
  #note(status: string, seconds: number): void {
    const { notes } = this.#state;
    const last = notes.at(-1);
    const others = last?.status === status ? notes.slice(0, -1) : notes;
    const note = { at: Date.now(), status, text: seconds.toFixed(1) };
    this.#set({ notes: [...others, note].slice(-MAX_NOTES) });
  }

  #onLinked(name: string | null): void {
    this.#setDevice(name === null ? { isLinked: false } : { isLinked: true, name });
  }

  #setDevice(change: Partial<PendantState>): void {
    const device = this.#state.device ?? { name: '', isLinked: true, battery: null, photos: 0 };
    this.#set({ device: { ...device, ...change } });
  }

  #onPhoto(jpeg: Blob): void {
    this.#setDevice({ photos: (this.#state.device?.photos ?? 0) + 1 });
    void this.#uplink?.addPhoto(jpeg);
  }

  #onMessage(message: LiveMessage): void {
    const { words, notes } = this.#state;
    if (message.type === 'segments') {
      this.#set({ words: withSegments(words, message.segments) });
    } else if (message.type === 'segments_deleted') {
      this.#set({ words: withoutSegments(words, message.segment_ids) });
    } else if (message.type === 'partial_transcript') {
      this.#set({ words: { ...words, partial: message.text } });
    } else if (message.type === 'service_status') {
      const note = { at: Date.now(), status: message.status, text: message.status_text ?? '' };
      this.#set({
        notes: [...notes, note].slice(-MAX_NOTES),
        provider: message.provider ?? this.#state.provider,
      });
    }
  }

  async #stopSource(): Promise<void> {
    const source = this.#source;
    this.#source = undefined;
    await source?.stop();
    await this.#store();
    // What finds no room now is tried again.
    if (this.#waiting.length === 0) clearInterval(this.#timer);
    await this.#wakeLock?.release();
    this.#wakeLock = undefined;
  }

  /** Resolves when nothing waits in memory any more. */
  async #stored(): Promise<void> {
    while (this.#waiting.length > 0 && this.#recording) {
      await new Promise((resolve) => setTimeout(resolve, STORE_MS));
      await this.#store();
    }
  }

  /** Puts what has come since the last time into the outbox; one call after the other. */
  #store(): Promise<void> {
    this.#storing = this.#storing.then(async () => {
      const frames = this.#waiting;
      if (frames.length === 0 || !this.#recording) return;
      this.#waiting = [];
      try {
        this.#recording = await (await this.#outbox).append(this.#recording, frames);
      } catch (error) {
        if (!isFull(error)) throw error;
        // Room comes as the server takes what is stored; until then the frames wait in memory.
        this.#waiting = [...frames, ...this.#waiting];
        const waitingMs = this.#waiting.length * this.#recording.format.frameMs;
        if (waitingMs > MAX_WAITING_MS) await this.#stopFull();
        return;
      }
      if (this.#state.phase !== 'recording') clearInterval(this.#timer);
      this.#set({ recordedMs: this.#recording.frames * this.#recording.format.frameMs });
      this.#uplink?.update(this.#recording);
    });
    return this.#storing;
  }

  /** Stops listening because nothing more can be kept on this device; what waits is still tried to be stored. */
  async #stopFull(): Promise<void> {
    if (this.#state.phase !== 'recording') return;
    this.#set({ phase: 'paused', problem: 'storage-full', level: 0 });
    const source = this.#source;
    this.#source = undefined;
    await source?.stop();
  }

  /** One tab records; the lock goes with the tab, also when it crashes. */
  #takeLock(): Promise<boolean> {
    if (this.#releaseLock) return Promise.resolve(true);
    return new Promise((resolve) => {
      void navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        if (!lock) return undefined;
        return new Promise<void>((release) => {
          this.#releaseLock = () => {
            this.#releaseLock = undefined;
            release();
          };
        });
      });
    });
  }

  async #keepAwake(): Promise<void> {
    if (this.#state.phase !== 'recording' || document.visibilityState !== 'visible') return;
    // Not every browser has it, and a low battery may refuse it: the recording goes on without.
    this.#wakeLock = await navigator.wakeLock?.request('screen').catch(() => undefined);
  }

  #set(change: Partial<RecorderState>): void {
    this.#state = { ...this.#state, ...change };
    setRecording(this.#state.phase === 'recording');
    for (const listener of this.#listeners) listener();
  }
}

/** A recording goes on only in the codec in which it began: the server decodes it as one stream. */
class OtherFormat extends Error {}

function problemOf(error: unknown): RecorderState['problem'] {
  if (error instanceof OtherFormat) return 'other-source';
  return error instanceof SourceError ? error.problem : 'unsupported';
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

/**
 * Ends a conversation after its recording has arrived whole, and forgets the recording. Tries again for as
 * long as the server cannot be reached: one that has ended is ended by it no further. Returns its id.
 *
 * @throws ApiError if the server refuses
 */
async function finalise(outbox: Outbox, id: string, conversationId: string): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const path = `/v1/conversations/${encodeURIComponent(conversationId)}/finalize`;
      const ended = await request<{ conversation: { id: string } }>(path, { method: 'POST' });
      await outbox.remove(id);
      return ended.conversation.id;
    } catch (error) {
      // Signed out: whoever has recorded signs in again.
      const isTemporary =
        error instanceof ApiError &&
        (error.status === 0 || error.status === 401 || error.status >= 500);
      if (!isTemporary) throw error;
      const delay = FINALISE_RETRY_MS[Math.min(attempt, FINALISE_RETRY_MS.length - 1)];
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
}
