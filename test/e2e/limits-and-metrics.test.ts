import { afterEach, describe, expect, it } from 'vitest';
import { ROUTE_POLICIES } from '../../src/http/rate-limits.ts';
import { RATE_LIMITS } from '../../src/model/usage/rate-limit.ts';
import { documentedRoutes } from './openapi-routes.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function start(env: Record<string, string>): Promise<TestServer> {
  server = await startTestServer(env);
  return server;
}

function get(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { headers });
}

describe('limits on requests', () => {
  it('refuse what is too much as the contract says, and count each user alone', async () => {
    const { url, token, context } = await start({ RATE_LIMIT_BOOST: '1' });
    const other = await context.accounts.createUser('other');
    const otherToken = (await context.accounts.createToken(other.id, 'test')).token;
    const deleteAll = (bearer: string) =>
      fetch(`${url}/v3/memories`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${bearer}` },
      });
    for (let i = 0; i < RATE_LIMITS['memories:delete_all'].max; i += 1) {
      const allowed = await deleteAll(token);
      expect(allowed.ok).toBe(true);
      expect(allowed.headers.get('x-ratelimit-limit')).toBeNull();
    }
    const refused = await deleteAll(token);
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(3600);
    expect(refused.headers.get('x-ratelimit-limit')).toBe('2');
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(await refused.json()).toEqual({
      code: 'rate-limited',
      detail: `Rate limit exceeded. Try again in ${seconds}s.`,
    });
    expect((await deleteAll(otherToken)).ok).toBe(true);
    // Who is not signed in is told that, and counts for nobody.
    expect((await deleteAll('omi_nobody')).status).toBe(401);
  });

  it('only log in shadow mode', async () => {
    const { api } = await start({ RATE_LIMIT_BOOST: '1', RATE_LIMIT_SHADOW_MODE: 'true' });
    for (let i = 0; i < 5; i += 1) {
      expect((await api('DELETE', '/v3/memories')).status).not.toBe(429);
    }
  });

  it('are those of routes that there are', async () => {
    const { url } = await start({});
    const names = (await documentedRoutes(url)).map(({ name }) => name);
    const limited = Object.keys(ROUTE_POLICIES).map((name) => name.replace(/:(\w+)/g, '{$1}'));
    expect(limited.filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('/metrics', () => {
  it('is for this machine alone, and not for what came through a proxy', async () => {
    const { url, token } = await start({});
    const direct = await get(`${url}/metrics`);
    expect(direct.status).toBe(200);
    const text = await direct.text();
    for (const name of ['omi_listen_sessions 0', 'omi_cache_up 1', 'nodejs_eventloop_lag']) {
      expect(text).toContain(name);
    }
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']) {
      expect((await get(`${url}/metrics`, { [name]: '127.0.0.1' })).status).toBe(403);
    }
    const signedIn = { authorization: `Bearer ${token}`, 'x-forwarded-for': '10.0.0.1' };
    expect((await get(`${url}/metrics`, signedIn)).status).toBe(403);
  });

  it('opens to the token alone where there is one', async () => {
    const { url, token } = await start({ METRICS_TOKEN: 'prometheus' });
    const asked = async (headers: Record<string, string>) =>
      (await get(`${url}/metrics`, headers)).status;
    expect(await asked({})).toBe(403);
    expect(await asked({ authorization: `Bearer ${token}` })).toBe(403);
    const proxied = { authorization: 'Bearer prometheus', 'x-forwarded-for': '10.0.0.1' };
    expect(await asked(proxied)).toBe(200);
  });
});

describe('/v1/ready', () => {
  it('sends nobody here any more once the server goes down, while it still answers', async () => {
    const running = await start({ DRAIN_SECONDS: '1' });
    const ready = async () => {
      const answer = await get(`${running.url}/v1/ready`);
      return [answer.status, await answer.json()];
    };
    expect(await ready()).toEqual([200, { status: 'ready' }]);
    const stopped = running.stop();
    expect(await ready()).toEqual([503, { status: 'draining' }]);
    await stopped;
    server = undefined;
  });
});
