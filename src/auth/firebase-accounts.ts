import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { accessTokenAnswer, GoogleAccess, signAsAccount } from './google-access.ts';
import type { RevocationCheck } from './id-token-verifier.ts';
import type { ServiceAccount } from './service-account.ts';
import { postForm, postJson } from './vendor-request.ts';

/** https://firebase.google.com/docs/auth/admin/create-custom-tokens */
const CUSTOM_TOKEN_AUDIENCE =
  'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit';
const SCOPE = 'https://www.googleapis.com/auth/identitytoolkit';
/** How long an answer about a user's sign-ins is believed. */
const LOOKUP_FRESH_MS = 60_000;
const MAX_LOOKUPS = 10_000;

const signInAnswer = z.object({ localId: z.string().min(1), idToken: z.string().nullish() });
const lookupAnswer = z.object({
  users: z
    .array(
      z.object({
        localId: z.string(),
        validSince: z.string().nullish(),
        disabled: z.boolean().nullish(),
      }),
    )
    .nullish(),
});

export interface FirebaseAccountsOptions {
  projectId: string;
  /** Of the identity toolkit, with an optional prefix, without a final slash. */
  baseUrl: string;
  /** Of Google's token endpoint, with an optional prefix, without a final slash. */
  tokenBaseUrl: string;
  /** The project's web API key, needed to sign in on behalf of a client. */
  apiKey: string | null;
  /** Null: no custom tokens, no look-ups. */
  serviceAccount: ServiceAccount | null;
  clock: Clock;
  logger: Logger;
}

/** The project's users at Firebase, over its REST API: custom tokens, revocation, deletion. */
export class FirebaseAccounts implements RevocationCheck {
  readonly #o: FirebaseAccountsOptions;
  readonly #lookups = new Map<string, { at: number; answer: number | 'disabled' }>();
  readonly #access: GoogleAccess | null;

  constructor(options: FirebaseAccountsOptions) {
    this.#o = options;
    const { serviceAccount: account, tokenBaseUrl, clock } = options;
    const post = (url: string, form: Record<string, string>) =>
      postForm(url, form, accessTokenAnswer);
    this.#access =
      account && new GoogleAccess({ account, tokenBaseUrl, scope: SCOPE, clock, post });
  }

  /**
   * Signs in with what a provider gave, which makes the user if it is new, and returns a token that
   * its client exchanges for a session at Firebase. Throws `not-configured` if the API key or the
   * service account is missing, and what the vendor's answer means.
   */
  async customTokenFor(provider: string, idToken: string, accessToken: string): Promise<string> {
    const account = this.#o.serviceAccount;
    if (this.#o.apiKey === null || account === null) {
      throw new AppError(
        'not-configured',
        'Custom tokens need FIREBASE_API_KEY and SERVICE_ACCOUNT_JSON.',
      );
    }
    const answer = await this.#signIn(this.#o.apiKey, provider, idToken, accessToken);
    return this.#sign(account, CUSTOM_TOKEN_AUDIENCE, { uid: answer.localId });
  }

  /**
   * Signs in with what a provider gave, which makes the user if it is new, and returns Firebase's own
   * token. Throws `not-configured` without an API key, and what the vendor's answer means.
   */
  async idTokenFor(provider: string, idToken: string, accessToken: string): Promise<string> {
    if (this.#o.apiKey === null) {
      throw new AppError('not-configured', "Firebase's page needs FIREBASE_API_KEY.");
    }
    const answer = await this.#signIn(this.#o.apiKey, provider, idToken, accessToken);
    if (answer.idToken) return answer.idToken;
    throw new AppError('provider-protocol', 'Firebase gave no token.');
  }

  #signIn(apiKey: string, provider: string, idToken: string, accessToken: string) {
    const credentials = new URLSearchParams({
      id_token: idToken,
      access_token: accessToken,
      providerId: provider,
    });
    return postJson(
      `${this.#o.baseUrl}/v1/accounts:signInWithIdp?key=${encodeURIComponent(apiKey)}`,
      {
        postBody: credentials.toString(),
        requestUri: 'http://localhost',
        returnIdpCredential: true,
        returnSecureToken: true,
      },
      {},
      signInAnswer,
    );
  }

  /**
   * See `RevocationCheck`. Without a service account nothing is known, so everything counts. If
   * Firebase cannot be asked, its last answer holds; without one the signature is enough, so that an
   * outage there locks out no user here.
   */
  async validAfter(uid: string): Promise<number | 'disabled'> {
    if (this.#o.serviceAccount === null) return 0;
    const known = this.#lookups.get(uid);
    const now = this.#o.clock.now();
    if (known && now - known.at < LOOKUP_FRESH_MS) return known.answer;
    let answer = known?.answer ?? 0;
    try {
      answer = await this.#lookUp(uid);
    } catch (error) {
      this.#o.logger.warn({ error: describeError(error) }, 'sign-in lookup failed');
    }
    if (this.#lookups.size >= MAX_LOOKUPS) this.#lookups.clear();
    this.#lookups.set(uid, { at: now, answer });
    return answer;
  }

  /** Removes the user at Firebase; one that is not there is no error. */
  async deleteUser(uid: string): Promise<void> {
    this.#lookups.delete(uid);
    if (this.#o.serviceAccount === null) return;
    try {
      await postJson(
        this.#path('accounts:delete'),
        { localId: uid },
        await this.#bearer(),
        z.unknown(),
      );
    } catch (error) {
      if (!(await this.#isGone(uid))) throw error;
    }
  }

  async #isGone(uid: string): Promise<boolean> {
    return (await this.#find(uid)) === undefined;
  }

  async #lookUp(uid: string): Promise<number | 'disabled'> {
    const user = await this.#find(uid);
    // Deleted there: no sign-in of this user counts.
    if (!user || user.disabled) return 'disabled';
    return Number(user.validSince ?? 0) * 1000;
  }

  async #find(uid: string) {
    const { users } = await postJson(
      this.#path('accounts:lookup'),
      { localId: [uid] },
      await this.#bearer(),
      lookupAnswer,
    );
    return users?.find((user) => user.localId === uid);
  }

  #path(method: string): string {
    return `${this.#o.baseUrl}/v1/projects/${encodeURIComponent(this.#o.projectId)}/${method}`;
  }

  async #bearer(): Promise<Record<string, string>> {
    if (!this.#access) throw new AppError('not-configured', 'This needs SERVICE_ACCOUNT_JSON.');
    return await this.#access.headers();
  }

  #sign(
    account: ServiceAccount,
    audience: string,
    claims: Record<string, unknown>,
  ): Promise<string> {
    return signAsAccount(account, audience, claims, this.#o.clock.now());
  }
}
