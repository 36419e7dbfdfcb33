import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  exportJWK,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  importJWK,
  importSPKI,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';

/** A user at the simulated Firebase project. */
interface FirebaseUser {
  /** Epoch seconds. */
  validSince: number;
  disabled: boolean;
}

interface SigningKey {
  kid: string;
  key: CryptoKey;
  jwk: JWK;
}

/**
 * The identity services in one server: an issuer's discovery document and keys, Firebase's identity
 * toolkit, and the token endpoints of Google and Apple. It checks what it is sent as they do:
 * signatures of assertions and client secrets, codes that count once, the redirect address.
 */
export class IdentitySimulator {
  readonly url: string;
  readonly projectId = 'demo-project';
  readonly apiKey = 'web-api-key';
  readonly google = { clientId: 'google-client', clientSecret: 'google-secret' };
  readonly apple = { clientId: 'apple-client', teamId: 'TEAM', keyId: 'KEY', privateKey: '' };
  readonly users = new Map<string, FirebaseUser>();
  /** Paths that were asked for, in order. */
  readonly requests: string[] = [];
  /** Paths that begin so are answered with this status. */
  readonly failing = new Map<string, number>();
  serviceAccountJson = '';
  /** Who is signed in at the issuer's page; null: the user says no. */
  signedInAs: string | null = null;
  readonly #attempts = new Map<string, URLSearchParams>();
  readonly #server;
  #keys: SigningKey[] = [];
  #published: JWK[] = [];
  #codes = new Map<string, { subject: string; redirectUri: string; provider: string }>();
  #serviceKey = '';
  #appleKey = '';

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<IdentitySimulator> {
    const server = createServer((request, response) => {
      simulator.#answer(request, response).catch((error) => {
        response.writeHead(500).end(JSON.stringify({ error: String(error) }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const simulator = new IdentitySimulator(server);
    await simulator.rotate();
    await simulator.#makeAccounts();
    return simulator;
  }

  get issuer(): string {
    return `https://securetoken.google.com/${this.projectId}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** From now on tokens are signed with a new key; only the new one is published. */
  async rotate(): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const kid = `key-${this.#keys.length + 1}`;
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
    this.#keys.push({ kid, key: privateKey, jwk });
    this.#published = [jwk];
  }

  /** The public key that tokens are signed with now, PEM: what a forger has. */
  async publicKeyPem(): Promise<string> {
    return exportSPKI(
      (await importJWK({ ...this.#published[0], ext: true }, 'RS256')) as CryptoKey,
    );
  }

  /** An ID token of a user; `claims` replace the usual ones, undefined leaves one out. */
  async idToken(
    subject: string,
    nowMs: number,
    claims: Record<string, unknown> = {},
    key: 'current' | 'stranger' = 'current',
  ): Promise<string> {
    const at = Math.floor(nowMs / 1000);
    const payload = Object.fromEntries(
      Object.entries({
        iss: this.issuer,
        aud: this.projectId,
        sub: subject,
        user_id: subject,
        auth_time: at,
        iat: at,
        exp: at + 3600,
        ...claims,
      }).filter(([, value]) => value !== undefined),
    );
    const signing = this.#keys.at(-1);
    if (!signing) throw new Error('no key');
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', kid: signing.kid })
      .sign(key === 'current' ? signing.key : (await generateKeyPair('RS256')).privateKey);
  }

  /** As if a user had signed in on the provider's page: the code that the browser brings back. */
  consent(provider: 'google' | 'apple' | 'oidc', subject: string, redirectUri: string): string {
    const code = `code-${this.#codes.size + 1}-${Math.round(performance.now() * 1000)}`;
    this.#codes.set(code, { subject, redirectUri, provider });
    return code;
  }

  async #makeAccounts(): Promise<void> {
    const service = await generateKeyPair('RS256', { extractable: true });
    this.#serviceKey = await exportSPKI(service.publicKey);
    this.serviceAccountJson = JSON.stringify({
      type: 'service_account',
      client_email: 'server@demo-project.iam.example',
      private_key: await exportPKCS8(service.privateKey),
      private_key_id: 'service-key',
    });
    const apple = await generateKeyPair('ES256', { extractable: true });
    this.#appleKey = await exportSPKI(apple.publicKey);
    this.apple.privateKey = await exportPKCS8(apple.privateKey);
  }

  /** Who a custom token is for, if Firebase would take it. */
  async openCustomToken(token: string, now: Date): Promise<string> {
    const { payload } = await jwtVerify(token, await importSPKI(this.#serviceKey, 'RS256'), {
      audience:
        'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit',
      issuer: 'server@demo-project.iam.example',
      subject: 'server@demo-project.iam.example',
      maxTokenAge: 3600,
      currentDate: now,
    });
    return String(payload.uid);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    this.requests.push(url.pathname);
    const fault = [...this.failing].find(([prefix]) => url.pathname.startsWith(prefix));
    if (fault) {
      response.writeHead(fault[1]).end('{}');
      return;
    }
    let body = '';
    for await (const part of request) body += String(part);
    const send = (status: number, value: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(value));
    };
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return send(200, {
          issuer: this.url,
          jwks_uri: `${this.url}/jwks`,
          authorization_endpoint: `${this.url}/authorize`,
          token_endpoint: `${this.url}/token`,
        });
      case '/authorize':
      case '/google-page/o/oauth2/v2/auth':
        response.writeHead(302, { location: this.#consentPage(url) }).end();
        return;
      case '/token':
        return this.#oidcToken(new URLSearchParams(body), send);
      case '/jwks':
        return send(200, { keys: this.#published }, { 'cache-control': 'public, max-age=600' });
      case '/google/token':
        return this.#token(new URLSearchParams(body), send);
      case '/apple/auth/token':
        return this.#appleToken(new URLSearchParams(body), send);
      case '/firebase/v1/accounts:signInWithIdp':
        await this.#signInWithIdp(url, JSON.parse(body), send);
        return;
    }
    const admin = `/firebase/v1/projects/${this.projectId}/accounts:`;
    if (!url.pathname.startsWith(admin)) return send(404, {});
    if (request.headers.authorization !== 'Bearer admin-access') return send(401, {});
    this.#administer(url.pathname.slice(admin.length), JSON.parse(body), send);
  }

  /** As if the user were signed in there already: leads straight back, with a code or a refusal. */
  #consentPage({ pathname, searchParams }: URL): string {
    const back = new URL(searchParams.get('redirect_uri') ?? '');
    back.searchParams.set('state', searchParams.get('state') ?? '');
    if (this.signedInAs === null) back.searchParams.set('error', 'access_denied');
    else {
      const provider = pathname === '/authorize' ? 'oidc' : 'google';
      const code = this.consent(provider, this.signedInAs, searchParams.get('redirect_uri') ?? '');
      this.#attempts.set(code, searchParams);
      back.searchParams.set('code', code);
    }
    return back.href;
  }

  /** OpenID Connect Core 3.1.3, with the proof key of RFC 7636. */
  async #oidcToken(form: URLSearchParams, send: Send): Promise<void> {
    const code = form.get('code') ?? '';
    const granted = this.#codes.get(code);
    const attempt = this.#attempts.get(code);
    this.#codes.delete(code);
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isGood =
      granted?.provider === 'oidc' &&
      granted.redirectUri === form.get('redirect_uri') &&
      attempt?.get('client_id') === form.get('client_id') &&
      attempt?.get('code_challenge_method') === 'S256' &&
      attempt.get('code_challenge') === proof;
    if (!isGood) return send(400, { error: 'invalid_grant' });
    const claims = { iss: this.url, aud: form.get('client_id'), nonce: this.nonce(attempt) };
    const token = await this.idToken(granted.subject, Date.now(), claims);
    return send(200, { id_token: token, access_token: 'access', token_type: 'Bearer' });
  }

  /** What stands in the token of an attempt; a test may have another one put there. */
  nonce = (attempt: URLSearchParams): string | null => attempt.get('nonce');

  async #token(form: URLSearchParams, send: Send): Promise<void> {
    if (form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      await jwtVerify(form.get('assertion') ?? '', await importSPKI(this.#serviceKey, 'RS256'), {
        audience: `${this.url}/google/token`,
        issuer: 'server@demo-project.iam.example',
        currentDate: new Date(this.assertionClock()),
      });
      return send(200, { access_token: 'admin-access', expires_in: 3600, token_type: 'Bearer' });
    }
    const { clientId, clientSecret } = this.google;
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
      return send(401, { error: 'invalid_client' });
    }
    this.#redeem('google', form, send);
  }

  /** What assertions are checked against; tests with a clock of their own set it. */
  assertionClock = (): number => Date.now();

  async #appleToken(form: URLSearchParams, send: Send): Promise<void> {
    const secret = form.get('client_secret') ?? '';
    await jwtVerify(secret, await importSPKI(this.#appleKey, 'ES256'), {
      audience: 'https://appleid.apple.com',
      issuer: this.apple.teamId,
      subject: this.apple.clientId,
      currentDate: new Date(this.assertionClock()),
    });
    this.#redeem('apple', form, send);
  }

  #redeem(provider: string, form: URLSearchParams, send: Send): unknown {
    const code = form.get('code') ?? '';
    const granted = this.#codes.get(code);
    this.#codes.delete(code);
    if (granted?.provider !== provider || granted.redirectUri !== form.get('redirect_uri')) {
      return send(400, { error: 'invalid_grant' });
    }
    return send(200, {
      id_token: `id-token-of-${granted.subject}`,
      access_token: `access-token-of-${granted.subject}`,
      token_type: 'Bearer',
      expires_in: 3599,
    });
  }

  async #signInWithIdp(url: URL, body: { postBody?: string }, send: Send): Promise<unknown> {
    if (url.searchParams.get('key') !== this.apiKey) return send(400, { error: 'API key' });
    const credentials = new URLSearchParams(body.postBody);
    const subject = /^id-token-of-(.+)$/.exec(credentials.get('id_token') ?? '')?.[1];
    if (!subject || !['google.com', 'apple.com'].includes(credentials.get('providerId') ?? '')) {
      return send(400, { error: { message: 'INVALID_IDP_RESPONSE' } });
    }
    if (!this.users.has(subject)) this.users.set(subject, { validSince: 0, disabled: false });
    const token = await this.idToken(subject, Date.now());
    return send(200, { localId: subject, idToken: token, refreshToken: 'r' });
  }

  #administer(method: string, body: { localId: string | string[] }, send: Send): unknown {
    const uid = [body.localId].flat()[0] ?? '';
    const user = this.users.get(uid);
    if (method === 'lookup') {
      const { validSince = 0, disabled = false } = user ?? {};
      const found = { localId: uid, validSince: String(validSince), disabled };
      return send(200, user ? { users: [found] } : {});
    }
    if (method !== 'delete') return send(404, {});
    if (!user) return send(400, { error: { message: 'USER_NOT_FOUND' } });
    this.users.delete(uid);
    return send(200, {});
  }
}

type Send = (status: number, value: unknown) => void;
