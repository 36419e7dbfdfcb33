import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalAccounts } from '../src/auth/local-accounts.ts';
import { readConfig } from '../src/config/config.ts';
import { readSecrets } from '../src/config/secrets.ts';
import { openStore } from '../src/context/open-engines.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { silentLogger } from '../src/kernel/logger.ts';
import { BenchProcess } from './bench-process.ts';

export interface Health {
  live_sessions: number;
  segment_latency_ms: { count: number; p50: number | null; p99: number | null };
}

/** A server under load: the product, or the relay that is its floor. */
export interface LiveServer {
  process: BenchProcess;
  /** `ws://host:port/path` without a query. */
  address: string;
  awaitsReady: boolean;
  /** A token for each client. */
  tokens: string[];
  /** Null for the relay, which has none. */
  health: (() => Promise<Health>) | null;
  stop(): Promise<void>;
}

const PORT_LIMIT_MS = 30_000;

const directories = new Set<string>();
// A run that is cut off leaves nothing behind; its servers are killed by then.
process.on('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

export async function startProvider(): Promise<{ process: BenchProcess; address: string }> {
  const child = new BenchProcess({ script: 'bench/processes/provider-stub.ts' });
  return { process: child, address: `ws://127.0.0.1:${await child.port()}` };
}

export async function startRelay(
  provider: string,
  clients: number,
  execArgv: readonly string[] = [],
): Promise<LiveServer> {
  const child = new BenchProcess({
    script: 'dist/bench/bare-relay.js',
    args: [provider],
    execArgv,
  });
  return {
    process: child,
    address: `ws://127.0.0.1:${await child.port()}/v4/listen`,
    awaitsReady: false,
    tokens: new Array<string>(clients).fill('none'),
    health: null,
    stop: () => child.stop(),
  };
}

/**
 * The built server in a process of its own, with an account for each client: one person speaks in
 * one conversation.
 */
export async function startProduct(
  provider: string,
  clients: number,
  options: { env: Readonly<Record<string, string>>; execArgv: readonly string[] },
): Promise<LiveServer> {
  const directory = mkdtempSync(join(tmpdir(), 'omi-backend-bench-'));
  directories.add(directory);
  const tokens = await makeAccounts(directory, clients);
  const { child, url } = await startOn(directory, options.execArgv, {
    MAX_SESSIONS: '5000',
    DEEPGRAM_API_KEY: 'bench',
    DEEPGRAM_BASE_URL: provider,
    ...options.env,
  });
  return {
    process: child,
    address: `${url.replace('http', 'ws')}/v4/listen`,
    awaitsReady: true,
    tokens,
    health: async () => (await (await fetch(`${url}/v1/health`)).json()) as Health,
    stop: async () => {
      await child.stop();
      rmSync(directory, { recursive: true, force: true });
      directories.delete(directory);
    },
  };
}

/** Starts the built server on a data directory. */
export async function startOn(
  directory: string,
  execArgv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ child: BenchProcess; url: string }> {
  const child = new BenchProcess({
    script: 'dist/main.js',
    args: ['serve'],
    execArgv,
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: directory,
      LOG_LEVEL: 'warn',
      DETECT_MODEL_SERVERS: 'false',
      ...env,
    },
  });
  return { child, url: await readUrl(child) };
}

async function makeAccounts(directory: string, count: number): Promise<string[]> {
  const store = await openStore({
    config: readConfig({ DATA_DIR: directory }),
    secrets: readSecrets({}),
    logger: silentLogger,
  });
  try {
    const accounts = new LocalAccounts({ store, clock: systemClock });
    await accounts.ensureOwner();
    const tokens: string[] = [];
    for (let i = 0; i < count; i += 1) {
      const { id } = await accounts.createUser(`speaker ${i}`);
      tokens.push((await accounts.createToken(id, 'bench')).token);
    }
    return tokens;
  } finally {
    await store.close();
  }
}

/** The address that the server prints once it listens. */
export async function readUrl(child: BenchProcess): Promise<string> {
  const deadline = performance.now() + PORT_LIMIT_MS;
  for (;;) {
    const url = /ready at (http:\/\/\S+)/.exec(child.output)?.[1];
    if (url) return url;
    if (child.hasEnded || performance.now() > deadline) {
      throw new Error(`The server has not started.\n${child.errors}`);
    }
    await sleep(5);
  }
}
