import { writeSync } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { AbortWatch } from '../kernel/until-aborted.ts';
import type { AudioClock } from './audio-clock.ts';
import type { AudioBatch, AudioRange } from './audio-format.ts';
import {
  type AudioEncrypter,
  chunkFileName,
  encodeRecords,
  listChunks,
} from './audio-log-files.ts';
import { readAudioFiles, type TickBatch } from './read-audio-files.ts';
import type { AudioSink, ReplayableAudio } from './replayable-audio.ts';

/** Written audio that is kept in memory for the live reader; readers further behind read from disk. */
const MEMORY_MS = 2_000;
/** Missing audio up to this length is rounding, milliseconds. */
const GAP_TOLERANCE_MS = 20;
const DONE = Promise.resolve();

/** Where the audio of a session comes from: it may keep what has come until the log is written. */
export interface AudioSource {
  /** A write follows in this turn of the event loop: reads what has arrived. Not called before every write. */
  read(): void;
  /** Reads what has arrived by now; resolves when `give` would append it. */
  catchUp(): Promise<void>;
  /** A write begins: appends everything that was read. Must not throw. */
  give(): void;
}

/** The audio up to a split; readers end there. */
interface Section {
  endTick: number | undefined;
}

/** The audio of a session up to the next split. */
export interface AudioSection extends Required<ReplayableAudio> {
  /** Where the audio was split, milliseconds; undefined before. */
  readonly endMs: number | undefined;
  /** Waits for audio after `positionMs`. Resolves with false if the section ends without any. */
  hasAudioAfter(positionMs: number, signal: AbortSignal): Promise<boolean>;
}

export interface SessionAudioOptions {
  directory: string;
  /** Audio that one chunk file holds, milliseconds. */
  chunkMs: number;
  clock: AudioClock;
  /** Flush to the disk itself after each write: survives a loss of power, costs a disk write. */
  fsync: boolean;
  /** Null: the audio is written as it comes. */
  encrypter: AudioEncrypter | null;
  /** Told once when writing fails; the audio then goes on in memory, without its safety. */
  onWriteError: (error: unknown) => void;
  /** Told of what was written, bytes. */
  onWritten: (bytes: number) => void;
  /** Called when chunks are complete: those that begin before `untilTick`. */
  onChunkClosed: (untilTick: number) => void;
  /** Called when a chunk was deleted because it is not needed any more. */
  onChunkReleased: (startTick: number) => void;
}

/**
 * The audio of one listen session: written to chunk files first, then readable, live and again from
 * any position that is not released.
 */
export class SessionAudio implements Required<ReplayableAudio> {
  readonly #options: SessionAudioOptions;
  #pending: Uint8Array[] = [];
  #pendingTicks = 0;
  #pendingBytes = 0;
  /** Position after the last frame that is written, and so readable. */
  #writtenTick: number;
  /** Position that the latest reader has read to. */
  #readTick: number;
  #recent: TickBatch[] = [];
  #file: { handle: FileHandle; startTick: number } | undefined;
  #releasedTick = 0;
  #flushing: Promise<void> | undefined;
  #ended = false;
  #broken = false;
  #section: Section = { endTick: undefined };
  #waiters: (() => void)[] = [];
  #onGap: (gap: AudioRange) => void = () => undefined;
  readonly #sources = new Set<AudioSource>();

  constructor(options: SessionAudioOptions, startTick = 0) {
    this.#options = options;
    this.#writtenTick = startTick;
    this.#readTick = startTick;
  }

  /** Audio that has been accepted, milliseconds from the first byte. */
  get endMs(): number {
    return this.#options.clock.toMs(this.#writtenTick);
  }

  /** Audio that the latest reader is done with, milliseconds: it has asked for what follows. */
  get readMs(): number {
    return this.#options.clock.toMs(this.#readTick);
  }

  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  /** Bytes of the frames that wait to be written. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /**
   * Calls `listener` with each range that a reader asks for and that is no longer there, or never reached
   * the disk. A range that is read again is reported again.
   */
  onGap(listener: (gap: AudioRange) => void): void {
    this.#onGap = listener;
  }

