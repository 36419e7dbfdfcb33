import type { AddressInfo } from 'node:net';
import { LocalAccounts } from '../../src/auth/local-accounts.ts';
import { buildHttpApp, type HttpAppOptions } from '../../src/http/app.ts';
import { createLogger } from '../../src/kernel/logger.ts';
import { HeldClock } from './held-clock.ts';
import { type CallOptions, type HttpAnswer, httpCall } from './http-call.ts';
import { openTestStore } from './test-store.ts';

export interface FrameApp {
  accounts: LocalAccounts;
  /** Lines of the log, parsed. */
  log: Record<string, unknown>[];
  /** A user with a token of theirs. */
  signUp(name: string): Promise<{ uid: string; token: string }>;
  call(method: string, path: string, options?: CallOptions): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** What stands around every route (sign-in, limits, errors, logs), with the routes of a test only. */
export async function startFrameApp(
  options: Pick<HttpAppOptions, 'routes' | 'health'> & Partial<HttpAppOptions>,
): Promise<FrameApp> {
  const { store, close } = await openTestStore();
  const clock = new HeldClock();
  const accounts = new LocalAccounts({ store, clock });
  const log: Record<string, unknown>[] = [];
  const app = buildHttpApp({
    userApiKeys: null,
    logger: createLogger(
      { level: 'info', revealPii: false },
      { write: (line: string) => log.push(JSON.parse(line)) },
    ),
    verifier: accounts,
    corsOrigins: [],
    clock,
    ...options,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    accounts,
    log,
    signUp: async (name) => {
      const user = await accounts.createUser(name);
      const { token } = await accounts.createToken(user.id, 'test');
      return { uid: user.id, token };
    },
    call: (method, path, request) => httpCall(url, method, path, request),
    close: async () => {
      await app.close();
      await close();
    },
  };
}
