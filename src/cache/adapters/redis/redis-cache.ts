import type { Redis } from 'ioredis';
import { AppError, describeError } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import type { Logger } from '../../../kernel/logger.ts';
import type { Cache, CountedWindow, HeldLock } from '../../cache.ts';
import { REDIS_SCRIPTS } from './redis-scripts.ts';

const CONNECT_TIMEOUT_MS = 2_000;
/** Pause before the next attempt to connect: grows to this, milliseconds. */
const MAX_RECONNECT_MS = 1_000;

export interface RedisCacheOptions {
  url: string;
  password: string | null;
  keyPrefix: string;
  timeoutMs: number;
  logger: Logger;
}

/** The scripts as `defineCommand` adds them to a connection. */
type ScriptCalls = Record<
  keyof typeof REDIS_SCRIPTS,
  (...args: (string | number)[]) => Promise<unknown>
>;

/**
 * Opens a cache in Redis, by two connections: one for commands, one that listens. Resolves whether or
 * not Redis answers now; both connect again by themselves for as long as it takes.
 */
export async function openRedisCache(options: RedisCacheOptions): Promise<Cache> {
  const { Redis: Client } = await loadClient();
  const connect = () =>
    new Client(options.url, {
      ...(options.password === null ? {} : { password: options.password }),
      keyPrefix: options.keyPrefix,
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: options.timeoutMs,
      // Whoever asks has to know now; and a command that may have run is not sent again.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      // A server that is stopped answers no probe either: the next attempt begins afresh.
      retryStrategy: (attempt: number) => Math.min(50 * attempt, MAX_RECONNECT_MS),
      autoResubscribe: false,
      lazyConnect: true,
    });
  const cache = new RedisCache(connect(), connect(), options);
  await cache.open();
  return cache;
}

async function loadClient(): Promise<Pick<typeof import('ioredis'), 'Redis'>> {
  try {
    return await import('ioredis');
  } catch (cause) {
    throw new AppError(
      'invalid-configuration',
      'CACHE=redis needs the npm package ioredis on the server: npm install ioredis.',
      { cause },
    );
  }
}

class RedisCache implements Cache {
  readonly engine = 'redis';
  readonly isShared = true;
  readonly #commands: Redis;
  readonly #scripts: ScriptCalls;
  readonly #listening: Redis;
  readonly #logger: Logger;
  readonly #prefix: string;
  readonly #channels = new Map<string, Set<(message: string) => void>>();

  constructor(commands: Redis, listening: Redis, options: RedisCacheOptions) {
    this.#commands = commands;
    this.#listening = listening;
    this.#logger = options.logger;
    this.#prefix = options.keyPrefix;
    for (const [name, script] of Object.entries(REDIS_SCRIPTS)) {
      commands.defineCommand(name, script);
    }
    this.#scripts = commands as unknown as ScriptCalls;
    for (const connection of [commands, listening]) {
      // Without a listener it would end the process; what matters shows at the command that fails.
      connection.on('error', (error) =>
        this.#logger.debug({ error: describeError(error) }, 'redis connection failed'),
      );
    }
    listening.on('ready', () => this.#listenAgain());
    listening.on('message', (name: string, message: string) => this.#deliver(name, message));
  }

  /** Waits for the first attempt to connect, whatever becomes of it. */
  async open(): Promise<void> {
    await Promise.allSettled([this.#commands.connect(), this.#listening.connect()]);
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.#run(() => this.#commands.get(key))) ?? undefined;
  }

  async set(key: string, value: string, ttlMs: number | null): Promise<void> {
    await this.#run(() =>
      ttlMs === null
        ? this.#commands.set(key, value)
        : this.#commands.set(key, value, 'PX', wholeMs(ttlMs)),
    );
  }

  async delete(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#run(() => this.#commands.del(...keys));
  }

  async increment(key: string, by: number, ttlMs: number): Promise<CountedWindow> {
    const answer = await this.#run(() => this.#scripts.countWindow(key, by, wholeMs(ttlMs)));
    const [count, resetsInMs] = answer as [number, number];
    return { count, resetsInMs };
  }

  async acquireLock(name: string, ttlMs: number): Promise<HeldLock | undefined> {
    const owner = newId();
    const token = await this.#run(() =>
      this.#scripts.takeLock(lockKey(name), `${lockKey(name)}:token`, owner, wholeMs(ttlMs)),
    );
    return token === null ? undefined : { name, owner, token: Number(token) };
  }

  async releaseLock({ name, owner }: HeldLock): Promise<boolean> {
    return (await this.#run(() => this.#scripts.freeLock(lockKey(name), owner))) === 1;
  }

  async appear(place: string, member: string, ttlMs: number): Promise<void> {
    await this.#run(() => this.#scripts.appearAt(placeKey(place), member, wholeMs(ttlMs)));
  }

  async leave(place: string, member: string): Promise<void> {
    await this.#run(() => this.#commands.zrem(placeKey(place), member));
  }

  async presentAt(place: string): Promise<string[]> {
    return ((await this.#run(() => this.#scripts.whoIsAt(placeKey(place)))) as string[]).sort();
  }

  async publish(channel: string, message: string): Promise<void> {
    // Unlike keys, channels get no prefix from the client.
    await this.#run(() => this.#commands.publish(this.#prefix + channel, message));
  }

  async subscribe(
    channel: string,
    listener: (message: string) => void,
  ): Promise<() => Promise<void>> {
    const own = (message: string) => listener(message);
    const listeners = this.#channels.get(channel) ?? new Set();
    listeners.add(own);
    this.#channels.set(channel, listeners);
    if (this.#listening.status === 'ready') {
      await this.#listening.subscribe(this.#prefix + channel).catch((error) => {
        // The connection is lost: `ready` comes again and with it the subscription.
        this.#logger.debug({ error: describeError(error) }, 'redis subscription waits');
      });
    }
    return async () => {
      listeners.delete(own);
      if (listeners.size > 0 || this.#channels.get(channel) !== listeners) return;
      this.#channels.delete(channel);
      if (this.#listening.status !== 'ready') return;
      await this.#run(() => this.#listening.unsubscribe(this.#prefix + channel));
    };
  }

  async ping(): Promise<void> {
    await this.#run(() => this.#commands.ping());
  }

  async close(): Promise<void> {
    this.#channels.clear();
    this.#commands.disconnect();
    this.#listening.disconnect();
  }

  #listenAgain(): void {
    const names = [...this.#channels.keys()].map((channel) => this.#prefix + channel);
    if (names.length === 0) return;
    this.#listening.subscribe(...names).catch((error) => {
      // Without its subscriptions the connection is of no use: a new one is made.
      this.#logger.warn({ error: describeError(error) }, 'redis subscriptions not renewed');
      this.#listening.disconnect(true);
    });
  }

  #deliver(name: string, message: string): void {
    for (const listener of this.#channels.get(name.slice(this.#prefix.length)) ?? []) {
      listener(message);
    }
  }

  async #run<R>(command: () => Promise<R>): Promise<R> {
    try {
      return await command();
    } catch (cause) {
      throw new AppError('provider-unavailable', 'Redis does not answer.', { cause });
    }
  }
}

function lockKey(name: string): string {
  return `lock:${name}`;
}

function placeKey(place: string): string {
  return `presence:${place}`;
}

function wholeMs(ms: number): number {
  return Math.max(1, Math.ceil(ms));
}
