import { makeUser, users } from '../../src/model/accounts/user.ts';
import { GLOBAL } from '../../src/model/collection.ts';
import type { DocumentStore } from '../../src/store/document-store.ts';
import { HeldClock } from '../harness/held-clock.ts';
import { type CallOptions, type HttpAnswer, httpCall } from '../harness/http-call.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** A response: its status, and its body as JSON, or null if it had none. */
export interface Answer<T> {
  status: number;
  body: T;
}

export interface RestApp {
  server: TestServer;
  store: DocumentStore;
  clock: HeldClock;
  /** Sends a request as `uid` (null: not signed in) and reads the response. */
  call<T = unknown>(
    uid: string | null,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer<T>>;
  /** Sends a request with that token and reads the response with its headers. */
  ask(method: string, path: string, options?: CallOptions): Promise<HttpAnswer>;
  /** A new user with a token of theirs. */
  signUp(name: string): Promise<{ uid: string; token: string }>;
  close(): Promise<void>;
}

/** The whole server on a clock that stands still, with users whose ids the test chooses. */
export async function startRestApp(env: Record<string, string> = {}): Promise<RestApp> {
  const clock = new HeldClock();
  const server = await startTestServer(env, undefined, undefined, clock);
  const { store, accounts } = server.context;
  const tokens = new Map<string, Promise<string>>();
  const signIn = async (uid: string): Promise<string> => {
    if (!(await store.find(users, GLOBAL, uid))) {
      const user = makeUser({ id: uid, createdAt: clock.now(), name: uid });
      await store.transact((tx) => tx.create(users, GLOBAL, user));
    }
    return (await accounts.createToken(uid, 'test')).token;
  };
  const tokenOf = (uid: string): Promise<string> => {
    const token = tokens.get(uid) ?? signIn(uid);
    tokens.set(uid, token);
    return token;
  };
  return {
    server,
    store,
    clock,
    call: async <T>(uid: string | null, method: string, path: string, body?: unknown) => {
      const options = uid === null ? { body } : { token: await tokenOf(uid), body };
      const { status, text } = await httpCall(server.url, method, path, options);
      return { status, body: (text === '' ? null : JSON.parse(text)) as T };
    },
    ask: (method, path, options) => httpCall(server.url, method, path, options),
    signUp: async (name) => {
      const user = await accounts.createUser(name);
      return { uid: user.id, token: (await accounts.createToken(user.id, 'test')).token };
    },
    close: () => server.stop(),
  };
}
