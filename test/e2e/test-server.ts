import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../src/config/config.ts';
import { readSecrets } from '../../src/config/secrets.ts';
import { type Context, openContext } from '../../src/context.ts';
import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import { createLogger, type LogLevel } from '../../src/kernel/logger.ts';
import { startServer } from '../../src/server.ts';
import { hasFirestoreEmulator } from '../fixtures/firestore-emulator.ts';
import { httpCall } from '../harness/http-call.ts';

export interface TestServer {
  url: string;
  wsUrl: string;
  token: string;
  uid: string;
  dataDir: string;
  context: Context;
  /** Calls the API as the owner, or with another token; answers status and parsed body. */
  api(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
  ): Promise<{ status: number; body: unknown }>;
  /** Stops the server; `keepData` leaves its directory for a restart. */
  stop(options?: { keepData: boolean }): Promise<void>;
}

/** The real server in this process, on a free port, with a directory of its own. */
export async function startTestServer(
  env: Record<string, string> = {},
  dataDir?: string,
  /** Takes the log lines; standard error unless told. */
  log?: { write(line: string): void },
  clock: Clock = systemClock,
): Promise<TestServer> {
  const directory = dataDir ?? (await mkdtemp(path.join(tmpdir(), 'omi-backend-test-')));
  const store = storeSettings(directory);
  const values = { PORT: '0', LOG_LEVEL: 'silent', ...store, ...env, DATA_DIR: directory };
  const config = readConfig(values);
  const logger = createLogger({ level: config.log.level as LogLevel, revealPii: false }, log);
  const context = await openContext({
    config,
    secrets: readSecrets(values),
    env: values,
    logger,
    clock,
  });
  const { uid, token } = await ownerOf(context);
  const server = await startServer(context);
  return {
    url: server.url,
    wsUrl: server.url.replace('http', 'ws'),
    token,
    uid,
    dataDir: directory,
    context,
    api: async (method, route, body, bearer = token) => {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const { status, text } = await httpCall(server.url, method, route, {
        token: bearer,
        body: sent,
      });
      return { status, body: parse(text) };
    },
    stop: async ({ keepData } = { keepData: false }) => {
      await server.close();
      if (!keepData) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** `TEST_STORE=firestore`: each directory has a project of its own at the emulator. */
function storeSettings(directory: string): Record<string, string> {
  if (process.env.TEST_STORE !== 'firestore' || !hasFirestoreEmulator()) return {};
  const project = path
    .basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '');
  return { STORE: 'firestore', FIREBASE_PROJECT_ID: `t-${project}` };
}

async function ownerOf(context: Context): Promise<{ uid: string; token: string }> {
  const created = await context.accounts.ensureOwner();
  if (created) return { uid: created.user.id, token: created.token };
  const owner = await context.accounts.findUserByName('owner');
  if (!owner) throw new Error('no owner');
  return { uid: owner.id, token: (await context.accounts.createToken(owner.id, 'test')).token };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
