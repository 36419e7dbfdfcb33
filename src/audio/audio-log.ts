import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { BlobStore } from '../blob/blob-store.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { audioClock } from './audio-clock.ts';
import type { AudioFormat } from './audio-format.ts';
import { chunkFileName, listChunks, readRecords } from './audio-log-files.ts';
import { type LogPlace, LogShipping } from './log-shipping.ts';
import { SessionAudio } from './session-audio.ts';

/** Longest time that a frame waits in memory before it is written, milliseconds. */
const FLUSH_INTERVAL_MS = 50;

export interface AudioLogOptions {
  directory: string;
  fsync: boolean;
  /** Audio older than this is deleted even if it was never transcribed. */
  maxAgeMs: number;
  /** Total size above which the oldest sessions are deleted. */
  maxBytes: number;
  /** New sessions are refused below this much free space. */
  minFreeBytes: number;
  /** Audio that one file of a session's log holds, milliseconds. */
  chunkMs: number;
  /** Where complete files are copied to; null where they stay on this disk alone. */
  shipTo: BlobStore | null;
  logger: Logger;
}

/** Where the files of a session are, for maintenance. */
interface StoredSession {
  directory: string;
  sessionId: string;
  bytes: number;
  modifiedAt: number;
}

/**
 * The write-ahead audio of all listen sessions: `<directory>/<hash of uid>/<session id>/`. Audio is
 * written within 50 ms of its arrival, before anything else is done with it, so that a crash of the
 * process loses nothing that it had accepted for longer than that.
 */
export class AudioLog {
  readonly #options: AudioLogOptions;
  readonly #open = new Map<string, SessionAudio>();
  readonly #timer: NodeJS.Timeout;
  readonly #shipping: LogShipping | null;

  constructor(options: AudioLogOptions) {
    this.#options = options;
    const { shipTo, logger } = options;
    this.#shipping = shipTo && new LogShipping({ blobs: shipTo, logger });
    this.#timer = setInterval(() => this.#flushAll(), FLUSH_INTERVAL_MS);
    this.#timer.unref();
  }

  #flushAll(): void {
    for (const audio of this.#open.values()) {
      // `flush` does not reject: what fails to be written is reported through `onWriteError`.
      if (audio.hasPending) void audio.flush();
    }
  }

  /** Throws `disk-full` where there is too little space for a new session. */
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

  /** Begins the log of a new session. */
  begin(uid: string, sessionId: string, format: AudioFormat): SessionAudio {
    const audio = this.#sessionAudio(uid, sessionId, format, 0);
    this.#open.set(sessionId, audio);
    return audio;
  }

  /** Ends a session's log; its files stay until they are deleted. */
  async end(sessionId: string): Promise<void> {
    const audio = this.#open.get(sessionId);
    this.#open.delete(sessionId);
    await audio?.end();
  }

  /** The log of a session whose process has gone, complete and ended. */
  async reopen(uid: string, sessionId: string, format: AudioFormat): Promise<SessionAudio> {
    const directory = this.#directory(uid, sessionId);
    const clock = audioClock(format);
    let end = 0;
    for (const start of (await listChunks(directory)).slice(-1)) {
      end = start;
      for await (const frames of readRecords(path.join(directory, chunkFileName(start)))) {
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
   * Enforces age and size: deletes the audio of sessions that are not open, oldest first. Answers
   * the ids of the sessions whose audio is gone.
   */
  async sweep(now: number): Promise<string[]> {
    const sessions = await this.#storedSessions();
    sessions.sort((a, b) => a.modifiedAt - b.modifiedAt);
    let total = sessions.reduce((sum, session) => sum + session.bytes, 0);
    const deleted: string[] = [];
    for (const session of sessions) {
      const tooOld = now - session.modifiedAt > this.#options.maxAgeMs;
      if (!tooOld && total <= this.#options.maxBytes) continue;
      if (this.#open.has(session.sessionId)) continue;
      await rm(session.directory, { recursive: true, force: true });
      total -= session.bytes;
      deleted.push(session.sessionId);
      this.#options.logger.warn({ sessionId: session.sessionId, tooOld }, 'audio log deleted');
    }
    return deleted;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#open.keys()].map((id) => this.end(id)));
    await this.#shipping?.settled();
  }

  async #storedSessions(): Promise<StoredSession[]> {
    const sessions: StoredSession[] = [];
    for (const user of await entries(this.#options.directory)) {
      for (const sessionId of await entries(path.join(this.#options.directory, user))) {
        const directory = path.join(this.#options.directory, user, sessionId);
        let bytes = 0;
        let modifiedAt = 0;
        for (const name of await entries(directory)) {
          const file = await stat(path.join(directory, name)).catch(() => undefined);
          bytes += file?.size ?? 0;
          modifiedAt = Math.max(modifiedAt, file?.mtimeMs ?? 0);
        }
        sessions.push({ directory, sessionId, bytes, modifiedAt });
      }
    }
    return sessions;
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

async function entries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
