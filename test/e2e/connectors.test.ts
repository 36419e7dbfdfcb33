import { createHash, randomBytes } from 'node:crypto';
import {
  Client,
  type OAuthClientProvider,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './test-server.ts';

const CALLBACK = 'http://127.0.0.1:7777/callback';

let server: TestServer;
let cookie: string;

beforeAll(async () => {
  server = await startTestServer({ RATE_LIMIT_SHADOW_MODE: 'true' });
  await server.api('POST', '/v3/memories', { content: 'Sings in a choir.' });
  const session = await fetch(`${server.url}/v1/auth/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: server.token }),
  });
  cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
});
afterAll(() => server.stop());

const own = { 'sec-fetch-site': 'same-origin' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface Asking {
  query: URLSearchParams;
  verifier: string;
  clientId: string;
}

async function register(redirectUris = [CALLBACK]): Promise<string> {
  const made = await fetch(`${server.url}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Test program', redirect_uris: redirectUris }),
  });
  expect(made.status).toBe(201);
  return ((await made.json()) as { client_id: string }).client_id;
}

async function ask(changes: Record<string, string | null> = {}): Promise<Asking> {
  const clientId = await register();
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: CALLBACK,
    state: 'the state',
    scope: 'memories.read',
    resource: `${server.url}/mcp`,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return { query, verifier, clientId };
}

const consentUrl = (query: URLSearchParams) => `${server.url}/oauth/consent?${query}`;

async function csrfOf(query: URLSearchParams): Promise<string> {
  const page = await fetch(consentUrl(query), { headers: { cookie, ...own } });
  return /name="csrf" value="(\w+)"/.exec(await page.text())?.[1] ?? '';
}

/** What the user's browser does with the page. */
async function decide(
  query: URLSearchParams,
  form: Record<string, string>,
  headers: Record<string, string> = own,
): Promise<Response> {
  const csrf = form.csrf ?? (await csrfOf(query));
  return await fetch(consentUrl(query), {
    method: 'POST',
    headers: { ...FORM, cookie, ...headers },
    body: new URLSearchParams({ csrf, ...form }),
    redirect: 'manual',
  });
}

async function allow({ query }: Asking, scope = 'memories.read'): Promise<URLSearchParams> {
  const allowed = await decide(query, { decision: 'allow', scope });
  expect(allowed.status).toBe(303);
  return new URL(allowed.headers.get('location') ?? '').searchParams;
}

async function token(form: Record<string, string>): Promise<{ status: number; body: Tokens }> {
  const answer = await fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    headers: FORM,
    body: new URLSearchParams(form),
  });
  return { status: answer.status, body: (await answer.json()) as Tokens };
}

interface Tokens {
  access_token: string;
  refresh_token: string;
  error?: string;
}

async function exchange(asking: Asking, changes: Record<string, string> = {}) {
  const answered = await allow(asking);
  return await token({ ...codeForm(asking, answered.get('code') ?? ''), ...changes });
}

function codeForm({ clientId, verifier }: Asking, code: string): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    code,
    client_id: clientId,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
    resource: `${server.url}/mcp`,
  };
}

/** Status of a call with a token at one of the addresses. */
async function callWith(accessToken: string, path = '/mcp'): Promise<number> {
  const answer = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  });
  return answer.status;
}

/** Keeps what a program keeps, and takes the user through the pages. */
class TestProvider implements OAuthClientProvider {
  readonly redirectUrl = CALLBACK;
  readonly clientMetadata = { client_name: 'SDK client', redirect_uris: [CALLBACK] };
  answered: URLSearchParams | undefined;
  #client: StoredOAuthClientInformation | undefined;
  #tokens: StoredOAuthTokens | undefined;
  #verifier = '';

