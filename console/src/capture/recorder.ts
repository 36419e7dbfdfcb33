import { api, dataOf } from '../api/client.ts';
import { currentTime } from '../api/server-clock.ts';
import { endRecording } from './end-recording.ts';
import { type FrameSource, SourceError, type SourceProblem } from './frame-source.ts';
import { withoutSegments, withSegments } from './live-words.ts';
import { OtherTabs } from './other-tabs.ts';
import { Outbox, type Recording } from './outbox.ts';
import { IDLE, type PendantState, type RecorderState } from './recorder-state.ts';
import { setRecording } from './recording-state.ts';
import { TabLock } from './tab-lock.ts';
import { isUsersOwn, type LiveMessage, Uplink } from './uplink.ts';

/** How long frames are collected before they are stored together. */
const STORE_MS = 100;
/** Audio that waits in memory for room on the device; with more of it the recording pauses. */
const MAX_WAITING_MS = 60_000;
/** Silence of a microphone that is told, milliseconds. */
const SILENCE_MS = 5_000;
/** Half of a step of 16-bit sound: a microphone that is on is louder, however still the room is. */
const SILENT_LEVEL = 0.000015;
/** How long the last news of a tab may take that has let go of its recording, milliseconds. */
const LAST_NEWS_MS = 300;
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
  readonly #lock = new TabLock('omi-recording');
  readonly #tabs = new OtherTabs({
    asked: () => {
      if (this.#uid && this.#lock.isHeld) this.#tabs.tellWhole(this.#uid, this.#state);
    },
    whole: (uid, state) => this.#beginToFollow(uid, state),
    change: (uid, change) => this.#follow(uid, change),
    message: (uid, message) => {
      if (uid === this.#uid && this.#state.isElsewhere) this.#onMessage(message);
    },
  });
  #isResuming = false;
  /** When the microphone was last heard, on the clock of `performance.now`. */
  #heardAt = 0;
  #wakeLock: WakeLockSentinel | undefined;
  #uid: string | undefined;

  /** @param language the language that is listened for, `multi` for any */
  constructor(language: () => string) {
    this.#language = language;
    document.addEventListener('visibilitychange', () => void this.#keepAwake());
    window.addEventListener('online', () => this.#uplink?.reconnectNow());
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getState = (): RecorderState => this.#state;

  /**
   * Sends what an earlier visit of the same user could not; the newest recording that was not ended is
   * shown. If another tab records, this one shows it. A recording of this visit that waited for its user
   * is sent.
   *
   * @param uid the user who is signed in
   */
  async resumeEarlier(uid: string): Promise<void> {
    this.#uid = uid;
    if (this.#state.phase !== 'idle') this.#uplink?.reconnectNow();
    if (this.#state.phase !== 'idle' || this.#isResuming) return;
    this.#isResuming = true;
    try {
      if (!(await this.#lock.take())) {
        this.#tabs.ask();
        return;
      }
      await this.#deliverEarlier(await this.#outbox, uid);
      if (!this.#recording) this.#lock.release();
    } finally {
      this.#isResuming = false;
    }
  }

  async #deliverEarlier(outbox: Outbox, uid: string): Promise<void> {
    const left: Recording[] = [];
    for (const recording of await outbox.list()) {
      // Another tab may still be sending it. This lock is held for as long as this tab is there.
      const lock = new TabLock(`omi-recording-${recording.id}`);
      if (isUsersOwn(recording, uid) && (await lock.take())) left.push(recording);
    }
    left.sort((a, b) => a.startedAt - b.startedAt);
    const last = left.pop();
    for (const recording of left) this.#deliverQuietly(outbox, { ...recording, isEnded: true });
    if (last) this.#show(outbox, last, last.isEnded ? 'ending' : 'paused');
  }

  /** Begins a recording, or goes on with the one that is paused. */
  async start(source: FrameSource): Promise<void> {
    const paused = this.#state.phase === 'paused' ? this.#recording : undefined;
    if (!paused && !['idle', 'done'].includes(this.#state.phase)) return;
    if (!(await this.#lock.take())) {
      this.#set({ problem: 'other-tab' });
      this.#tabs.ask();
      return;
    }
    this.#set(paused ? { problem: null } : { ...IDLE, phase: 'starting' });
    try {
      const format = await source.start({
        frame: (bytes) => this.#waiting.push(bytes),
        level: (level) => this.#onLevel(level),
        lost: (ms) => this.#onLost(ms),
        ended: (problem) => void this.pause(problem),
        replaced: (device) => this.#note('source_replaced', device),
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
          startedAt: currentTime(),
          frames: 0,
          isEnded: false,
        };
        const outbox = await this.#outbox;
        await outbox.put(recording);
        this.#show(outbox, recording, 'recording');
      }
      this.#heardAt = performance.now();
      this.#set({ phase: 'recording', isSilent: false });
      clearInterval(this.#timer);
      this.#timer = setInterval(() => {
        this.#noticeSilence();
        void this.#store();
      }, STORE_MS);
      await this.#keepAwake();
    } catch (error) {
      await source.stop();
      this.#source = undefined;
      const problem = problemOf(error);
      this.#set({ phase: paused ? 'paused' : 'idle', problem });
      if (!paused) this.#lock.release();
    }
  }

  /** Stops listening; the recording can go on later. */
  async pause(problem: SourceProblem | null = null): Promise<void> {
    if (this.#state.phase !== 'recording' || this.#state.isElsewhere) return;
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
    this.#set(IDLE);
    this.#lock.release();
    const conversationId = await endRecording(await this.#outbox, recording.id, id);
    if (conversationId === null) return;
    await dataOf(
      api.DELETE('/v1/conversations/{id}', { params: { path: { id: conversationId } } }),
    );
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
      delivered: (conversationId) => void endRecording(outbox, recording.id, conversationId),
    });
  }

  async #onDelivered(outbox: Outbox, id: string, speaksInto: string): Promise<void> {
    const conversationId = await endRecording(outbox, id, speaksInto);
    if (this.#recording?.id !== id) return;
    this.#recording = undefined;
    this.#set({ phase: 'done', isConnected: false, backlogMs: 0, conversationId });
    this.#lock.release();
  }

  /** The audio stays in the outbox: the reason may be one that its user can mend. */
  async #onRefused(reason: string): Promise<void> {
    await this.#stopSource();
    this.#set({ phase: 'paused', problem: 'refused', reason, level: 0 });
  }

  #onLost(ms: number): void {
    const lostMs = this.#state.lostMs + ms;
    this.#set({ lostMs });
    this.#note('source_gap', (lostMs / 1000).toFixed(1));
  }

  #onLevel(level: number): void {
    if (level <= SILENT_LEVEL) {
      this.#set({ level });
      return;
    }
    this.#heardAt = performance.now();
    this.#set({ level, isSilent: false });
  }

  /** A microphone that is switched off at its side sends zeros, or nothing. */
  #noticeSilence(): void {
    if (!this.#source?.hasLevel || this.#state.isSilent) return;
    if (performance.now() - this.#heardAt > SILENCE_MS) this.#set({ isSilent: true });
  }

  /** Notes of the source that follow each other closely are one. */
  #note(status: string, text: string): void {
    const { notes } = this.#state;
    const last = notes.at(-1);
    const others = last?.status === status ? notes.slice(0, -1) : notes;
    this.#set({ notes: [...others, { at: currentTime(), status, text }].slice(-MAX_NOTES) });
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
    if (this.#uid && this.#lock.isHeld) this.#tabs.tellMessage(this.#uid, message);
    const { words, notes } = this.#state;
    if (message.type === 'segments') {
      this.#set({ words: withSegments(words, message.segments) });
    } else if (message.type === 'segments_deleted') {
      this.#set({ words: withoutSegments(words, message.segment_ids) });
    } else if (message.type === 'partial_transcript') {
      this.#set({ words: { ...words, partial: message.text } });
    } else if (message.type === 'service_status') {
      const note = { at: currentTime(), status: message.status, text: message.status_text ?? '' };
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

  /** Shows the recording of another tab from here on. */
  #beginToFollow(uid: string, state: RecorderState): void {
    if (uid !== this.#uid || this.#lock.isHeld || !isUnderWay(state.phase)) return;
    const isNew = !this.#state.isElsewhere;
    this.#set({ ...state, isElsewhere: true });
    if (isNew) void this.#takeOverLater();
  }

  #follow(uid: string, change: Partial<RecorderState>): void {
    if (uid !== this.#uid || this.#lock.isHeld) return;
    const phase = change.phase ?? this.#state.phase;
    if (this.#state.isElsewhere) this.#set({ ...change, isElsewhere: isUnderWay(phase) });
    else if (change.phase && isUnderWay(change.phase)) this.#tabs.ask();
  }

  /** If the recording tab is gone without having ended its recording, this one offers to go on. */
  async #takeOverLater(): Promise<void> {
    await this.#lock.whenFree();
    await new Promise((resolve) => setTimeout(resolve, LAST_NEWS_MS));
    if (!this.#state.isElsewhere) return;
    this.#set(IDLE);
    if (this.#uid) await this.resumeEarlier(this.#uid);
  }

  async #keepAwake(): Promise<void> {
    if (this.#state.phase !== 'recording' || document.visibilityState !== 'visible') return;
    // Not every browser has it, and a low battery may refuse it: the recording goes on without.
    this.#wakeLock = await navigator.wakeLock?.request('screen').catch(() => undefined);
  }

  #set(change: Partial<RecorderState>): void {
    this.#state = { ...this.#state, ...change };
    setRecording(this.#state.phase === 'recording' && !this.#state.isElsewhere);
    if (this.#uid && this.#lock.isHeld) this.#tabs.tellChange(this.#uid, change);
    for (const listener of this.#listeners) listener();
  }
}

function isUnderWay(phase: RecorderState['phase']): boolean {
  return phase === 'recording' || phase === 'paused' || phase === 'ending';
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
