import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HeldClock } from '../harness/held-clock.ts';
import { IdentitySimulator } from '../simulators/identity-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const MINUTE = 60_000;

let identity: IdentitySimulator;
let server: TestServer;
const clock = new HeldClock();
/** A user whom nobody has seen yet. */
let uid: string;
let count = 0;

beforeAll(async () => {
  identity = await IdentitySimulator.start();
  identity.assertionClock = () => clock.now();
  server = await startTestServer(firebaseEnv(), undefined, undefined, clock);
});
afterAll(async () => {
  await server?.stop();
  await identity?.stop();
});
beforeEach(() => {
  count += 1;
  uid = `FirebaseUser${count}`;
  identity.users.set(uid, { validSince: 0, disabled: false });
  identity.failing.clear();
  identity.requests.length = 0;
});

function firebaseEnv(): Record<string, string> {
  return {
    AUTH: 'firebase',
    FIREBASE_PROJECT_ID: identity.projectId,
    FIREBASE_JWKS_URL: `${identity.url}/jwks`,
    FIREBASE_API_KEY: identity.apiKey,
    FIREBASE_AUTH_BASE_URL: `${identity.url}/firebase`,
    SERVICE_ACCOUNT_JSON: identity.serviceAccountJson,
    GOOGLE_CLIENT_ID: identity.google.clientId,
    GOOGLE_CLIENT_SECRET: identity.google.clientSecret,
    GOOGLE_TOKEN_BASE_URL: `${identity.url}/google`,
    APPLE_CLIENT_ID: identity.apple.clientId,
    APPLE_TEAM_ID: identity.apple.teamId,
    APPLE_KEY_ID: identity.apple.keyId,
    APPLE_PRIVATE_KEY: identity.apple.privateKey.replaceAll('\n', '\\n'),
    APPLE_BASE_URL: `${identity.url}/apple`,
    PUBLIC_URL: 'https://omi.example',
    AUTH_REDIRECT_SCHEMES: 'omi,omi-computer,omi-computer-dev,com.example.own',
  };
}

async function statusWith(token: string): Promise<number> {
  return (await server.api('GET', '/v1/users/profile', undefined, token)).status;
}

describe('tokens of Firebase', () => {
  it('make their user at first sight, under the uid that the clients know', async () => {
    const token = await identity.idToken(uid, clock.now(), { name: 'Anna Example' });
    const profile = await server.api('GET', '/v1/users/profile', undefined, token);
    expect(profile).toMatchObject({ status: 200, body: { uid, name: 'Anna Example' } });
  });

  it('stand beside tokens of this server', async () => {
    expect(await statusWith(server.token)).toBe(200);
  });

  it('are refused if their uid is that of a local account', async () => {
    identity.users.set(server.uid, { validSince: 0, disabled: false });
    expect(await statusWith(await identity.idToken(server.uid, clock.now()))).toBe(401);
  });

  it('open the live socket, by header and by first message', async () => {
    const token = await identity.idToken(uid, clock.now());
    const byHeader = await ListenClient.connect(server.wsUrl, token, { custom_stt: 'enabled' });
    await byHeader.ready();
    await byHeader.close();
    const query = { custom_stt: 'enabled' };
    const byMessage = await ListenClient.connect(server.wsUrl, null, query, '/v4/web/listen');
    byMessage.socket.send(JSON.stringify({ type: 'auth', token }));
    await byMessage.ready();
    expect(byMessage.events[0]).toEqual({ type: 'auth_response', success: true });
    await byMessage.close();
  });

  it.each<[string, Record<string, unknown>]>([
    ['of another issuer', { iss: 'https://securetoken.google.com/other' }],
    ['for another project', { aud: 'other' }],
    ['that have expired', { exp: clock.now() / 1000 - 120 }],
    ['that never expire', { exp: undefined }],
    ['without a subject', { sub: undefined }],
    ['with an empty subject', { sub: '' }],
    ['from the future', { iat: clock.now() / 1000 + 600 }],
    ['signed in later than now', { auth_time: clock.now() / 1000 + 600 }],
    ['not valid yet', { nbf: clock.now() / 1000 + 600 }],
  ])('%s are refused', async (_what, claims) => {
    expect(await statusWith(await identity.idToken(uid, clock.now(), claims))).toBe(401);
  });

  it('within a minute of skew are accepted', async () => {
    const at = clock.now() / 1000;
    for (const claims of [{ exp: at - 50 }, { iat: at + 50, auth_time: at + 50 }]) {
      expect(await statusWith(await identity.idToken(uid, clock.now(), claims))).toBe(200);
    }
  });

  it('that somebody else has signed, or nobody, are refused', async () => {
    const at = Math.floor(clock.now() / 1000);
    const claims = { iss: identity.issuer, aud: identity.projectId, sub: uid };
    const times = { iat: at, auth_time: at, exp: at + 3600 };
    const unsigned = new UnsecuredJWT({ ...claims, ...times }).encode();
    // The public key taken for a shared secret.
    const confused = await new SignJWT({ ...claims, ...times })
      .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
      .sign(new TextEncoder().encode(await identity.publicKeyPem()));
    const stranger = await identity.idToken(uid, clock.now(), {}, 'stranger');
    for (const token of [
      unsigned,
      confused,
      stranger,
      'a.b.c',
      `${stranger}.x`,
      'x'.repeat(9_000),
    ]) {
      expect(await statusWith(token)).toBe(401);
    }
  });

  it('of a new key are accepted, and the keys are not read with every token', async () => {
    clock.advance(MINUTE);
    await identity.rotate();
    for (let i = 0; i < 5; i += 1) {
      expect(await statusWith(await identity.idToken(uid, clock.now()))).toBe(200);
    }
    expect(identity.requests.filter((path) => path === '/jwks')).toHaveLength(1);
  });

  it('are accepted while the keys cannot be read again', async () => {
    const token = await identity.idToken(uid, clock.now());
    identity.failing.set('/jwks', 503);
    clock.advance(20 * MINUTE);
    expect(await statusWith(token)).toBe(200);
    clock.advance(25 * 60 * MINUTE);
    const later = await identity.idToken(uid, clock.now());
    // Not 401: the app would sign its user out.
    expect(await statusWith(later)).toBe(503);
    identity.failing.clear();
    clock.advance(MINUTE);
    expect(await statusWith(later)).toBe(200);
  });
});

