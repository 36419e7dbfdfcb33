import { createHash } from 'node:crypto';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BlobStore } from '../blob/blob-store.ts';
import { wait } from '../kernel/backoff.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { UserCipher } from '../kernel/user-cipher.ts';
import { audioClock } from './audio-clock.ts';
import type { AudioFormat } from './audio-format.ts';
import { type LoggedChunk, planEviction } from './audio-log-eviction.ts';
import {
  type AudioEncrypter,
  chunkFileName,
  HEARD_MARKER,
  listChunks,
  readRecords,
} from './audio-log-files.ts';
import { type LogPlace, LogShipping } from './log-shipping.ts';
import { scanAudioLog } from './scan-audio-log.ts';
import { SessionAudio } from './session-audio.ts';

/** How often audio is written, milliseconds. */
const WRITE_EVERY_MS = 50;
/**
 * With more sessions than this, half of them are written at a time, so that a frame waits 100 ms at most. It
 * halves what a session costs: each write is also a message to its service.
 */
const FEW_SESSIONS = 16;
/** Least time between two looks for audio to delete if the one before could not free enough. */
const EVICTION_PAUSE_MS = 1_000;

export interface AudioLogOptions {
  directory: string;
  fsync: boolean;
  /** Audio older than this is deleted even if it was never transcribed. */
  maxAgeMs: number;
  /** Total size above which users with more than their fair share lose audio; see `planEviction`. */
  maxBytes: number;
  /** New sessions are refused below this much free space. */
  minFreeBytes: number;
  /** Audio that one file of a session's log holds, milliseconds. */
  chunkMs: number;
  /** Where complete files are copied to; null if they stay on this disk alone. */
  shipTo: BlobStore | null;
  /** Encrypts the audio under its user's key; null: it is written as it comes. */
  cipher: UserCipher | null;
  logger: Logger;
}

/**
 * What is told of a user's share of the log: `trimmed`, older audio of the user was deleted to make
 * room; `used-up`, there is no such audio and this session must end.
 */
export type ShareNotice = 'trimmed' | 'used-up';

interface OpenLog {
  user: string;
  audio: SessionAudio;
  onShareNotice: (notice: ShareNotice) => void;
  /** Which of two moments it is written at if there are many sessions. */
  half: number;
}

/**
 * The write-ahead audio of all listen sessions: `<directory>/<hash of uid>/<session id>/`. Audio is
 * written within 50 ms of its arrival (100 ms if there are many sessions), before anything else is done with
 * it, so that a crash of the process loses nothing that it had accepted for longer than that.
 */
export class AudioLog {
  readonly #options: AudioLogOptions;
  readonly #open = new Map<string, OpenLog>();
  readonly #timer: NodeJS.Timeout;
  readonly #shipping: LogShipping | null;
  /** Size of the log when it was last scanned; unknown at first, so that the first write scans it. */
  #scannedBytes = Number.POSITIVE_INFINITY;
  #writtenSince = 0;
  #evicting: Promise<void> | undefined;
  /** Counts the moments at which audio is written. */
  #moment = 0;
  #begun = 0;
  readonly #closed = new AbortController();

  constructor(options: AudioLogOptions) {
    this.#options = options;
    const { shipTo, logger } = options;
    this.#shipping = shipTo && new LogShipping({ blobs: shipTo, logger });
    this.#timer = setInterval(() => this.#flushAll(), WRITE_EVERY_MS);
    this.#timer.unref();
  }