  clientInformation = () => this.#client;
  saveClientInformation = (client: StoredOAuthClientInformation) => {
    this.#client = client;
  };
  tokens = () => this.#tokens;
  saveTokens = (tokens: StoredOAuthTokens) => {
    this.#tokens = tokens;
  };
  saveCodeVerifier = (verifier: string) => {
    this.#verifier = verifier;
  };
  codeVerifier = () => this.#verifier;
  redirectToAuthorization = async (url: URL) => {
    const first = await fetch(url, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(await first.text()).toContain('/oauth/consent?');
    const query = url.searchParams;
    const scope = query.get('scope') ?? '';
    this.answered = await allow({ query, verifier: '', clientId: '' }, scope.split(' ')[0]);
  };
}

describe.each([
  ['the earlier revisions', 'legacy'],
  ['the revision of 2026-07-28', 'auto'],
] as const)('the official client in %s', (_title, mode) => {
  it.each(['/mcp', '/v1/mcp/sse'])('signs in at %s and calls a tool', async (path) => {
    const provider = new TestProvider();
    const connect = async () => {
      const client = new Client({ name: 'sdk', version: '1' }, { versionNegotiation: { mode } });
      const transport = new StreamableHTTPClientTransport(new URL(path, server.url), {
        authProvider: provider,
      });
      return { client, transport, done: client.connect(transport) };
    };
    const first = await connect();
    await expect(first.done).rejects.toThrow(UnauthorizedError);
    expect(provider.answered?.get('iss')).toBe(server.url);
    await first.transport.finishAuth(provider.answered ?? new URLSearchParams());
    const second = await connect();
    await second.done;
    const { tools } = await second.client.listTools();
    expect(tools.length).toBeGreaterThan(0);
    await second.client.close();
  });
});

describe('documents for programs', () => {
  it('describe the server at the addresses that programs try', async () => {
    for (const path of ['/mcp', '/v1/mcp/sse']) {
      const answer = await fetch(`${server.url}/.well-known/oauth-protected-resource${path}`);
      expect(await answer.json()).toMatchObject({
        resource: `${server.url}${path}`,
        authorization_servers: [server.url],
      });
    }
    const metadata = await fetch(`${server.url}/.well-known/oauth-authorization-server`);
    expect(await metadata.json()).toMatchObject({
      issuer: server.url,
      code_challenge_methods_supported: ['S256'],
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
    });
  });
});

describe('the pages', () => {
  it('ask for a sign-in first, and show who wants what without a script', async () => {
    const { query } = await ask({ scope: 'memories.read action_items.write' });
    const stranger = await fetch(consentUrl(query), { headers: own });
    expect(await stranger.text()).toContain('Sign in first');
    const page = await fetch(consentUrl(query), { headers: { cookie, ...own } });
    const html = await page.text();
    expect(html).toContain('Test program');
    expect(html).toContain('value="action_items.write"');
    expect(html).not.toContain('conversations.read');
    expect(html).not.toContain('<script');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('script-src');
  });

  it('sign in with a token, from their own form alone', async () => {
    const { query } = await ask();
    const send = async (value: string, headers: Record<string, string>) =>
      await fetch(`${server.url}/oauth/sign-in?${query}`, {
        method: 'POST',
        headers: { ...FORM, ...headers },
        body: new URLSearchParams({ token: value }),
        redirect: 'manual',
      });
    const good = await send(server.token, own);
    expect(good.status).toBe(303);
    expect(good.headers.get('set-cookie')).toContain('HttpOnly');
    expect((await send('omi_wrong', own)).status).toBe(403);
    expect((await send(server.token, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await send(server.token, {})).status).toBe(403);
  });

  it('escape the name of a program', async () => {
    const made = await fetch(`${server.url}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: '<script>alert(1)</script>',
        redirect_uris: [CALLBACK],
      }),
    });
    const { client_id } = (await made.json()) as { client_id: string };
    const { query } = await ask({ client_id });
    const page = await fetch(consentUrl(query), { headers: { cookie, ...own } });
    expect(await page.text()).not.toContain('<script>alert');
  });

  it('lead back with the refusal of the user', async () => {
    const { query } = await ask();
    const refused = await decide(query, { decision: 'deny' });
    const { searchParams } = new URL(refused.headers.get('location') ?? '');
    expect(searchParams.get('error')).toBe('access_denied');
    expect(searchParams.get('state')).toBe('the state');
  });

  it('give no code for a form of another page, another request or another session', async () => {
    const asking = await ask();
    const csrf = await csrfOf(asking.query);
    const yes = { decision: 'allow', scope: 'memories.read', csrf };
    const cross = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await decide(asking.query, yes, cross)).status).toBe(403);
    expect((await decide(asking.query, yes, {})).status).toBe(403);
    expect((await decide(asking.query, { ...yes, csrf: 'a'.repeat(64) })).status).toBe(403);
    const other = new URLSearchParams(asking.query);
    other.set('scope', 'memories.read memories.write');
    expect((await decide(other, yes)).status).toBe(403);
    expect((await decide(asking.query, yes, { ...own, cookie: '' })).status).toBe(403);
    expect((await decide(asking.query, yes)).status).toBe(303);
  });

  it('allow no more than was asked for', async () => {
    const asking = await ask();
    const answered = await allow(asking, 'memories.write');
    expect(answered.get('error')).toBe('access_denied');
  });
});

describe('attacks', () => {
  it.each([
    ['another host', 'https://evil.example/callback'],
    ['another path', 'http://127.0.0.1:7777/other'],
    ['a script', 'javascript:alert(1)'],
    ['a host that only looks local', 'http://127.0.0.1.evil.example/callback'],
    ['a user in the address', 'http://127.0.0.1@evil.example/callback'],
    ['a fragment', `${CALLBACK}#x`],
  ])('lead back to no address that is not registered: %s', async (_title, redirect_uri) => {
    const { query } = await ask({ redirect_uri });
    for (const path of ['authorize', 'consent']) {
      const answer = await fetch(`${server.url}/oauth/${path}?${query}`, {
        headers: { cookie, ...own },
        redirect: 'manual',
      });
      expect(answer.status).toBe(400);
      expect(answer.headers.get('location')).toBeNull();
    }
  });

  it('takes another port on the same device, as programs there need', async () => {
    const { query } = await ask({ redirect_uri: 'http://127.0.0.1:50123/callback' });
    const page = await fetch(consentUrl(query), { headers: { cookie, ...own } });
    expect(page.status).toBe(200);
  });

  it('registers no address that is unsafe', async () => {
    for (const uri of [
      'javascript:alert(1)',
      'http://example.com/cb',
      'data:text/html,x',
      'https://a.example/#f',
      'x',
    ]) {
      const made = await fetch(`${server.url}/oauth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: [uri] }),
      });
      expect([made.status, ((await made.json()) as Tokens).error]).toEqual([
        400,
        'invalid_redirect_uri',
      ]);
    }
  });

  it.each([
    ['without PKCE', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['without a method', { code_challenge_method: null }, 'invalid_request'],
    ['for another server', { resource: 'https://evil.example/mcp' }, 'invalid_target'],
    ['for another kind of response', { response_type: 'token' }, 'unsupported_response_type'],
    ['for a scope that does not exist', { scope: 'admin' }, 'invalid_scope'],
  ])('refuses a request %s', async (_title, changes, error) => {
    const { query } = await ask(changes);
    const answer = await fetch(consentUrl(query), {
      headers: { cookie, ...own },
      redirect: 'manual',
    });
    const { searchParams } = new URL(answer.headers.get('location') ?? '');
    expect(searchParams.get('error')).toBe(error);
    expect(searchParams.get('code')).toBeNull();
  });

  it('refuses a code with a wrong or missing verifier, and for another program', async () => {
    const wrong = await exchange(await ask(), {
      code_verifier: randomBytes(32).toString('base64url'),
    });
    expect([wrong.status, wrong.body.error]).toEqual([400, 'invalid_grant']);
    const missing = await ask();
    const code = (await allow(missing)).get('code') ?? '';
    const { code_verifier: _, ...without } = codeForm(missing, code);
    expect((await token(without)).body.error).toBe('invalid_grant');
    const stolen = await exchange(await ask(), { client_id: await register([`${CALLBACK}2`]) });
    expect(stolen.body.error).toBe('invalid_grant');
    const moved = await exchange(await ask(), { redirect_uri: 'http://127.0.0.1:1/callback' });
    expect(moved.body.error).toBe('invalid_grant');
    const elsewhere = await exchange(await ask(), { resource: `${server.url}/v1/mcp/sse` });
    expect(elsewhere.body.error).toBe('invalid_target');
  });

  it('ends the tokens of a code that is used twice', async () => {
    const asking = await ask();
    const code = (await allow(asking)).get('code') ?? '';
    const first = await token(codeForm(asking, code));
    expect(await callWith(first.body.access_token)).toBe(200);
    expect((await token(codeForm(asking, code))).body.error).toBe('invalid_grant');
    expect(await callWith(first.body.access_token)).toBe(401);
    const refreshed = await token({
      grant_type: 'refresh_token',
      refresh_token: first.body.refresh_token,
      client_id: asking.clientId,
    });
    expect(refreshed.body.error).toBe('invalid_grant');
  });

  it('takes a token at no address but the one that it is for, and nowhere else', async () => {
    const { body } = await exchange(await ask());
    expect(await callWith(body.access_token)).toBe(200);
    expect(await callWith(body.access_token, '/v1/mcp/sse')).toBe(401);
    expect((await server.api('GET', '/v3/memories', undefined, body.access_token)).status).toBe(
      401,
    );
    const dev = await server.api('GET', '/v1/dev/user/memories', undefined, body.access_token);
    expect(dev.status).toBe(401);
    expect(await callWith(body.refresh_token)).toBe(401);
  });

  it('refuses parameters that are given twice', async () => {
    const { query } = await ask();
    query.append('redirect_uri', 'https://evil.example/');
    const answer = await fetch(consentUrl(query), {
      headers: { cookie, ...own },
      redirect: 'manual',
    });
    expect(answer.status).toBe(400);
  });

  it('reads no client document from a private address', async () => {
    const client_id = 'https://192.168.0.1/client.json';
    const { query } = await ask({ client_id });
    const answer = await fetch(consentUrl(query), { headers: { cookie, ...own } });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('cannot be read');
  });
});

describe('refreshing and ending', () => {
  it('gives new tokens once, and ends everything if an old one comes back', async () => {
    const asking = await ask();
    const first = (await exchange(asking)).body;
    const refresh = async (refresh_token: string, client_id = asking.clientId) =>
      await token({ grant_type: 'refresh_token', refresh_token, client_id });
    const foreign = await register([`${CALLBACK}3`]);
    expect((await refresh(first.refresh_token, foreign)).body.error).toBe('invalid_grant');
    const second = (await refresh(first.refresh_token)).body;
    expect(await callWith(first.access_token)).toBe(401);
    expect(await callWith(second.access_token)).toBe(200);
    expect((await refresh(first.refresh_token)).body.error).toBe('invalid_grant');
    expect(await callWith(second.access_token)).toBe(401);
    expect((await refresh(second.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('ends a grant by revocation, for the program itself alone', async () => {
    const asking = await ask();
    const { body } = await exchange(asking);
    const revoke = async (client_id: string) =>
      (
        await fetch(`${server.url}/oauth/revoke`, {
          method: 'POST',
          headers: FORM,
          body: new URLSearchParams({ token: body.refresh_token, client_id }),
        })
      ).status;
    expect(await revoke(await register([`${CALLBACK}4`]))).toBe(200);
    expect(await callWith(body.access_token)).toBe(200);
    expect(await revoke(asking.clientId)).toBe(200);
    expect(await callWith(body.access_token)).toBe(401);
  });

  it('shows the user what is let in, and ends it, for the user alone', async () => {
    const { body } = await exchange(await ask());
    const list = (await server.api('GET', '/v1/mcp/connections')).body as { id: string }[];
    const [newest] = list;
    expect(newest).toMatchObject({ name: 'Test program', scopes: ['memories.read'] });
    const path = `/v1/mcp/connections/${newest?.id}`;
    const other = await server.context.accounts.createUser('other');
    const { token: foreign } = await server.context.accounts.createToken(other.id, 'test');
    expect((await server.api('DELETE', path, undefined, foreign)).status).toBe(404);
    expect((await server.api('DELETE', path)).status).toBe(204);
    expect(await callWith(body.access_token)).toBe(401);
  });

  it('stores no code and no token, and nothing after the account is gone', async () => {
    const gone = await server.context.accounts.createUser('leaving');
    const { connectorGrants } = server.context;
    const verifier = randomBytes(32).toString('base64url');
    const code = await connectorGrants.createCode({
      uid: gone.id,
      clientId: 'c',
      clientName: 'c',
      redirectUri: CALLBACK,
      scopes: ['memories:read'],
      resource: `${server.url}/mcp`,
      challenge: createHash('sha256').update(verifier).digest('base64url'),
    });
    const issued = await connectorGrants.exchangeCode({
      code,
      clientId: 'c',
      redirectUri: CALLBACK,
      verifier,
      resource: null,
    });
    expect(await connectorGrants.findByAccessToken(issued.accessToken)).not.toBeNull();
    await server.context.deletion.deleteAccount(gone.id);
    expect(await connectorGrants.findByAccessToken(issued.accessToken)).toBeNull();
  });
});

describe("Omi's older way", () => {
  it('gives the key back as a token, to known connectors alone', async () => {
    const { body } = await server.api('POST', '/v1/mcp/keys', { name: 'old connector' });
    const { key } = body as { key: string };
    const authorize = async (redirect: string) =>
      await fetch(
        `${server.url}/authorize?response_type=code&client_id=omi&state=s&redirect_uri=${encodeURIComponent(redirect)}`,
        { redirect: 'manual' },
      );
    const led = await authorize('https://claude.ai/api/mcp/auth_callback');
    expect(led.status).toBe(302);
    expect(led.headers.get('location')).toBe(
      'https://claude.ai/api/mcp/auth_callback?code=omi&state=s',
    );
    expect((await authorize('https://evil.example/')).status).toBe(400);
    const post = async (secret: string) =>
      await fetch(`${server.url}/token`, {
        method: 'POST',
        headers: FORM,
        body: new URLSearchParams({ client_id: 'omi', client_secret: secret, code: 'omi' }),
      });
    expect(await (await post(key)).json()).toEqual({ access_token: key, token_type: 'Bearer' });
    expect((await post('omi_mcp_wrong')).status).toBe(401);
  });
});