describe('sign-ins that are taken back', () => {
  it('at Firebase count no more, nor do those of a disabled user', async () => {
    const token = await identity.idToken(uid, clock.now());
    expect(await statusWith(token)).toBe(200);
    identity.users.set(uid, { validSince: clock.now() / 1000 + 1, disabled: false });
    clock.advance(2 * MINUTE);
    expect(await statusWith(token)).toBe(401);
    const again = await identity.idToken(uid, clock.now());
    expect(await statusWith(again)).toBe(200);
    identity.users.set(uid, { validSince: 0, disabled: true });
    clock.advance(2 * MINUTE);
    expect(await statusWith(again)).toBe(401);
  });

  it('are not shut out by an outage of the look-up', async () => {
    identity.failing.set('/firebase', 500);
    expect(await statusWith(await identity.idToken(uid, clock.now()))).toBe(200);
  });

  it('here count no more, though their tokens are refreshed', async () => {
    const signedInAt = clock.now() / 1000;
    const token = await identity.idToken(uid, clock.now());
    expect(await statusWith(token)).toBe(200);
    await server.context.endSignIns(uid);
    expect(await statusWith(token)).toBe(401);
    expect(await server.context.verifier.isRevoked(token)).toBe(true);
    clock.advance(MINUTE);
    const refreshed = await identity.idToken(uid, clock.now(), { auth_time: signedInAt });
    expect(await statusWith(refreshed)).toBe(401);
    expect(await statusWith(await identity.idToken(uid, clock.now()))).toBe(200);
  });

  it('of a deleted account do not bring it back, here or there', async () => {
    const token = await identity.idToken(uid, clock.now());
    await server.api('POST', '/v3/memories', { content: 'I live in Porto.' }, token);
    const deleted = await server.api('DELETE', '/v1/users/delete-account', undefined, token);
    expect(deleted.status).toBe(200);
    expect(await statusWith(token)).toBe(401);
    expect(identity.users.has(uid)).toBe(false);
    clock.advance(MINUTE);
    identity.users.set(uid, { validSince: 0, disabled: false });
    const anew = await identity.idToken(uid, clock.now());
    expect(await server.api('GET', '/v3/memories', undefined, anew)).toEqual({
      status: 200,
      body: [],
    });
  });
});

