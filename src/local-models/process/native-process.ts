import type { ChildProcess } from 'node:child_process';
import { type BackoffPolicy, backoffDelay } from '../../kernel/backoff.ts';
import { AppError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import { NativeChild, type NativeChildOptions } from './native-child.ts';
import type { NativeStream } from './native-session.ts';

export interface NativeProcessOptions
  extends Omit<NativeChildOptions, 'onExit' | 'loadTimeoutMs' | 'hangTimeoutMs'> {
  start: () => ChildProcess;
  logger: Logger;
  /** A process without sessions ends after so long; infinite: never. Milliseconds. */
  idleMs: number;
  loadTimeoutMs?: number;
  hangTimeoutMs?: number;
  backoff?: BackoffPolicy;
}

/** A large model on a slow disk takes a minute. */
const LOAD_TIMEOUT_MS = 180_000;
const HANG_TIMEOUT_MS = 120_000;
/** The first restart after a process that has worked happens at once. */
const BACKOFF: BackoffPolicy = { initialMs: 500, maxMs: 60_000, jitter: 0.2 };
/** Growth over its size after loading at which a process gets no new sessions, bytes. */
const RETIRE_GROWTH_BYTES = 512 * 1024 * 1024;
/** A process that lives so long has recovered. */
const PROVEN_MS = 60_000;

/**
 * A model that is loaded in a child process when it is needed: started again with growing pauses
 * after it has died, replaced by a fresh one if it has grown, ended if nobody uses it.
 */
export class NativeProcess {
  readonly #o: NativeProcessOptions;
  readonly #backoff: BackoffPolicy;
  #current: NativeChild | null = null;
  /** Take no new sessions and end with their last one. */
  readonly #retired = new Set<NativeChild>();
  #idleTimer: NodeJS.Timeout | null = null;
  #deaths = 0;
  #startedAt = 0;
  #startAt = 0;
  #lastFailure: AppError | null = null;
  #realTimeFactor: number | null = null;
  #isClosed = false;

  constructor(options: NativeProcessOptions) {
    this.#o = options;
    this.#backoff = options.backoff ?? BACKOFF;
  }

  /** Sessions that are open. */
  get sessions(): number {
    const retired = [...this.#retired].reduce((sum, child) => sum + child.sessions, 0);
    return retired + (this.#current?.sessions ?? 0);
  }

  /** Time of computing for a unit of audio; null as long as nothing was measured. */
  get realTimeFactor(): number | null {
    return this.#current?.realTimeFactor ?? this.#realTimeFactor;
  }

  /** Of the process that takes new sessions; undefined if there is none. */
  get pid(): number | undefined {
    return this.#current?.pid;
  }

  get rssBytes(): number {
    return this.#current?.memory.rssBytes ?? 0;
  }

  /**
   * Loads the model if it is not loaded, and returns what its engine says of itself.
   *
   * @throws AppError `provider-unavailable` with the reason, `aborted`
   */
  async load(signal: AbortSignal): Promise<unknown> {
    const { info } = await this.#ready(signal);
    this.#idle();
    return info;
  }

  /** Opens a session. @throws AppError as `load` */
  async open(options: unknown, signal: AbortSignal): Promise<NativeStream> {
    const { child } = await this.#ready(signal);
    const stream = child.open(options);
    return this.#watched(stream, child);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopIdling();
    const children = [...this.#retired, ...(this.#current ? [this.#current] : [])];
    this.#current = null;
    await Promise.all(children.map((child) => child.close()));
  }

  async #ready(signal: AbortSignal): Promise<{ child: NativeChild; info: unknown }> {
    signal.throwIfAborted();
    this.#stopIdling();
    const child = this.#usable() ?? this.#start();
    return { child, info: await unlessAborted(child.loaded, signal) };
  }

  /** The current process, unless it has died or grown. */
  #usable(): NativeChild | null {
    const child = this.#current;
    if (child === null) return null;
    if (child.failure !== null) {
      this.#current = null;
      return null;
    }
    const { rssBytes, loadedRssBytes } = child.memory;
    if (rssBytes - loadedRssBytes < RETIRE_GROWTH_BYTES) return child;
    this.#o.logger.info({ name: this.#o.name, rssBytes, loadedRssBytes }, 'native process retired');
    this.#realTimeFactor = child.realTimeFactor;
    this.#current = null;
    this.#retired.add(child);
    this.#endIfUnused(child);
    return null;
  }

  #start(): NativeChild {
    const now = performance.now();
    if (this.#isClosed) throw new AppError('aborted', `${this.#o.name} is closed.`);
    if (now < this.#startAt && this.#lastFailure !== null) {
      const seconds = Math.ceil((this.#startAt - now) / 1000);
      throw new AppError(
        'provider-unavailable',
        `${this.#lastFailure.message} It is started again in ${seconds} s.`,
      );
    }
    this.#startedAt = now;
    const child = new NativeChild({
      loadTimeoutMs: LOAD_TIMEOUT_MS,
      hangTimeoutMs: HANG_TIMEOUT_MS,
      ...this.#o,
      onExit: () => this.#onExit(child),
    });
    this.#current = child;
    return child;
  }

  #onExit(child: NativeChild): void {
    this.#retired.delete(child);
    if (this.#current === child) this.#current = null;
    const { failure } = child;
    if (failure === null || failure.code === 'aborted') return;
    this.#realTimeFactor = child.realTimeFactor;
    const now = performance.now();
    this.#deaths = now - this.#startedAt > PROVEN_MS ? 1 : this.#deaths + 1;
    this.#startAt = this.#deaths === 1 ? now : now + backoffDelay(this.#backoff, this.#deaths - 2);
    this.#lastFailure = failure;
    this.#o.logger.warn({ name: this.#o.name, reason: failure.message }, 'native process died');
  }

  /** Looks after the process when one of its sessions is over. */
  #watched(stream: NativeStream, child: NativeChild): NativeStream {
    const done = () => {
      if (this.#retired.has(child)) this.#endIfUnused(child);
      else this.#idle();
    };
    return {
      outputs: until(stream.outputs, done),
      push: (pcm) => stream.push(pcm),
      end: () => stream.end(),
      close: () => {
        stream.close();
        done();
      },
    };
  }

  #endIfUnused(child: NativeChild): void {
    if (child.sessions === 0) void child.close();
  }

  #idle(): void {
    this.#stopIdling();
    const { idleMs } = this.#o;
    if (!Number.isFinite(idleMs) || this.#current?.sessions !== 0) return;
    this.#idleTimer = setTimeout(() => {
      const child = this.#current;
      if (child === null || child.sessions > 0) return;
      this.#realTimeFactor = child.realTimeFactor;
      this.#current = null;
      void child.close();
    }, idleMs).unref();
  }

  #stopIdling(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
  }
}

/** The result of `work`; rejects with the signal's reason as soon as it is aborted. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** The values of `source`; calls `done` when they end or nobody reads them any more. */
async function* until(source: AsyncIterable<unknown>, done: () => void): AsyncGenerator<unknown> {
  try {
    yield* source;
  } finally {
    done();
  }
}
