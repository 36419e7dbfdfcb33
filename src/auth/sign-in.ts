import type { Clock } from '../kernel/clock.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import { newId, sha256Hex } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import {
  type SignInAttempt,
  type SignInCode,
  signInAttempts,
  signInCodes,
} from '../model/accounts/sign-in.ts';
import { type CollectionDefinition, GLOBAL } from '../model/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { decryptWithCode, encryptWithCode } from './encrypt-with-code.ts';
import type { FirebaseAccounts } from './firebase-accounts.ts';
import type { OAuthProvider, OAuthProviderName, ProviderTokens } from './oauth-providers.ts';
import { assertProof, readChallenge } from './proof-key.ts';
import { assertRedirectUri, mustProveKey, redirectTarget } from './redirect-uri.ts';

const LIFETIME_MS = 300_000;
/** Expired entries removed at each sign-in, at most. */
const SWEEP = 50;
const LABELS = { google: 'Google', apple: 'Apple' } as const;

export interface SignInOptions {
  store: DocumentStore;
  providers: ReadonlyMap<OAuthProviderName, OAuthProvider>;
  /** Schemes of apps that a sign-in may lead back to. */
  redirectSchemes: readonly string[];
  /** Null: no custom tokens. */
  firebase: FirebaseAccounts | null;
  clock: Clock;
  logger: Logger;
}

export interface SignedInTokens extends ProviderTokens {
  provider: OAuthProviderName;
  firebaseProviderId: string;
  /** Null if it was not asked for, or could not be made. */
  customToken: string | null;
}

/**
 * Sign-in by browser for apps and command lines: the app opens a page of ours, which leads to a
 * provider and back to the app with a code that it exchanges once. State lives in the store, so that
 * any process of the installation can serve any step.
 */
export class SignIn {
  readonly #o: SignInOptions;

  constructor(options: SignInOptions) {
    this.#o = options;
  }

  /**
   * The provider's address to send the browser to. Throws `bad-request` for a provider that does not
   * exist, an address that may not be led back to, or a challenge that is missing or not understood,
   * `not-configured` if the keys are missing.
   */
  async authorize(request: {
    provider: string;
    redirectUri: string;
    clientState: string | null;
    codeChallenge: string | null;
    codeChallengeMethod: string | null;
    /** Address under which the browser reaches this server. */
    origin: string;
  }): Promise<string> {
    const name = providerNamed(request.provider);
    assertRedirectUri(request.redirectUri, this.#o.redirectSchemes);
    const codeChallenge = readChallenge(request.codeChallenge, request.codeChallengeMethod);
    if (codeChallenge === null && mustProveKey(request.redirectUri)) {
      throw new AppError('bad-request', 'This app must use PKCE: code_challenge is missing.');
    }
    const provider = this.#configured(name);
    const state = newId();
    const now = this.#o.clock.now();
    await this.#sweep(signInAttempts, now);
    await this.#o.store.transact((tx) =>
      tx.create(signInAttempts, GLOBAL, {
        id: sha256Hex(state),
        provider: name,
        redirectUri: request.redirectUri,
        clientState: request.clientState,
        codeChallenge,
        expiresAt: now + LIFETIME_MS,
      }),
    );
    return provider.authorizeUrl(callbackUrl(request.origin, name), state);
  }