describe('another issuer', () => {
  it('is asked where its keys are; a subject that is no path makes a safe uid', async () => {
    const env = { AUTH: 'oidc', OIDC_ISSUER: identity.url, OIDC_AUDIENCE: 'my-app' };
    const other = await startTestServer(env, undefined, undefined, clock);
    try {
      const claims = { iss: identity.url, aud: 'my-app' };
      const token = await identity.idToken('auth0|../../etc', clock.now(), claims);
      const { status, body } = await other.api('GET', '/v1/users/profile', undefined, token);
      expect(status).toBe(200);
      expect((body as { uid: string }).uid).toMatch(/^oidc-[0-9a-f]{40}$/);
      const foreign = await identity.idToken('auth0|../../etc', clock.now());
      expect((await other.api('GET', '/v1/users/profile', undefined, foreign)).status).toBe(401);
      // A subject that is the id of another user.
      const owners = await identity.idToken(other.uid, clock.now(), claims);
      await other.api('POST', '/v3/memories', { content: 'I live in Porto.' });
      const mine = await other.api('GET', '/v3/memories', undefined, owners);
      expect(mine).toEqual({ status: 200, body: [] });
      const himself = (body as { uid: string }).uid;
      const again = await identity.idToken(himself, clock.now(), claims);
      expect((await other.api('GET', '/v3/memories', undefined, again)).status).toBe(401);
      // Cut off as a whole, whatever the uid is.
      await other.context.endSignIns(himself);
      expect((await other.api('GET', '/v3/memories', undefined, token)).status).toBe(401);
    } finally {
      await other.stop();
    }
  });
});

