import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mcpConnections } from '../../src/model/apps/mcp-connection.ts';
import { McpSimulator } from '../simulators/apps/mcp-simulator.ts';
import { OAuthAuthority } from '../simulators/apps/oauth-authority.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
let remote: McpSimulator;
let authority: OAuthAuthority;
let eve: string;
/** What the browser of the owner sends. */
let owner: Record<string, string>;

interface Made {
  app_id: string;
  requires_oauth: boolean;
  tools_count: number;
  auth_url: string | null;
}

beforeAll(async () => {
  server = await startTestServer({
    ALLOW_LOOPBACK_URLS: 'true',
    ENCRYPTION_SECRET: 'a-secret-of-this-test-only-0123456789',
  });
  const { id } = await server.context.accounts.createUser('eve');
  eve = (await server.context.accounts.createToken(id, 'test')).token;
  owner = await browserOf(server.token);
});
afterAll(() => server.stop());
beforeEach(async () => {
  remote = await McpSimulator.start();
  authority = new OAuthAuthority(remote.origin);
  remote.authority = authority;
  return () => remote.close();
});

/** Signs a browser in to this server; returns what it sends with the requests of a page. */
async function browserOf(token: string): Promise<Record<string, string>> {
  const session = await fetch(`${server.url}/v1/auth/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ token }),
  });
  const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
  expect(cookie).not.toBe('');
  return { cookie, 'sec-fetch-site': 'same-origin' };
}

async function connect(): Promise<Made> {
  const asked = { name: 'Tool box', mcp_server_url: remote.url };
  const { status, body } = await server.api('POST', '/v1/apps/mcp', asked);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as Made;
}

/** Where the browser is led back to after the user has signed in. */
async function signIn(authUrl: string | null): Promise<URL> {
  const answer = await fetch(authUrl ?? '', { redirect: 'manual' });
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get('location') ?? '');
}

/** Follows the page that leads on, as a browser does. */
async function finish(back: URL, headers: Record<string, string> = owner) {
  const first = await fetch(back, { headers });
  const page = await first.text();
  const next = /content="0;url=([^"]+)"/.exec(page)?.[1]?.replaceAll('&#38;', '&') ?? '';
  const last = await fetch(new URL(next, back), { headers });
  return { status: last.status, text: await last.text() };
}

/** Sends a token by the form of a sign-in page; returns what the browser sends afterwards. */
async function sendToken(back: URL, page: string, token: string, headers = {}) {
  const action = /action="([^"]+)"/.exec(page)?.[1]?.replaceAll('&#38;', '&') ?? '';
  const answer = await fetch(new URL(action, back), {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin', ...headers },
    body: new URLSearchParams({ token }),
  });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { status: answer.status, headers: { cookie, 'sec-fetch-site': 'same-origin' } };
}

async function connected(): Promise<string> {
  const made = await connect();
  expect((await finish(await signIn(made.auth_url))).status).toBe(200);
  return made.app_id;
}

async function call(appId: string): Promise<string> {
  const body = { tool_name: `${appId}_test_simple_text`.slice(0, 64), params: {} };
  const answer = await server.api('POST', '/v1/agent/execute-tool', body);
  return JSON.stringify(answer.body);
}

const connectionOf = (appId: string) =>
  server.context.store.find(mcpConnections, server.uid, appId);

describe('an app of an MCP server with a sign-in', () => {
  it('waits for the user, and then has its tools, is enabled and can be called', async () => {
    const made = await connect();
    expect(made).toMatchObject({ requires_oauth: true, tools_count: 0 });
    const path = `/v1/apps/${made.app_id}`;
    expect((await server.api('GET', path)).body).toMatchObject({
      status: 'pending_mcp_auth',
      approved: false,
      private: true,
    });
    const asked = new URL(made.auth_url ?? '').searchParams;
    expect(asked.get('redirect_uri')).toBe(`${server.url}/v1/apps/mcp/callback`);
    expect(asked.get('resource')).toBe(remote.url);
    expect(asked.get('scope')).toBe('tools');
    expect(asked.get('code_challenge_method')).toBe('S256');
    const { status, text } = await finish(await signIn(made.auth_url));
    expect(status, text).toBe(200);
    expect(text).toContain('<b>Tool box</b> is enabled');
    expect((await server.api('GET', path)).body).toMatchObject({
      status: 'approved',
      enabled: true,
    });
    expect(await call(made.app_id)).toContain('This is a simple text response for testing.');
    expect((await server.api('GET', path, undefined, eve)).status).toBe(403);
  });

  it('keeps tokens out of what it shows, and out of the export of the account', async () => {
    const appId = await connected();
    const { tokens } = (await connectionOf(appId)) ?? {};
    expect(tokens?.accessToken).toBeTruthy();
    const exported = await server.api('GET', '/v1/users/export');
    expect(JSON.stringify(exported.body)).not.toContain(tokens?.accessToken);
    expect(JSON.stringify((await server.api('GET', `/v1/apps/${appId}`)).body)).not.toContain(
      tokens?.accessToken,
    );
  });

  it('renews a token that has ended, once for calls at the same time', async () => {
    const appId = await connected();
    authority.endAccessTokens();
    authority.tokenRequests.length = 0;
    const answers = await Promise.all([call(appId), call(appId), call(appId)]);
    for (const answer of answers) expect(answer).toContain('simple text response');
    const renewals = authority.tokenRequests.map((form) => form.get('grant_type'));
    expect(renewals).toEqual(['refresh_token']);
    expect(authority.tokenRequests[0]?.get('resource')).toBe(remote.url);
  });

  it('renews a token before it ends', async () => {
    authority.lifetime = 10;
    const appId = await connected();
    authority.tokenRequests.length = 0;
    expect(await call(appId)).toContain('simple text response');
    expect(authority.tokenRequests.length).toBeGreaterThan(0);
  });

  it('keeps its sign-in if the authorization server is down, and asks for a new one if it has ended', async () => {
    const appId = await connected();
    authority.endAccessTokens();
    authority.isDown = true;
    expect(await call(appId)).toContain('sign-in of the MCP server has failed');
    authority.isDown = false;
    expect(await call(appId)).toContain('simple text response');
    authority.endEverything();
    const refused = await call(appId);
    expect(refused).toContain('wants a sign-in');
    expect(refused).not.toContain('SECRET');
    const again = await server.api('POST', `/v1/apps/${appId}/mcp/refresh`);
    expect(again.status).toBe(409);
    const made = await connect();
    expect(made).toMatchObject({ app_id: appId, requires_oauth: true });
    expect((await finish(await signIn(made.auth_url))).status).toBe(200);
    expect(await call(appId)).toContain('simple text response');
  });

  it('revokes its tokens when it is deleted', async () => {
    const appId = await connected();
    const refresh = (await connectionOf(appId))?.tokens?.refreshToken;
    expect((await server.api('DELETE', `/v1/apps/${appId}`)).status).toBe(200);
    expect(new URLSearchParams(authority.revoked[0]).get('token')).toBe(refresh);
    expect(await connectionOf(appId)).toBeUndefined();
  });

  it('revokes its tokens when the account of its user is deleted', async () => {
    const { id } = await server.context.accounts.createUser('zoe');
    const { token } = await server.context.accounts.createToken(id, 'test');
    const asked = { name: 'Tool box', mcp_server_url: remote.url };
    const made = (await server.api('POST', '/v1/apps/mcp', asked, token)).body as Made;
    const zoe = await browserOf(token);
    expect((await finish(await signIn(made.auth_url), zoe)).status).toBe(200);
    const gone = await server.api('DELETE', '/v1/users/delete-account', {}, token);
    expect(gone.status).toBe(200);
    expect(authority.revoked).toHaveLength(1);
  });
});

describe('the sign-in at an MCP server', () => {
  it('is finished once, by the state that was given out alone', async () => {
    const { auth_url } = await connect();
    const back = await signIn(auth_url);
    const foreign = new URL(back);
    foreign.searchParams.set('state', `${back.searchParams.get('state')?.split('.')[0]}.guess`);
    expect((await finish(foreign)).status).toBe(400);
    expect((await finish(back)).status).toBe(200);
    expect((await finish(back)).status).toBe(400);
  });

  it('ends with a new one: the earlier page leads nowhere', async () => {
    const first = await connect();
    const back = await signIn(first.auth_url);
    await connect();
    expect((await finish(back)).status).toBe(400);
  });

  it.each([
    ['no state', (back: URL) => back.searchParams.delete('state')],
    ['the state of no app', (back: URL) => back.searchParams.set('state', 'nothing.x')],
    ['no code', (back: URL) => back.searchParams.delete('code')],
    ['a code that was not given out', (back: URL) => back.searchParams.set('code', 'x')],
    ['another issuer', (back: URL) => back.searchParams.set('iss', 'https://evil.example')],
    ['no issuer', (back: URL) => back.searchParams.delete('iss')],
    [
      'a refusal',
      (back: URL) => {
        back.searchParams.delete('code');
        back.searchParams.set('error', 'access_denied');
      },
    ],
  ])('connects nothing with %s', async (_what, change) => {
    const { app_id, auth_url } = await connect();
    const back = await signIn(auth_url);
    change(back);
    const { status, text } = await finish(back);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain('SECRET');
    expect((await connectionOf(app_id))?.tokens).toBeNull();
    const shown = await server.api('GET', `/v1/apps/${app_id}`);
    expect(shown.body).toMatchObject({ status: 'pending_mcp_auth' });
  });

  it('is not finished in the browser of another user', async () => {
    const made = await server.api('POST', '/v1/apps/mcp', {
      name: 'Tool box',
      mcp_server_url: remote.url,
    });
    const { app_id, auth_url } = made.body as Made;
    const back = await signIn(auth_url);
    const { status, text } = await finish(back, await browserOf(eve));
    expect(status).toBe(403);
    expect(text).toContain('Another user');
    expect((await connectionOf(app_id))?.tokens).toBeNull();
  });

  it('connects nobody who was sent the link: it asks who they are, and then refuses them', async () => {
    const { app_id, auth_url } = await connect();
    const back = await signIn(auth_url);
    authority.tokenRequests.length = 0;
    const asked = await finish(back, {});
    expect(asked.status).toBe(401);
    expect(asked.text).toContain('If somebody has sent you the link, close this page.');
    expect((await sendToken(back, asked.text, 'a guess')).status).toBe(403);
    const foreign = { 'sec-fetch-site': 'cross-site' };
    expect((await sendToken(back, asked.text, server.token, foreign)).status).toBe(403);
    const victim = await sendToken(back, asked.text, eve);
    expect(victim.status).toBe(303);
    expect((await finish(back, victim.headers)).status).toBe(403);
    expect(authority.tokenRequests).toEqual([]);
    expect((await connectionOf(app_id))?.tokens).toBeNull();
    // Whoever has begun it may still finish it, in a browser that was not signed in before.
    const begun = await sendToken(back, asked.text, server.token);
    expect((await finish(back, begun.headers)).status).toBe(200);
    expect((await connectionOf(app_id))?.tokens).not.toBeNull();
  });

  it.each([
    ['names another issuer', { issuer: 'https://evil.example' }, {}],
    ['knows no PKCE', { code_challenge_methods_supported: undefined }, {}],
    ['knows plain PKCE alone', { code_challenge_methods_supported: ['plain'] }, {}],
    ['lets no program register', { registration_endpoint: undefined }, {}],
    ['registers at a private address', { registration_endpoint: 'https://10.0.0.1/r' }, {}],
    ['has its page in the network', { authorization_endpoint: 'https://192.168.0.1/a' }, {}],
    ['has its page in the browser', { authorization_endpoint: 'javascript:alert(1)' }, {}],
    ['gives out tokens for another server', {}, { resource: 'https://victim.example/mcp' }],
    ['is at a private address', {}, { authorization_servers: ['https://10.0.0.1'] }],
  ])('is not begun if the authorization server %s', async (_what, ofServer, ofResource) => {
    authority.serverChanges = ofServer;
    authority.resourceChanges = ofResource;
    const asked = { name: 'Tool box', mcp_server_url: remote.url };
    const refused = await server.api('POST', '/v1/apps/mcp', asked);
    expect(refused.status, JSON.stringify(refused.body)).toBeGreaterThanOrEqual(400);
    expect(refused.status).toBeLessThan(503);
    const apps = await server.api('GET', '/v1/apps');
    expect(JSON.stringify(apps.body)).not.toContain(remote.url);
  });

  it('describes this server to authorization servers that read a document', async () => {
    const response = await fetch(`${server.url}/v1/apps/mcp/client.json`);
    expect(await response.json()).toEqual({
      client_id: `${server.url}/v1/apps/mcp/client.json`,
      client_name: 'omi-backend',
      redirect_uris: [`${server.url}/v1/apps/mcp/callback`],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    });
  });
});
