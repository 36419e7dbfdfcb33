import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthProvider } from '@modelcontextprotocol/client';
import type { Locks } from '../cache/locks.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import { randomToken, sha256Hex } from '../kernel/ids.ts';
import { isSameSecret } from '../kernel/is-same-secret.ts';
import type { Logger } from '../kernel/logger.ts';
import { type App, apps } from '../model/apps/app.ts';
import {
  type McpConnection,
  type McpTokens,
  mcpConnections,
} from '../model/apps/mcp-connection.ts';
import { GLOBAL } from '../model/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { McpSignIn, SignInChallenge, SignInLinks } from './mcp-sign-in.ts';

/** How long a sign-in that was begun can be finished. */
const PENDING_MS = 10 * 60_000;
const STATE_BYTES = 32;
/** A token that ends within this time is renewed before it is used. */
const EARLY_MS = 30_000;
/** Longer than a renewal takes: after that another process may renew. */
const RENEWAL_LOCK_MS = 60_000;
/** How long and how often the renewal of another process is waited for. */
const RENEWAL_WAIT_MS = 20_000;
const RENEWAL_LOOK_MS = 200;

export interface McpConnectionsDeps {
  store: DocumentStore;
  clock: Clock;
  locks: Pick<Locks, 'tryRun'>;
  signIn: Pick<McpSignIn, 'begin' | 'exchange' | 'refresh' | 'revoke'>;
  logger: Logger;
}

/** The sign-ins of users at the MCP servers of their apps; what is secret of them is encrypted at rest. */
export class McpConnections {
  readonly #o: McpConnectionsDeps;
  /** Renewals that this process runs or waits for, by user and app. */
  readonly #renewals = new Map<string, Promise<McpTokens | null>>();

  constructor(deps: McpConnectionsDeps) {
    this.#o = deps;
  }

  /**
   * Begins a sign-in and returns the page that the user is to open. An earlier one of the app ends.
   *
   * @throws AppError `invalid-request` if the server cannot be signed in to, `provider-rejected`
   */
  async begin(
    uid: string,
    appId: string,
    server: { url: string; challenge: SignInChallenge },
    links: SignInLinks,
  ): Promise<string> {
    const { store, clock, signIn } = this.#o;
    const state = `${appId}.${randomToken(STATE_BYTES)}`;
    const begun = await signIn.begin(server.url, server.challenge, links, state);
    const now = clock.now();
    await store.transact((tx) =>
      tx.put(mcpConnections, uid, {
        id: appId,
        authorization: begun.authorization,
        client: begun.client,
        redirectUrl: links.redirectUrl,
        tokens: null,
        pending: {
          stateHash: sha256Hex(state),
          codeVerifier: begun.codeVerifier,
          expiresAt: now + PENDING_MS,
        },
        createdAt: now,
      }),
    );
    return begun.authorizationUrl;
  }

  /**
   * Finishes a sign-in with what the browser has brought back, once.
   *
   * @param answer.code null: the user was refused, or has refused
   * @param viewer the user who is signed in to this server in the browser
   * @throws AppError `bad-request` for a sign-in that is not known or has ended, `forbidden` if it is
   *   another user's, `provider-rejected`
   */
  async finish(
    answer: { state: string; code: string | null; issuer: string | null },
    viewer: string,
  ): Promise<{ uid: string; app: App }> {
    const { store, clock, signIn } = this.#o;
    const appId = answer.state.split('.')[0] ?? '';
    const app = await store.find(apps, GLOBAL, appId);
    const uid = app?.uid;
    if (!app || !uid) throw unknownSignIn();
    const found = await store.transact(async (tx) => {
      const connection = await tx.find(mcpConnections, uid, appId);
      const pending = connection?.pending;
      if (!connection || !pending || !isSameSecret(pending.stateHash, sha256Hex(answer.state))) {
        throw unknownSignIn();
      }
      if (viewer !== uid) {
        throw new AppError('forbidden', 'Another user of this server has begun this sign-in.');
      }
      tx.patch(mcpConnections, uid, appId, { pending: null });
      return { connection, pending };
    });
    const { connection, pending } = found;
    if (pending.expiresAt <= clock.now()) throw unknownSignIn();
    if (answer.code === null) {
      throw new AppError('bad-request', 'The sign-in was refused, so nothing was connected.');
    }
    const { code, issuer } = answer;
    const tokens = await signIn.exchange(connection, {
      code,
      codeVerifier: pending.codeVerifier,
      issuer,
    });
    await store.transact((tx) => tx.patch(mcpConnections, uid, appId, { tokens }));
    return { uid, app };
  }