describe('sign-in by browser', () => {
  // Calls without sign-in are counted by the minute.
  beforeEach(() => clock.advance(MINUTE));

  const redirectUri = 'omi://auth/callback';

  function get(path: string, query: Record<string, string>): Promise<Response> {
    const url = `${server.url}${path}?${new URLSearchParams(query)}`;
    return fetch(url, { redirect: 'manual' });
  }

  async function authorize(provider: string, redirect = redirectUri): Promise<URL> {
    const query = { provider, redirect_uri: redirect, state: 'client state&"<' };
    const response = await get('/v1/auth/authorize', query);
    expect(response.status).toBe(307);
    return new URL(response.headers.get('location') ?? '');
  }

  /** Where the page that comes back leads to. */
  async function targetOf(response: Response): Promise<URL> {
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const literal = /location\.replace\((".*")\);/.exec(await response.text())?.[1] ?? '""';
    return new URL(JSON.parse(literal) as string);
  }

  function exchange(fields: Record<string, string>): Promise<Response> {
    const form = { grant_type: 'authorization_code', redirect_uri: redirectUri, ...fields };
    return fetch(`${server.url}/v1/auth/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
  }

  async function signedIn(): Promise<string> {
    const page = await authorize('google');
    const code = identity.consent('google', uid, 'https://omi.example/v1/auth/callback/google');
    const state = page.searchParams.get('state') ?? '';
    const back = await targetOf(await get('/v1/auth/callback/google', { code, state }));
    expect(back.searchParams.get('state')).toBe('client state&"<');
    return back.searchParams.get('code') ?? '';
  }

  it('with Google gives the tokens and a custom token that Firebase takes', async () => {
    const page = await authorize('google');
    expect(`${page.origin}${page.pathname}`).toBe('https://accounts.google.com/o/oauth2/v2/auth');
    expect(Object.fromEntries(page.searchParams)).toMatchObject({
      client_id: 'google-client',
      redirect_uri: 'https://omi.example/v1/auth/callback/google',
      response_type: 'code',
      scope: 'openid email profile',
    });
    const response = await exchange({ code: await signedIn(), use_custom_token: 'true' });
    const answer = (await response.json()) as Record<string, string>;
    expect(answer).toEqual({
      provider: 'google',
      id_token: `id-token-of-${uid}`,
      access_token: `access-token-of-${uid}`,
      provider_id: 'google.com',
      token_type: 'Bearer',
      expires_in: 3600,
      custom_token: expect.any(String),
    });
    const now = new Date(clock.now());
    expect(await identity.openCustomToken(answer.custom_token ?? '', now)).toBe(uid);
  });

  it('with Apple comes back as a form', async () => {
    const page = await authorize('apple');
    expect(Object.fromEntries(page.searchParams)).toMatchObject({ response_mode: 'form_post' });
    const code = identity.consent('apple', uid, 'https://omi.example/v1/auth/callback/apple');
    const state = page.searchParams.get('state') ?? '';
    const back = await targetOf(
      await fetch(`${server.url}/v1/auth/callback/apple`, {
        method: 'POST',
        body: new URLSearchParams({ code, state, user: '{}' }),
      }),
    );
    const response = await exchange({ code: back.searchParams.get('code') ?? '' });
    const answer = (await response.json()) as Record<string, unknown>;
    expect(answer).toMatchObject({ provider: 'apple', provider_id: 'apple.com' });
    expect(answer).not.toHaveProperty('custom_token');
  });

  it('does without a custom token where Firebase makes none', async () => {
    const code = await signedIn();
    identity.failing.set('/firebase', 500);
    const response = await exchange({ code, use_custom_token: 'true' });
    expect(response.status).toBe(200);
    expect(await response.json()).not.toHaveProperty('custom_token');
  });

  it.each<[string, Record<string, string>, string]>([
    ['twice', {}, 'Invalid or expired code'],
    ['with another grant', { grant_type: 'password' }, 'Unsupported grant type'],
    ['that nobody was given', { code: 'made-up' }, 'Invalid or expired code'],
    ['for another address', { redirect_uri: 'other://x' }, 'redirect_uri mismatch'],
  ])('takes no code %s', async (what, fields, detail) => {
    const code = await signedIn();
    if (what === 'twice') expect((await exchange({ code })).status).toBe(200);
    const response = await exchange({ code, ...fields });
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 400,
      body: { detail, code: 'bad-request' },
    });
  });

  it('takes no code that is older than five minutes', async () => {
    const code = await signedIn();
    clock.advance(5 * MINUTE);
    expect((await exchange({ code })).status).toBe(400);
  });

  it('goes on with nobody who was not sent by this server', async () => {
    const state = (await authorize('google')).searchParams.get('state') ?? '';
    const callback = async (query: Record<string, string>) => {
      const response = await get('/v1/auth/callback/google', query);
      return [response.status, ((await response.json()) as { detail: string }).detail];
    };
    expect(await callback({ code: 'x', state: 'forged' })).toEqual([400, 'Invalid auth session']);
    expect(await callback({ error: '<script>', state })).toEqual([
      400,
      'Auth error: Google refused the sign-in',
    ]);
    expect(await callback({ code: 'x', state })).toEqual([400, 'Failed to exchange Google code']);
    expect(await callback({ code: 'x', state })).toEqual([400, 'Invalid auth session']);
    const ofApple = (await authorize('apple')).searchParams.get('state') ?? '';
    expect(await callback({ code: 'x', state: ofApple })).toEqual([400, 'Invalid auth session']);
  });

  it.each([
    '',
    'callback',
    'https://evil.example/',
    'http://evil.example/',
    'http://localhost.evil.example/',
    'http://localhost@evil.example/',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'about:blank',
    '1omi://x',
    'omi://x\ny',
    // Any scheme that nobody has named: browsers and apps listen to many.
    'intent://x#Intent;scheme=https;end',
    'microsoft-edge:https://evil.example/',
    'googlechromes://evil.example/',
    'firefox://open-url?url=https://evil.example',
    'x-safari-https://evil.example/',
    'com.evil.app://callback',
    'omi-evil://auth/callback',
    'omicron://auth/callback',
    'http://192.168.1.42/callback',
    'https://localhost/callback',
  ])('leads back to no such place: %j', async (redirect) => {
    const query = { provider: 'google', redirect_uri: redirect };
    expect((await get('/v1/auth/authorize', query)).status).toBe(400);
  });

  it('leads back to apps and to programs on the same machine', async () => {
    for (const uri of [
      'http://127.0.0.1:5555/callback',
      'http://[::1]:1/x',
      'http://localhost/',
      'omi-computer://auth/callback',
      'omi-computer-dev://auth/callback',
      'OMI://auth/callback',
    ]) {
      await authorize('google', uri);
    }
  });

  describe('with a proof of who began it (PKCE)', () => {
    // Both of RFC 7636, appendix B.
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const challenge = {
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    };
    const own = 'com.example.own://callback';

    async function codeFor(redirect_uri: string, query: Record<string, string>): Promise<string> {
      const page = await get('/v1/auth/authorize', { provider: 'google', redirect_uri, ...query });
      const state = new URL(page.headers.get('location') ?? '').searchParams.get('state') ?? '';
      const code = identity.consent('google', uid, 'https://omi.example/v1/auth/callback/google');
      const back = await targetOf(await get('/v1/auth/callback/google', { code, state }));
      return back.searchParams.get('code') ?? '';
    }

    it('gives the tokens to whoever has the verifier', async () => {
      const code = await codeFor(own, challenge);
      const form = { code, redirect_uri: own, code_verifier: verifier };
      expect((await exchange(form)).status).toBe(200);
      const ofOmi = await codeFor(redirectUri, challenge);
      expect((await exchange({ code: ofOmi, code_verifier: verifier })).status).toBe(200);
    });

    it.each<[string, Record<string, string>, Record<string, string>]>([
      ['another verifier', challenge, { code_verifier: verifier.replace('d', 'e') }],
      ['no verifier', challenge, {}],
      ['a verifier that is too short', challenge, { code_verifier: 'short' }],
      ['a verifier without a challenge', {}, { code_verifier: verifier }],
    ])('gives nothing for %s, nor at a second try', async (_what, query, proof) => {
      const code = await codeFor(redirectUri, query);
      const refused = await exchange({ code, ...proof });
      expect([refused.status, await refused.json()]).toEqual([
        400,
        { detail: 'Invalid code_verifier', code: 'bad-request' },
      ]);
      expect((await exchange({ code, code_verifier: verifier })).status).toBe(400);
    });

    it.each<[string, Record<string, string>]>([
      ['no challenge of an app that can make one', {}],
      ['a plain challenge', { ...challenge, code_challenge_method: 'plain' }],
      ['a challenge without its method', { code_challenge: challenge.code_challenge }],
      ['a method without a challenge', { code_challenge_method: 'S256' }],
      ['what is no challenge', { ...challenge, code_challenge: 'x' }],
    ])('does not begin with %s', async (_what, query) => {
      const all = { provider: 'google', redirect_uri: own, ...query };
      expect((await get('/v1/auth/authorize', all)).status).toBe(400);
    });
  });

  it('writes no page that runs what a client sent', async () => {
    const redirect = `omi://x/"></a><script>alert(1)</script>'`;
    const state = (await authorize('google', redirect)).searchParams.get('state') ?? '';
    const code = identity.consent('google', uid, 'https://omi.example/v1/auth/callback/google');
    const response = await get('/v1/auth/callback/google', { code, state });
    const html = await response.text();
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toContain('alert(1)</script>');
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'nonce-[\w+/=]+'$/,
    );
  });

  it('keeps no token and no code in the store', async () => {
    const code = await signedIn();
    const { signInCodes } = await import('../../src/model/accounts/sign-in.ts');
    const { items } = await server.context.store.query(signInCodes, '', {
      query: 'byExpiry',
      limit: 100,
    });
    const stored = JSON.stringify(items);
    expect(items.length).toBeGreaterThan(0);
    expect(stored).not.toContain(code);
    expect(stored).not.toContain(`token-of-${uid}`);
  });

  it('is not begun again and again by one address', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 70; i += 1) {
      const query = { provider: 'google', redirect_uri: redirectUri };
      statuses.push((await get('/v1/auth/authorize', query)).status);
    }
    expect(statuses.slice(0, 20)).toEqual(new Array(20).fill(307));
    const refused = await get('/v1/auth/authorize', { provider: 'google', redirect_uri: 'omi:x' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    // Somebody else behind the same proxy.
    const other = await fetch(
      `${server.url}/v1/auth/authorize?${new URLSearchParams({ provider: 'google', redirect_uri: redirectUri })}`,
      { redirect: 'manual', headers: { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' } },
    );
    expect(other.status).toBe(307);
    clock.advance(MINUTE);
    await authorize('google');
  });

  it('knows no other provider, and says what is not configured', async () => {
    const facebook = await get('/v1/auth/authorize', {
      provider: 'facebook',
      redirect_uri: redirectUri,
    });
    expect([facebook.status, await facebook.json()]).toEqual([
      400,
      { detail: 'Unsupported provider', code: 'bad-request' },
    ]);
    const plain = await startTestServer();
    try {
      const query = new URLSearchParams({ provider: 'google', redirect_uri: redirectUri });
      const response = await fetch(`${plain.url}/v1/auth/authorize?${query}`, {
        redirect: 'manual',
      });
      expect([response.status, await response.json()]).toEqual([
        503,
        { detail: 'Sign-in with Google is not configured here.', code: 'not-configured' },
      ]);
    } finally {
      await plain.stop();
    }
  });
});