  /** Asks `source` before each write for what it holds. Returns a function that ends this. */
  addSource(source: AudioSource): () => void {
    this.#sources.add(source);
    return () => this.#sources.delete(source);
  }

  /** Has the sources read what has arrived; `flush` follows in the same turn of the event loop. */
  expectFlush(): void {
    for (const source of this.#sources) source.read();
  }

  /** Takes a frame of `ticks` ticks; it is written, and readable, after the next `flush`. */
  append(frame: Uint8Array, ticks: number): void {
    if (this.#ended) return;
    this.#pending.push(frame);
    this.#pendingTicks += ticks;
    this.#pendingBytes += frame.length;
  }

  /** Writes what is pending. Calls that overlap are served by one write after the other. */
  flush(): Promise<void> {
    for (const source of this.#sources) source.give();
    if (this.#flushing === undefined && this.#flushNow()) return DONE;
    this.#flushing ??= this.#flushAll().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  /** Writes what is pending without waiting. False, and nothing is written, if that takes a wait. */
  #flushNow(): boolean {
    if (this.#pending.length === 0) return true;
    const handle = this.#openFile(this.#writtenTick);
    if (!handle || this.#options.fsync) return false;
    const batch = this.#takePending();
    try {
      if (!this.#broken) this.#write(handle, batch);
    } catch (error) {
      this.#noteBroken(error);
    }
    this.#noteWritten(batch);
    return true;
  }

  async #flushAll(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#takePending();
      try {
        if (!this.#broken) {
          const handle = this.#openFile(batch.start) ?? (await this.#nextFile(batch.start));
          this.#write(handle, batch);
          if (this.#options.fsync) await handle.datasync();
        }
      } catch (error) {
        this.#noteBroken(error);
      }
      this.#noteWritten(batch);
    }
  }

  #takePending(): TickBatch {
    const batch: TickBatch = {
      start: this.#writtenTick,
      end: this.#writtenTick + this.#pendingTicks,
      frames: this.#pending,
    };
    this.#pending = [];
    this.#pendingTicks = 0;
    this.#pendingBytes = 0;
    return batch;
  }

  #noteWritten(batch: TickBatch): void {
    this.#writtenTick = batch.end;
    this.#recent.push(batch);
    const oldest = batch.end - this.#options.clock.toTicks(MEMORY_MS);
    while ((this.#recent[0]?.end ?? Number.POSITIVE_INFINITY) < oldest) this.#recent.shift();
    this.#wake();
  }

  #write({ fd }: FileHandle, { frames }: TickBatch): void {
    const bytes = encodeRecords(frames, this.#options.encrypter);
    // A write into the page cache takes microseconds; handing it to a thread takes ten times that.
    for (let at = 0; at < bytes.length; ) {
      at += writeSync(fd, bytes, at, bytes.length - at, null);
    }
    this.#options.onWritten(bytes.length);
  }

  #noteBroken(error: unknown): void {
    this.#broken = true;
    this.#options.onWriteError(error);
  }

  /** The file that audio from `tick` on goes to, if it is open already. */
  #openFile(tick: number): FileHandle | undefined {
    const chunkTicks = this.#options.clock.toTicks(this.#options.chunkMs);
    return this.#file && tick - this.#file.startTick < chunkTicks ? this.#file.handle : undefined;
  }

  async #nextFile(tick: number): Promise<FileHandle> {
    await this.#file?.handle.close();
    if (this.#file) this.#options.onChunkClosed(tick);
    if (!this.#file) await mkdir(this.#options.directory, { recursive: true, mode: 0o700 });
    const handle = await open(path.join(this.#options.directory, chunkFileName(tick)), 'a', 0o600);
    this.#file = { handle, startTick: tick };
    return handle;
  }

  /**
   * Cuts the audio here: readers that are reading end at this position, later ones go on after it.
   * Returns the position, milliseconds. What has arrived by now is before it, read or not.
   */
  async split(): Promise<number> {
    for (const source of this.#sources) await source.catchUp();
    await this.flush();
    this.#section.endTick = this.#writtenTick;
    this.#section = { endTick: undefined };
    this.#wake();
    return this.endMs;
  }

  /** No more audio comes: what is pending is written and readers end. */
  async end(): Promise<void> {
    const written = this.flush();
    this.#ended = true;
    await written;
    await this.#file?.handle.close();
    this.#file = undefined;
    this.#wake();
  }

  /** Deletes chunk files all of whose audio is before `positionMs`. */
  async releaseBefore(positionMs: number): Promise<void> {
    const tick = this.#options.clock.toTicks(positionMs);
    const chunkTicks = this.#options.clock.toTicks(this.#options.chunkMs);
    if (tick < this.#releasedTick + chunkTicks) return;
    const starts = await listChunks(this.#options.directory);
    for (const [i, start] of starts.entries()) {
      const next = starts[i + 1];
      if (next === undefined || next > tick) break;
      await rm(path.join(this.#options.directory, chunkFileName(start)), { force: true });
      this.#releasedTick = next;
      this.#options.onChunkReleased(start);
    }
  }

  /** Deletes all files of the session. */
  async delete(): Promise<void> {
    await this.end();
    await rm(this.#options.directory, { recursive: true, force: true });
  }

  /** The audio up to the next `split`, whenever it is read. */
  section(): AudioSection {
    const section = this.#section;
    const { clock } = this.#options;
    return {
      get endMs() {
        return section.endTick === undefined ? undefined : clock.toMs(section.endTick);
      },
      readFrom: (positionMs, signal) => this.readFrom(positionMs, signal, section),
      pushFrom: (positionMs, signal, sink) => this.pushFrom(positionMs, signal, sink, section),
      hasAudioAfter: (positionMs, signal) => this.#hasAudioAfter(section, positionMs, signal),
    };
  }

  async #hasAudioAfter(
    section: Section,
    positionMs: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const tick = this.#options.clock.toTicks(positionMs);
    const watch = new AbortWatch(signal, () => this.#wake());
    try {
      while (!watch.isAborted) {
        const end = section.endTick ?? Number.POSITIVE_INFINITY;
        if (Math.min(end, this.#writtenTick) > tick) return true;
        if (end <= tick || (this.#ended && !this.hasPending && !this.#flushing)) return false;
        await this.#changed();
      }
      return false;
    } finally {
      watch.end();
    }
  }

  async *readFrom(
    positionMs: number,
    signal: AbortSignal,
    section = this.#section,
  ): AsyncGenerator<AudioBatch> {
    let tick = this.#options.clock.toTicks(positionMs);
    const watch = new AbortWatch(signal, () => this.#wake());
    try {
      while (!watch.isAborted) {
        this.#readTick = tick;
        const next = this.#next(tick, section);
        if (next === 'end') return;
        if (next === 'wait') {
          await this.#changed();
        } else if (next === 'in-files') {
          for await (const part of this.#readBehind(tick, section)) {
            if (watch.isAborted) return;
            if (part.frames.length > 0) yield this.#toBatch(part);
            tick = part.end;
            this.#readTick = tick;
          }
        } else {
          tick = next.end;
          if (next.frames.length > 0) yield this.#toBatch(next);
        }
      }
    } finally {
      watch.end();
    }
  }

  async pushFrom(
    positionMs: number,
    signal: AbortSignal,
    sink: AudioSink,
    section = this.#section,
  ): Promise<void> {
    let tick = this.#options.clock.toTicks(positionMs);
    const watch = new AbortWatch(signal, () => this.#wake());
    try {
      while (!watch.isAborted) {
        this.#readTick = tick;
        const next = this.#next(tick, section);
        if (next === 'end') return;
        if (next === 'wait') {
          tick = await this.#follow(tick, section, watch, sink);
        } else if (next === 'in-files') {
          for await (const part of this.#readBehind(tick, section)) {
            if (watch.isAborted) return;
            const busy = this.#give(part, sink);
            if (busy) await busy;
            tick = part.end;
            this.#readTick = tick;
          }
        } else {
          tick = next.end;
          const busy = this.#give(next, sink);
          if (busy) await busy;
        }
      }
    } finally {
      watch.end();
    }
  }

  /**
   * Gives audio to `sink` within the call that has written it, as long as the sink takes it at once. Resolves
   * with the position that was reached when it does not, or when the audio ends or the signal is aborted.
   */
  #follow(tick: number, section: Section, watch: AbortWatch, sink: AudioSink): Promise<number> {
    return new Promise((resolve, reject) => {
      let at = tick;
      const onChange = (): void => {
        if (watch.isAborted) {
          resolve(at);
          return;
        }
        // Whatever the sink throws ends its reading, and not the write that it was called from.
        try {
          let next = this.#next(at, section);
          for (; typeof next !== 'string'; next = this.#next(at, section)) {
            at = next.end;
            const busy = this.#give(next, sink);
            if (busy) {
              busy.then(() => resolve(at), reject);
              return;
            }
            this.#readTick = at;
          }
          if (next === 'wait') this.#waiters.push(onChange);
          else resolve(at);
        } catch (error) {
          reject(error);
        }
      };
      this.#waiters.push(onChange);
    });
  }

  #give(part: TickBatch, sink: AudioSink): Promise<void> | undefined {
    return part.frames.length > 0 ? sink(this.#toBatch(part)) : undefined;
  }

  /** The next audio of a reader at `tick` if it is in memory; else what the reader has to do. */
  #next(tick: number, section: Section): TickBatch | 'in-files' | 'wait' | 'end' {
    const limit = section.endTick ?? Number.POSITIVE_INFINITY;
    if (tick >= limit) return 'end';
    const oldest = this.#recent[0]?.start ?? this.#writtenTick;
    if (tick < oldest && tick < this.#writtenTick) return 'in-files';
    const last = this.#recent.at(-1);
    // A live reader has read all but the last.
    const isLast = last !== undefined && last.start <= tick;
    const batch = isLast ? last : this.#recent.find(({ end }) => end > tick);
    if (batch !== undefined && batch.end > tick) return this.#cut(batch, tick, limit);
    return this.#ended && !this.hasPending && !this.#flushing ? 'end' : 'wait';
  }

  /** The audio from `tick` on that is in the files alone. The last part may be empty: it says where that ends. */
  async *#readBehind(tick: number, section: Section): AsyncGenerator<TickBatch> {
    const oldest = this.#recent[0]?.start ?? this.#writtenTick;
    const until = Math.min(oldest, section.endTick ?? Number.POSITIVE_INFINITY);
    let at = tick;
    for await (const batch of readAudioFiles(this.#options, tick, until)) {
      this.#noteGap(at, batch.start);
      yield batch;
      at = batch.end;
    }
    if (at >= oldest) return;
    this.#noteGap(at, until);
    yield { start: until, end: until, frames: [] };
  }

  #noteGap(fromTick: number, toTick: number): void {
    const { clock } = this.#options;
    const gap = { startMs: clock.toMs(fromTick), endMs: clock.toMs(toTick) };
    if (gap.endMs - gap.startMs > GAP_TOLERANCE_MS) this.#onGap(gap);
  }

  /** The part of a batch from the first frame that ends after `tick`, up to `limit`. */
  #cut(batch: TickBatch, tick: number, limit: number): TickBatch {
    if (batch.start >= tick && batch.end <= limit) return batch;
    const part: TickBatch = { start: batch.start, end: batch.start, frames: [] };
    for (const frame of batch.frames) {
      const ticks = this.#options.clock.ticksOf(frame);
      if (part.end >= limit) break;
      if (part.frames.length === 0 && part.end + ticks <= tick) {
        part.start += ticks;
        part.end += ticks;
        continue;
      }
      part.frames.push(frame);
      part.end += ticks;
    }
    if (part.end < batch.end && part.frames.length === 0) part.end = batch.end;
    return part;
  }

  #toBatch(batch: TickBatch): AudioBatch {
    const startMs = this.#options.clock.toMs(batch.start);
    return {
      startMs,
      durationMs: this.#options.clock.toMs(batch.end) - startMs,
      frames: batch.frames,
    };
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}
