import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };

async function signIn(body: object): Promise<{ status: number; cookie: string }> {
  const response = await fetch(`${server.url}/v1/auth/session`, {
    method: 'POST',
    headers: { ...SAME_ORIGIN, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0' },
    body: JSON.stringify(body),
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { status: response.status, cookie };
}

function withCookie(method: string, path: string, cookie: string, headers: object = SAME_ORIGIN) {
  return fetch(`${server.url}${path}`, { method, headers: { cookie, ...headers } });
}

describe('a browser session', () => {
  it('begins with a link’s code, once', async () => {
    const { code } = await server.context.browserSessions.createLink(server.uid, 'terminal');
    const first = await signIn({ code });
    expect(first.status).toBe(200);
    expect((await withCookie('GET', '/v1/users/profile', first.cookie)).status).toBe(200);
    expect((await signIn({ code })).status).toBe(403);
    expect((await signIn({ code: 'guess' })).status).toBe(403);
  });

  it('begins with a token, and not with a wrong one', async () => {
    expect((await signIn({ token: server.token })).status).toBe(200);
    expect((await signIn({ token: 'omi_wrong' })).status).toBe(403);
  });

  it('is ended by signing out, at once', async () => {
    const { cookie } = await signIn({ token: server.token });
    expect((await withCookie('DELETE', '/v1/auth/session', cookie)).status).toBe(200);
    expect((await withCookie('GET', '/v1/users/profile', cookie)).status).toBe(401);
    expect((await server.api('GET', '/v1/users/profile')).status).toBe(200);
  });

  it('is not used by another site’s page', async () => {
    const { cookie } = await signIn({ token: server.token });
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const answer = await withCookie('DELETE', '/v1/users/delete-account', cookie, foreign);
    expect(answer.status).toBe(401);
  });

  it('is listed with its browser, and can be revoked by its user alone', async () => {
    const { cookie } = await signIn({ token: server.token });
    const listed = await withCookie('GET', '/v1/auth/sessions', cookie);
    const devices = (await listed.json()) as { id: string; name: string; is_current: boolean }[];
    const own = devices.find((device) => device.is_current);
    expect(own?.name).toBe('Firefox on Linux');
    const { accounts } = server.context;
    const stranger = await accounts.createUser('stranger');
    const { token } = await accounts.createToken(stranger.id, 'test');
    const path = `/v1/auth/sessions/${own?.id}`;
    expect((await server.api('DELETE', path, undefined, token)).status).toBe(404);
    expect((await server.api('DELETE', path)).status).toBe(200);
    expect((await withCookie('GET', '/v1/users/profile', cookie)).status).toBe(401);
  });

  it('signs another device in by a link that the first one makes', async () => {
    const { status, body } = await server.api('POST', '/v1/auth/sign-in-link');
    expect(status).toBe(200);
    const { url } = body as { url: string };
    expect(url.startsWith(`${server.url}/welcome#code=`)).toBe(true);
    expect((await signIn({ code: url.split('#code=')[1] })).status).toBe(200);
  });
});