  /** The app's address, with a code, for a browser that comes back from the provider. */
  async callback(
    name: OAuthProviderName,
    answer: { code: string | null; state: string | null; error: string | null; origin: string },
  ): Promise<string> {
    // The provider's message is not repeated: it came through the browser and may be forged.
    if (answer.error !== null) {
      throw new AppError('bad-request', `Auth error: ${LABELS[name]} refused the sign-in`);
    }
    if (answer.code === null || answer.state === null) {
      throw new AppError('bad-request', 'Auth error: code or state is missing');
    }
    const attempt = await this.#take(signInAttempts, answer.state);
    if (attempt?.provider !== name) throw new AppError('bad-request', 'Invalid auth session');
    const tokens = await this.#exchange(name, answer.code, answer.origin);
    const code = newId();
    const now = this.#o.clock.now();
    await this.#sweep(signInCodes, now);
    await this.#o.store.transact((tx) =>
      tx.create(signInCodes, GLOBAL, {
        id: sha256Hex(code),
        provider: name,
        redirectUri: attempt.redirectUri,
        codeChallenge: attempt.codeChallenge,
        encryptedTokens: encryptWithCode(code, JSON.stringify(tokens)),
        expiresAt: now + LIFETIME_MS,
      }),
    );
    return redirectTarget(attempt.redirectUri, code, attempt.clientState);
  }

  /** The provider's tokens for a code, once; the texts of the errors are the wire's. */
  async exchangeCode(request: {
    grantType: string;
    code: string;
    redirectUri: string;
    codeVerifier: string | null;
    wantsCustomToken: boolean;
  }): Promise<SignedInTokens> {
    if (request.grantType !== 'authorization_code') {
      throw new AppError('bad-request', 'Unsupported grant type');
    }
    const stored = await this.#take(signInCodes, request.code);
    if (!stored) throw new AppError('bad-request', 'Invalid or expired code');
    if (stored.redirectUri !== request.redirectUri) {
      throw new AppError('bad-request', 'redirect_uri mismatch');
    }
    assertProof(stored.codeChallenge, request.codeVerifier);
    const tokens = decryptTokens(request.code, stored.encryptedTokens);
    const { firebaseId } = this.#configured(stored.provider);
    return {
      ...tokens,
      provider: stored.provider,
      firebaseProviderId: firebaseId,
      customToken: request.wantsCustomToken ? await this.#customToken(firebaseId, tokens) : null,
    };
  }

  async #exchange(name: OAuthProviderName, code: string, origin: string): Promise<ProviderTokens> {
    try {
      return await this.#configured(name).exchange(code, callbackUrl(origin, name));
    } catch (error) {
      this.#o.logger.warn({ provider: name, error: describeError(error) }, 'sign-in failed');
      throw new AppError('bad-request', `Failed to exchange ${LABELS[name]} code`, {
        cause: error,
      });
    }
  }

  /** Clients that asked for one do without if it cannot be made; the log says why. */
  async #customToken(firebaseId: string, tokens: ProviderTokens): Promise<string | null> {
    if (!this.#o.firebase) return null;
    try {
      return await this.#o.firebase.customTokenFor(firebaseId, tokens.idToken, tokens.accessToken);
    } catch (error) {
      this.#o.logger.warn({ error: describeError(error) }, 'custom token failed');
      return null;
    }
  }

  #configured(name: OAuthProviderName): OAuthProvider {
    const provider = this.#o.providers.get(name);
    if (provider) return provider;
    throw new AppError('not-configured', `Sign-in with ${LABELS[name]} is not configured here.`);
  }

  /** The document of a secret that may be used once and in time; it is gone afterwards. */
  async #take<T extends SignInAttempt | SignInCode>(
    collection: CollectionDefinition<T>,
    secret: string,
  ): Promise<T | undefined> {
    const id = sha256Hex(secret);
    const found = await this.#o.store.transact(async (tx) => {
      const document = await tx.find(collection, GLOBAL, id);
      if (document) tx.delete(collection, GLOBAL, id);
      return document;
    });
    return found && found.expiresAt > this.#o.clock.now() ? found : undefined;
  }

  async #sweep(collection: typeof signInAttempts | typeof signInCodes, now: number): Promise<void> {
    const { items } = await this.#o.store.query(
      collection as CollectionDefinition<SignInAttempt | SignInCode, 'byExpiry'>,
      GLOBAL,
      { query: 'byExpiry', to: now, limit: SWEEP },
    );
    if (items.length === 0) return;
    await this.#o.store.transact((tx) => {
      for (const { id } of items) tx.delete(collection as CollectionDefinition, GLOBAL, id);
    });
  }
}

function providerNamed(name: string): OAuthProviderName {
  if (name === 'google' || name === 'apple') return name;
  throw new AppError('bad-request', 'Unsupported provider');
}

function callbackUrl(origin: string, name: OAuthProviderName): string {
  return `${origin}/v1/auth/callback/${name}`;
}

function decryptTokens(code: string, encrypted: string): ProviderTokens {
  try {
    return JSON.parse(decryptWithCode(code, encrypted)) as ProviderTokens;
  } catch (cause) {
    throw new AppError('bad-request', 'malformed auth code', { cause });
  }
}