  /** Returns what signs requests for an app in, and renews it; null if the app needs no sign-in. */
  async signInOf(uid: string, appId: string): Promise<AuthProvider | null> {
    if (!(await this.#o.store.find(mcpConnections, uid, appId))) return null;
    let used: string | undefined;
    return {
      token: async () => {
        const tokens = await this.#currentTokens(uid, appId);
        used = tokens?.accessToken;
        return used;
      },
      onUnauthorized: async () => {
        if (used !== undefined) await this.#renew(uid, appId, used);
      },
    };
  }

  /** Ends the sign-in of an app, at the authorization server too if it can be told. */
  async end(uid: string, appId: string): Promise<void> {
    const { store, signIn, logger } = this.#o;
    const connection = await store.find(mcpConnections, uid, appId);
    if (!connection) return;
    await store.transact((tx) => tx.delete(mcpConnections, uid, appId));
    if (connection.tokens === null) return;
    try {
      await signIn.revoke(connection, connection.tokens);
    } catch (error) {
      logger.warn({ error: describeError(error) }, 'tokens of an MCP server could not be revoked');
    }
  }

  async #currentTokens(uid: string, appId: string): Promise<McpTokens | null> {
    const connection = await this.#o.store.find(mcpConnections, uid, appId);
    const tokens = connection?.tokens ?? null;
    const isFresh = tokens?.expiresAt == null || tokens.expiresAt - EARLY_MS > this.#o.clock.now();
    if (tokens === null || isFresh || tokens.refreshToken === null) return tokens;
    return await this.#renew(uid, appId, tokens.accessToken);
  }

  /** Renews tokens unless that was done since `used` was read; null if the sign-in has ended. */
  #renew(uid: string, appId: string, used: string): Promise<McpTokens | null> {
    const key = `${uid}/${appId}`;
    const running = this.#renewals.get(key);
    if (running) return running;
    const renewal = this.#renewAlone(uid, appId, used).finally(() => this.#renewals.delete(key));
    this.#renewals.set(key, renewal);
    return renewal;
  }

  /**
   * Renews tokens while no other process does: a refresh token may be used only once, and a second use may
   * end the sign-in (RFC 9700, section 4.14.2). What another process has renewed is returned.
   */
  async #renewAlone(uid: string, appId: string, used: string): Promise<McpTokens | null> {
    const { store, locks } = this.#o;
    const giveUpAt = performance.now() + RENEWAL_WAIT_MS;
    while (performance.now() < giveUpAt) {
      const renewed = await locks.tryRun(`mcp-renewal:${uid}:${appId}`, RENEWAL_LOCK_MS, () =>
        this.#renewOnce(uid, appId, used),
      );
      if (renewed) return renewed.result;
      await sleep(RENEWAL_LOOK_MS);
      const tokens = (await store.find(mcpConnections, uid, appId))?.tokens ?? null;
      if (tokens?.accessToken !== used) return tokens;
    }
    throw new AppError(
      'provider-busy',
      'The sign-in of the MCP server is being renewed. Try again.',
    );
  }

  async #renewOnce(uid: string, appId: string, used: string): Promise<McpTokens | null> {
    const { store, signIn } = this.#o;
    const connection = await store.find(mcpConnections, uid, appId);
    const before: McpConnection['tokens'] = connection?.tokens ?? null;
    if (!connection || before === null || before.accessToken !== used) return before;
    const tokens =
      before.refreshToken === null ? null : await signIn.refresh(connection, before.refreshToken);
    await store.transact(async (tx) => {
      // The app may have been deleted, or signed in again, meanwhile.
      const now = await tx.find(mcpConnections, uid, appId);
      if (now?.tokens?.accessToken === used) tx.patch(mcpConnections, uid, appId, { tokens });
    });
    return tokens;
  }
}

function unknownSignIn(): AppError {
  return new AppError(
    'bad-request',
    'This sign-in is not known, was used already or has ended. Begin it again.',
  );
}
