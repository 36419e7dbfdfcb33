import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../kernel/errors.ts';
import type { FromNative, ToNative } from './native-protocol.ts';
import { ChildSession, type NativeStream, type SessionMessage } from './native-session.ts';

export interface NativeChildOptions {
  /** For messages: `The local recogniser tiny-en`. */
  name: string;
  start: () => ChildProcess;
  /** Of the `load` message. */
  config: unknown;
  /** Bytes of audio of one second. */
  bytesPerSecond: number;
  loadTimeoutMs: number;
  /** A message without an answer for so long means that the process hangs. */
  hangTimeoutMs: number;
  /** Called once, when the process has ended, whatever the reason. */
  onExit: () => void;
}

/** Lines of standard error that are kept, and their length. */
const KEPT_LINES = 5;
const MAX_LINE = 300;
/** Audio over which the load is averaged, milliseconds. */
const AVERAGED_MS = 30_000;
const WATCH_EVERY_MS = 500;
const KILL_AFTER_MS = 2_000;
const LAST_WORDS_MS = 20;

/**
 * One child process with one loaded model. If it dies, all of its sessions fail with the reason:
 * exit code or signal, and what it last wrote to standard error.
 */
export class NativeChild {
  /** Resolves with what the engine says of itself; rejects with the reason if it dies first. */
  readonly loaded: Promise<unknown>;
  readonly #o: NativeChildOptions;
  readonly #process: ChildProcess;
  readonly #sessions = new Map<number, ChildSession>();
  readonly #stderr: string[] = [];
  readonly #watch: NodeJS.Timeout;
  readonly #startedAt = performance.now();
  #settleLoad: { resolve: (info: unknown) => void; reject: (error: AppError) => void } = {
    resolve: () => undefined,
    reject: () => undefined,
  };
  #onExited: () => void = () => undefined;
  #isLoaded = false;
  #nextSession = 1;
  #answeredAt = 0;
  #failure: AppError | null = null;
  #isClosing = false;
  #memory = { rssBytes: 0, loadedRssBytes: 0 };
  #load = { busyMs: 0, audioMs: 0 };

  constructor(options: NativeChildOptions) {
    this.#o = options;
    this.loaded = new Promise((resolve, reject) => {
      this.#settleLoad = { resolve, reject };
    });
    // It may fail to load while nobody waits for it.
    this.loaded.catch(() => undefined);
    this.#process = options.start();
    this.#process.on('message', (message) => this.#take(message as FromNative));
    this.#process.once('error', (error) => this.#die(`It could not be started: ${error.message}.`));
    // Not `close`: it does not come if the channel was unreferenced in between (Node 20).
    this.#process.once('exit', (code, signal) => void this.#onExit(code, signal));
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    (this.#process.stderr as Socket | null)?.unref();
    this.#watch = setInterval(() => this.#lookForHang(), WATCH_EVERY_MS).unref();
    this.#send({ type: 'load', config: options.config });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Why it is of no use any more, null while it is. */
  get failure(): AppError | null {
    return this.#failure;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** Resident memory that it told last, and after loading; 0 before. */
  get memory(): { rssBytes: number; loadedRssBytes: number } {
    return this.#memory;
  }

  /** Time of computing for a unit of audio, of late; null as long as nothing was measured. */
  get realTimeFactor(): number | null {
    return this.#load.audioMs < 1 ? null : this.#load.busyMs / this.#load.audioMs;
  }

  /** @throws AppError what `failure` says */
  open(options: unknown): NativeStream {
    if (this.#failure !== null) throw this.#failure;
    const id = this.#nextSession++;
    const session = new ChildSession(this.#o.bytesPerSecond, {
      send: (message) => this.#forward(message, id),
      release: () => {
        this.#sessions.delete(id);
        if (this.#sessions.size === 0) this.#setRef(false);
      },
    });
    this.#sessions.set(id, session);
    this.#setRef(true);
    this.#send({ type: 'open', session: id, options });
    return session;
  }

  /** Ends the process and waits for that. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#die('It is being closed.');
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#setRef(true);
    const exited = new Promise<void>((resolve) => {
      this.#onExited = resolve;
    });
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), KILL_AFTER_MS);
    await exited;
    clearTimeout(timer);
  }

  #take(message: FromNative): void {
    this.#answeredAt = performance.now();
    if (message.type === 'loaded') {
      this.#isLoaded = true;
      this.#memory = { rssBytes: message.rssBytes, loadedRssBytes: message.rssBytes };
      if (this.#sessions.size === 0) this.#setRef(false);
      this.#settleLoad.resolve(message.info);
    } else if (message.type === 'failed') {
      if (message.session === null) this.#kill(message.message);
      else this.#sessions.get(message.session)?.fail(this.#error(message.message));
    } else {
      this.#memory = { ...this.#memory, rssBytes: message.rssBytes };
      this.#measure(this.#sessions.get(message.session)?.take(message) ?? 0, message.busyMs);
    }
  }

  /** Older measurements count less and less. */
  #measure(audioMs: number, busyMs: number): void {
    const kept = Math.exp(-audioMs / AVERAGED_MS);
    this.#load = {
      busyMs: this.#load.busyMs * kept + busyMs,
      audioMs: this.#load.audioMs * kept + audioMs,
    };
  }

  #lookForHang(): void {
    const now = performance.now();
    if (!this.#isLoaded) {
      const isLate = now - this.#startedAt > this.#o.loadTimeoutMs;
      if (isLate) this.#kill('It has not loaded its model in time.');
      return;
    }
    const isWaiting = [...this.#sessions.values()].some((session) => session.isWaiting);
    if (!isWaiting) this.#answeredAt = now;
    else if (now - this.#answeredAt > this.#o.hangTimeoutMs)
      this.#kill('It has stopped answering.');
  }

  async #onExit(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    clearInterval(this.#watch);
    // What it wrote last may arrive after the news of its end.
    if (!this.#isClosing) await delay(LAST_WORDS_MS);
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    this.#die(`Its process has ended ${how}.`);
    this.#onExited();
    this.#o.onExit();
  }

  #kill(reason: string): void {
    this.#die(reason);
    this.#process.kill('SIGKILL');
  }

  #die(reason: string): void {
    if (this.#failure !== null) return;
    this.#failure = this.#isClosing
      ? new AppError('aborted', `${this.#o.name} is being closed.`)
      : this.#error(reason);
    this.#settleLoad.reject(this.#failure);
    for (const session of [...this.#sessions.values()]) session.fail(this.#failure);
  }

  #error(reason: string): AppError {
    const last = this.#stderr.at(-1);
    const said = last === undefined ? '' : ` It last said: ${last}`;
    return new AppError('provider-unavailable', `${this.#o.name} has failed. ${reason}${said}`);
  }

  #keep(text: string): void {
    for (const line of text.split('\n')) {
      // The library puts its source file, function and line in front.
      const said = line.replace(/^\S+\.(cc|h):\S+:\d+ /, '').trim();
      if (said !== '') this.#stderr.push(said.slice(0, MAX_LINE));
    }
    this.#stderr.splice(0, Math.max(0, this.#stderr.length - KEPT_LINES));
  }

  #forward(message: SessionMessage, session: number): void {
    this.#send({ ...message, session });
  }

  #send(message: ToNative): void {
    // If it cannot be sent the process has ended; `close` follows and says why.
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  /** The process keeps the server alive only while it has something to do. */
  #setRef(isWorking: boolean): void {
    const change = isWorking ? 'ref' : 'unref';
    this.#process[change]();
    this.#process.channel?.[change]();
  }
}
