import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ PUBLIC_URL: 'https://omi.example/prefix' });
});
afterAll(() => server.stop());

/** A request with a `Host` of its own, as a page makes it whose name was made to point here. */
function getAs(host: string, path = '/v1/health'): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { headers: { host } }, (response) => {
      let body = '';
      response.on('data', (part: Buffer) => (body += part.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('a server on this machine', () => {
  it('does not answer under a name that was made to point at it', async () => {
    for (const path of ['/v1/health', '/docs', '/metrics', '/openapi.json', '/', '/nowhere']) {
      const { status, body } = await getAs('evil.example:8000', path);
      expect([path, status]).toEqual([path, 421]);
      expect(body).toContain('PUBLIC_URL');
    }
    expect((await getAs('omi.example')).status).toBe(200);
    expect((await getAs('localhost:1')).status).toBe(200);
  });

  it('takes no socket under such a name', async () => {
    const refused = (host: string) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(`${server.wsUrl}/v4/web/listen`, { headers: { host } });
        socket.on('error', (error) => resolve(error.message));
        socket.on('open', () => {
          resolve('open');
          socket.terminate();
        });
      });
    expect(await refused('evil.example')).toContain('421');
    expect(await refused('omi.example')).toBe('open');
  });
});

describe('pages', () => {
  it.each(['/docs', '/docs/', '/docs/static/index.html'])(
    '%s runs its own files alone',
    async (path) => {
      const response = await fetch(`${server.url}${path}`);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|https?:/);
      const html = await response.text();
      if (response.status === 200) expect(html).not.toMatch(/<script(?![^>]+src=)|<style|style=/);
    },
  );

  it('are not made of data', async () => {
    for (const path of ['/v1/health', '/openapi.json', '/v1/nowhere']) {
      const { headers } = await fetch(`${server.url}${path}`);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; frame-ancestors 'none'",
      );
    }
  });
});

describe('links to what is shared', () => {
  const EVIL = `<script>alert(1)</script> & "quotes"`;

  async function pageOf(url: string): Promise<Response> {
    expect(url).toMatch(/^https:\/\/omi\.example\/prefix\/shared\/(?:tasks|chat)\/[0-9a-f]{32}$/);
    // What the proxy passes on.
    return await fetch(url.replace('https://omi.example/prefix', server.url));
  }

  async function expectSafe(page: Response, shown: string): Promise<void> {
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('cache-control')).toBe('no-store');
    const html = await page.text();
    expect(html).not.toMatch(/<script|\son\w+=|javascript:/i);
    expect(html).toContain(shown);
  }

  it('lead to a page of this server, for tasks', async () => {
    const task = await server.api('POST', '/v1/action-items', {
      description: `Order panes ${EVIL}`,
      due_at: '2027-03-01T10:00:00Z',
    });
    const { id } = task.body as { id: string };
    const { body } = await server.api('POST', '/v1/action-items/share', { task_ids: [id] });
    const { url, token } = body as { url: string; token: string };
    expect(url.endsWith(token)).toBe(true);
    const shown = 'Order panes &#60;script&#62;alert(1)&#60;/script&#62; &#38; &#34;quotes&#34;';
    await expectSafe(await pageOf(url), `<li>${shown} <small>due 2027-03-01</small></li>`);
  });

  it('lead to a page of this server, for messages', async () => {
    const sent = await server.api('POST', '/v2/desktop/messages', { text: EVIL, sender: 'human' });
    const { id } = sent.body as { id: string };
    const { body } = await server.api('POST', '/v2/messages/share', { message_ids: [id] });
    const { url } = body as { url: string };
    await expectSafe(await pageOf(url), '&#60;script&#62;alert(1)&#60;/script&#62;');
  });

  it('that are not good lead to a page that says so', async () => {
    for (const kind of ['tasks', 'chat']) {
      const page = await fetch(`${server.url}/shared/${kind}/${'0'.repeat(32)}`);
      expect(page.status).toBe(404);
      expect(await page.text()).toContain('This link has expired, or was never made.');
    }
  });
});
