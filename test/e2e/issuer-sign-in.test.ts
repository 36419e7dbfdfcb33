import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasBrowser, launchBrowser } from '../fixtures/browser.ts';
import { IdentitySimulator } from '../simulators/identity-simulator.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let identity: IdentitySimulator;
beforeAll(async () => {
  identity = await IdentitySimulator.start();
});
afterAll(async () => {
  await identity.stop();
});
beforeEach(() => {
  identity.signedInAs = 'Alice';
});

/** A browser's requests, with its cookies and without scripts. */
class Visitor {
  readonly #cookies = new Map<string, string>();

  async get(url: string): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }

  /** Follows redirects to an address; returns it. */
  async follow(url: string, until: (url: string) => boolean): Promise<string> {
    let at = url;
    for (let count = 0; count < 6 && !until(at); count += 1) {
      at = (await this.get(at)).headers.get('location') ?? at;
    }
    return at;
  }
}

describe('signing in on the page of an OpenID Connect issuer', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      AUTH: 'oidc',
      OIDC_ISSUER: identity.url,
      OIDC_AUDIENCE: 'console',
    });
  });
  afterAll(async () => {
    await server.stop();
  });

  const start = (next = '/timeline') =>
    `${server.url}/v1/auth/issuer/start?next=${encodeURIComponent(next)}`;
  const isOver = (url: string) => /\/(timeline|live|welcome)/.test(new URL(url).pathname);

  it('gives the browser a session and leads to the page that was wanted', async () => {
    const visitor = new Visitor();
    expect(await visitor.follow(start(), isOver)).toBe(`${server.url}/timeline`);
    const profile = await visitor.get(`${server.url}/v1/users/profile`);
    expect(profile.status).toBe(200);
    const again = new Visitor();
    await again.follow(start(), isOver);
    const other = await again.get(`${server.url}/v1/users/profile`);
    expect(((await other.json()) as { uid: string }).uid).toBe(
      ((await profile.json()) as { uid: string }).uid,
    );
  });

  it('takes an answer only in the browser that has asked, and once', async () => {
    const visitor = new Visitor();
    const answer = await visitor.follow(start(), (url) => url.includes('/callback'));
    const stranger = new Visitor();
    const refused = (await stranger.get(answer)).headers.get('location');
    expect(refused).toBe(`${server.url}/welcome?problem=issuer`);
    expect((await stranger.get(`${server.url}/v1/users/profile`)).status).toBe(401);
    expect((await visitor.get(answer)).headers.get('location')).toBe(`${server.url}/timeline`);
    expect((await visitor.get(answer)).headers.get('location')).toContain('problem=issuer');
  });

  it('refuses a token that was made for another sign-in', async () => {
    const { nonce } = identity;
    identity.nonce = () => 'another';
    const visitor = new Visitor();
    expect(await visitor.follow(start(), isOver)).toContain('problem=issuer');
    expect((await visitor.get(`${server.url}/v1/users/profile`)).status).toBe(401);
    identity.nonce = nonce;
  });

  it('says so if the user was refused at the issuer', async () => {
    identity.signedInAs = null;
    expect(await new Visitor().follow(start(), isOver)).toContain('/welcome?problem=issuer');
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'leads to no other site: %s',
    async (next) => {
      expect(await new Visitor().follow(start(next), isOver)).toBe(`${server.url}/live`);
    },
  );

  describe.skipIf(!hasBrowser)('in a real browser', () => {
    it('is one button of the sign-in page', async () => {
      const browser = await launchBrowser();
      const page = await browser.newPage({ locale: 'en-GB' });
      await page.goto(`${server.url}/tasks`);
      await page.getByRole('link', { name: 'Continue with 127.0.0.1' }).click();
      await page.getByRole('heading', { name: 'Tasks' }).waitFor();
      identity.signedInAs = null;
      const other = await (await browser.newContext({ locale: 'en-GB' })).newPage();
      await other.goto(`${server.url}/welcome`);
      await other.getByRole('link', { name: 'Continue with 127.0.0.1' }).click();
      await other.getByText('The sign-in was not finished.').waitFor();
      await browser.close();
    });
  });
});

describe('signing in at Firebase by Google’s page', () => {
  it('gives the browser a session of the Firebase user', async () => {
    const server = await startTestServer({
      AUTH: 'firebase',
      FIREBASE_PROJECT_ID: identity.projectId,
      FIREBASE_JWKS_URL: `${identity.url}/jwks`,
      FIREBASE_API_KEY: identity.apiKey,
      FIREBASE_AUTH_BASE_URL: `${identity.url}/firebase`,
      GOOGLE_CLIENT_ID: identity.google.clientId,
      GOOGLE_CLIENT_SECRET: identity.google.clientSecret,
      GOOGLE_TOKEN_BASE_URL: `${identity.url}/google`,
      GOOGLE_AUTH_BASE_URL: `${identity.url}/google-page`,
    });
    const visitor = new Visitor();
    const isOver = (url: string) => /\/(live|welcome)/.test(new URL(url).pathname);
    const end = await visitor.follow(`${server.url}/v1/auth/issuer/start`, isOver);
    expect(end).toBe(`${server.url}/live`);
    const profile = await (await visitor.get(`${server.url}/v1/users/profile`)).json();
    expect(profile).toMatchObject({ uid: 'Alice' });
    await server.stop();
  });
});

describe('a server without an issuer', () => {
  it('offers no page', async () => {
    const server = await startTestServer();
    const { body } = await server.api('GET', '/v1/auth/issuer');
    expect(body).toEqual({ name: null });
    expect((await fetch(`${server.url}/v1/auth/issuer/start`)).status).toBe(404);
    await server.stop();
  });
});
