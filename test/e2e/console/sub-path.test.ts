import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseWav } from '../../../src/audio/wav.ts';
import { signInUrl } from '../../../src/cli/console.ts';
import { conversationPhotos } from '../../../src/model/conversations/conversation-photo.ts';
import { hasBrowser } from '../../fixtures/browser.ts';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { ANY_WORD, SpeakingBrowser } from './capture/speaking-browser.ts';
import { ReverseProxy } from './reverse-proxy.ts';

/** A picture of one pixel. */
const ONE_PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe.skipIf(!hasBrowser).each([
  ['takes away', false],
  ['leaves', true],
] as const)('the console behind a proxy at a sub-path that it %s', (_title, keepsPath) => {
  let stt: DeepgramSimulator;
  let proxy: ReverseProxy;
  let server: TestServer;
  let browser: SpeakingBrowser;
  /** Requests to addresses outside of the path, and what failed. */
  const problems: string[] = [];

  beforeAll(async () => {
    stt = await DeepgramSimulator.start({ clips: [] });
    proxy = await ReverseProxy.start('/omi', keepsPath);
    server = await startTestServer({
      DEEPGRAM_API_KEY: 'test-key',
      DEEPGRAM_BASE_URL: stt.url,
      PUBLIC_URL: `${proxy.url}/`,
    });
    proxy.target = Number(new URL(server.url).port);
    await server.api('POST', '/v1/users/store-recording-permission?value=true');
    browser = await SpeakingBrowser.open({ ...server, url: proxy.url }, 20_000);
    browser.context.on('request', (request) => {
      const url = request.url();
      if (!/^(data|blob):/.test(url) && !url.startsWith(`${proxy.url}/`)) problems.push(url);
    });
    browser.context.on('response', (response) => {
      if (response.status() >= 400 && response.status() !== 401) {
        problems.push(`${response.status()} ${response.url()}`);
      }
    });
    browser.page.on('pageerror', ({ message }) => problems.push(message));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await proxy?.stop();
    await stt?.close();
  });

  it('records and opens the conversation', async () => {
    const { page } = browser;
    await browser.record();
    await browser.hear(2);
    const stored = await browser.end();
    expect(stored.length).toBeGreaterThan(1);
    await page.getByRole('link', { name: 'Open it' }).click();
    await page.waitForURL(`${proxy.url}/timeline/*`);
    await page.reload();
    await page.getByRole('region', { name: 'Transcript' }).getByText(ANY_WORD).first().waitFor();
  });

  it('plays the recording, saves it, and shows photos', async () => {
    const { page } = browser;
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    await server.context.store.transact((tx) => {
      tx.create(conversationPhotos, server.uid, {
        id: 'photo',
        conversationId: id,
        base64: ONE_PIXEL,
        description: 'A kettle on a stove',
        createdAt: Date.now(),
        discarded: false,
        state: 'settled',
        dataProtectionLevel: 'standard',
      });
    });
    await page.reload();
    const photo = page.getByRole('img', { name: 'A kettle on a stove' });
    await photo.waitFor();
    const width = () =>
      photo.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
    await expect.poll(width).toBe(1);
    await page.getByRole('region', { name: 'Recording' }).waitFor();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: /^Download audio/ }).click();
    const file = await download;
    expect(new URL(file.url()).pathname.startsWith('/omi/v1/sync/audio/')).toBe(true);
    expect(file.suggestedFilename()).toMatch(/\.wav$/);
    const wav = parseWav(await readFile(await file.path()));
    expect(wav.samples.length).toBeGreaterThan(0);
  });

  it('keeps its cookie, its worker and its manifest below the path', async () => {
    const { page, context } = browser;
    const cookies = await context.cookies(`${proxy.url}/`);
    expect(cookies.map(({ name, path }) => [name, path])).toEqual([['omi_session', '/omi/']]);
    const manifest = await page.evaluate<{
      start: string;
      scope: string;
      icon: string;
    }>(`(async () => {
      const { href } = document.querySelector('link[rel=manifest]');
      const { start_url, scope, icons } = await (await fetch(href)).json();
      const icon = await fetch(new URL(icons[0].src, href));
      return { start: new URL(start_url, href).href, scope: new URL(scope, href).href, icon: icon.status };
    })()`);
    expect(manifest).toEqual({ start: `${proxy.url}/`, scope: `${proxy.url}/`, icon: 200 });
    await context.grantPermissions(['notifications']);
    await page.goto(`${proxy.url}/settings`);
    await page.getByRole('button', { name: 'Turn on' }).click();
    // There is no push service here; the worker is there before it is asked.
    await expect
      .poll(() =>
        page.evaluate('navigator.serviceWorker.getRegistration().then((found) => found?.scope)'),
      )
      .toBe(`${proxy.url}/`);
  });

  it('leads from a page to the sign-in and back, and signs in by the printed link', async () => {
    const { page, context } = browser;
    await context.clearCookies();
    await page.goto(`${proxy.url}/tasks`);
    await page.waitForURL(`${proxy.url}/welcome**`);
    await page.getByLabel('Token').fill(server.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${proxy.url}/tasks`);
    await page.getByRole('heading', { name: 'Tasks' }).waitFor();
    await context.clearCookies();
    const { code } = await server.context.browserSessions.createLink(server.uid, 'terminal');
    await page.goto(signInUrl(server.context.config.server.publicUrl ?? '', code));
    await page.waitForURL(`${proxy.url}/live`);
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${proxy.url}/welcome**`);
  });

  it('asks for nothing outside of the path', () => {
    expect(problems).toEqual([]);
  });
});