  #flushAll(): void {
    this.#moment += 1;
    const half = this.#open.size > FEW_SESSIONS ? this.#moment % 2 : null;
    const due: SessionAudio[] = [];
    for (const open of this.#open.values()) {
      if (half === null || open.half === half) due.push(open.audio);
    }
    for (const audio of due) audio.expectFlush();
    // The event loop reads sockets between its timers and its immediates.
    setImmediate(() => {
      // `flush` does not reject: what fails to be written is reported through `onWriteError`.
      for (const audio of due) void audio.flush();
    });
  }

  /** Throws `disk-full` if there is too little space for a new session. */
  async assertSpace(): Promise<void> {
    await mkdir(this.#options.directory, { recursive: true, mode: 0o700 });
    const disk = await statfs(this.#options.directory);
    if (disk.bavail * disk.bsize < this.#options.minFreeBytes) {
      throw new AppError(
        'disk-full',
        'The disk of the server is nearly full, so that new audio could not be kept safe.',
      );
    }
  }

  /** Begins the log of a new session. `onShareNotice` is told when its user's share is used up. */
  begin(
    uid: string,
    sessionId: string,
    format: AudioFormat,
    onShareNotice: (notice: ShareNotice) => void,
  ): SessionAudio {
    const audio = this.#sessionAudio(uid, sessionId, format, 0);
    this.#begun += 1;
    const half = this.#begun % 2;
    this.#open.set(sessionId, { user: userDirectory(uid), audio, onShareNotice, half });
    return audio;
  }

  /** Ends a session's log; its files stay until they are deleted. */
  async end(sessionId: string): Promise<void> {
    const open = this.#open.get(sessionId);
    this.#open.delete(sessionId);
    await open?.audio.end();
  }

  /** Notes that all words of a session are stored: its audio is the first of its user to go. */
  async markHeard(uid: string, sessionId: string): Promise<void> {
    const directory = this.#directory(uid, sessionId);
    if ((await listChunks(directory)).length === 0) return;
    await writeFile(path.join(directory, HEARD_MARKER), '', { mode: 0o600 });
  }

  /** The log of a session whose process has gone, complete and ended. */
  async reopen(uid: string, sessionId: string, format: AudioFormat): Promise<SessionAudio> {
    const directory = this.#directory(uid, sessionId);
    const clock = audioClock(format);
    const encrypter = this.#encrypter(uid);
    let end = 0;
    for (const start of (await listChunks(directory)).slice(-1)) {
      end = start;
      for await (const frames of readRecords(
        path.join(directory, chunkFileName(start)),
        encrypter,
      )) {
        for (const frame of frames) end += clock.ticksOf(frame);
      }
    }
    const audio = this.#sessionAudio(uid, sessionId, format, end);
    await audio.end();
    return audio;
  }

  /** Whether the log of a session is here, or could be brought here from where it was shipped to. */
  async find(uid: string, sessionId: string): Promise<boolean> {
    const place = this.#place(uid, sessionId);
    if ((await listChunks(place.directory)).length > 0) return true;
    return (await this.#shipping?.fetch(place)) ?? false;
  }

  /** Copies what is left of a log that has ended to where it is shipped to. */
  async shipRest(uid: string, sessionId: string): Promise<void> {
    await this.#shipping?.ship(this.#place(uid, sessionId), Number.POSITIVE_INFINITY);
  }

  async delete(uid: string, sessionId: string): Promise<void> {
    await this.end(sessionId);
    await rm(this.#directory(uid, sessionId), { recursive: true, force: true });
    await this.#shipping?.remove(this.#place(uid, sessionId));
  }

  async deleteUser(uid: string): Promise<void> {
    await this.#shipping?.removeUser(userDirectory(uid));
    await rm(path.join(this.#options.directory, userDirectory(uid)), {
      recursive: true,
      force: true,
    });
  }

  /**
   * Enforces age and size: deletes what is too old, then what users have beyond their fair share of
   * the log (see `planEviction`). Never deletes files of open sessions.
   * @returns ids of the sessions that lost audio
   */
  async sweep(now: number): Promise<string[]> {
    const expired = await this.#deleteExpired(now);
    const evicted = await this.#evict();
    return [...new Set([...expired, ...evicted])];
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closed.abort();
    await Promise.all([...this.#open.keys()].map((id) => this.end(id)));
    await this.#evicting;
    await this.#shipping?.settled();
  }

  async #deleteExpired(now: number): Promise<string[]> {
    const newest = new Map<string, LoggedChunk>();
    for (const chunk of await this.#scan()) {
      if (chunk.isOpen) continue;
      const other = newest.get(chunk.sessionId);
      if (!other || other.modifiedAt < chunk.modifiedAt) newest.set(chunk.sessionId, chunk);
    }
    const expired = [...newest.values()].filter(
      ({ modifiedAt }) => now - modifiedAt > this.#options.maxAgeMs,
    );
    for (const { file, sessionId } of expired) {
      await rm(path.dirname(file), { recursive: true, force: true });
      this.#options.logger.warn({ sessionId }, 'audio log deleted: too old');
    }
    return expired.map(({ sessionId }) => sessionId);
  }

  /** Deletes audio, in the background, as long as the log may be larger than it should. */
  #onWritten(bytes: number): void {
    this.#writtenSince += bytes;
    if (!this.#mayBeTooLarge()) return;
    this.#evicting ??= this.#evictWhileTooLarge().finally(() => {
      this.#evicting = undefined;
    });
  }

  #mayBeTooLarge(): boolean {
    return this.#scannedBytes + this.#writtenSince > this.#options.maxBytes;
  }

  async #evictWhileTooLarge(): Promise<void> {
    while (this.#mayBeTooLarge() && !this.#closed.signal.aborted) {
      try {
        await this.#evict();
      } catch (error) {
        this.#options.logger.error({ error: describeError(error) }, 'audio log not evicted');
        this.#scannedBytes = Number.POSITIVE_INFINITY;
      }
      // The rest is of open sessions, which need time to end.
      if (this.#scannedBytes > this.#options.maxBytes) {
        await wait(EVICTION_PAUSE_MS, this.#closed.signal).catch(() => undefined);
      }
    }
  }

  async #evict(): Promise<string[]> {
    const writtenBefore = this.#writtenSince;
    const chunks = await this.#scan();
    const { evicted, refusedSessions } = planEviction(chunks, this.#options.maxBytes);
    let total = chunks.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { file, bytes } of evicted) {
      await rm(file, { force: true });
      total -= bytes;
    }
    this.#scannedBytes = total;
    this.#writtenSince -= writtenBefore;
    const sessions = new Map<string, number>();
    for (const { sessionId, bytes } of evicted) {
      sessions.set(sessionId, (sessions.get(sessionId) ?? 0) + bytes);
    }
    for (const [sessionId, bytes] of sessions) {
      this.#options.logger.warn({ sessionId, bytes }, 'audio log over its size: audio deleted');
    }
    this.#tell(new Set(evicted.map(({ user }) => user)), new Set(refusedSessions));
    return [...sessions.keys()];
  }

  #tell(trimmedUsers: ReadonlySet<string>, refusedSessions: ReadonlySet<string>): void {
    for (const [sessionId, { user, onShareNotice }] of this.#open) {
      if (trimmedUsers.has(user)) onShareNotice('trimmed');
      if (refusedSessions.has(sessionId)) onShareNotice('used-up');
    }
  }

  #scan(): Promise<LoggedChunk[]> {
    return scanAudioLog(this.#options.directory, (sessionId) => this.#open.has(sessionId));
  }

  #encrypter(uid: string): AudioEncrypter | null {
    const { cipher } = this.#options;
    return (
      cipher && {
        encrypt: (plain) => cipher.encrypt(uid, plain),
        decrypt: (encrypted) => cipher.decrypt(uid, encrypted),
      }
    );
  }

  #sessionAudio(uid: string, sessionId: string, format: AudioFormat, startTick: number) {
    const place = this.#place(uid, sessionId);
    return new SessionAudio(
      {
        directory: place.directory,
        chunkMs: this.#options.chunkMs,
        onChunkClosed: (untilTick) => void this.#shipping?.ship(place, untilTick),
        onChunkReleased: (tick) => {
          this.#shipping?.release(place, tick).catch((error) => {
            this.#options.logger.warn(
              { sessionId, error: describeError(error) },
              'shipped audio not removed',
            );
          });
        },
        clock: audioClock(format),
        fsync: this.#options.fsync,
        onWritten: (bytes) => this.#onWritten(bytes),
        encrypter: this.#encrypter(uid),
        onWriteError: (error) =>
          this.#options.logger.error(
            { sessionId, error: describeError(error) },
            'audio log not written',
          ),
      },
      startTick,
    );
  }

  #directory(uid: string, sessionId: string): string {
    return this.#place(uid, sessionId).directory;
  }

  #place(uid: string, sessionId: string): LogPlace {
    const name = `${userDirectory(uid)}/${sessionId}`;
    return { name, directory: path.join(this.#options.directory, name) };
  }
}

/** A directory name that no uid can break out of. */
function userDirectory(uid: string): string {
  return createHash('sha256').update(uid).digest('hex').slice(0, 32);
}
