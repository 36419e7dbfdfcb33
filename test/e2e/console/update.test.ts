import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasBrowser } from '../../fixtures/browser.ts';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { SpeakingBrowser } from './capture/speaking-browser.ts';
import { ReverseProxy } from './reverse-proxy.ts';

const CONSOLE = join(import.meta.dirname, '../../../dist/console');

/** A worker that keeps all that it has loaded, and gives out nothing newer. */
const OLD_WORKER = `
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET' || event.request.url.includes('/v1/')) return;
  event.respondWith((async () => {
    const kept = await caches.open('old-console');
    const found = await kept.match(event.request);
    if (found) return found;
    const loaded = await fetch(event.request);
    await kept.put(event.request, loaded.clone());
    return loaded;
  })());
});`;

describe.skipIf(!hasBrowser)('the console after an update of the server', () => {
  let stt: DeepgramSimulator;
  let server: TestServer;
  let proxy: ReverseProxy;
  let browser: SpeakingBrowser;

  beforeAll(async () => {
    stt = await DeepgramSimulator.start({ clips: [] });
    server = await startTestServer({ DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: stt.url });
  });
  beforeEach(async () => {
    proxy = await ReverseProxy.start('');
    proxy.target = Number(new URL(server.url).port);
  });
  afterEach(async () => {
    await browser?.close();
    await proxy?.stop();
  });
  afterAll(async () => {
    await server?.stop();
    await stt?.close();
  });

  /** Name of the script that a screen is loaded with. */
  async function partOf(screen: string): Promise<string> {
    const entry = /assets\/index-[\w-]+\.js/.exec(await page())?.[0] ?? '';
    const source = await readFile(join(CONSOLE, entry), 'utf8');
    const [name] =
      new RegExp(`assets/${screen}-[\\w-]+\\.js|\\./${screen}-[\\w-]+\\.js`).exec(source) ?? [];
    if (!name) throw new Error(`There is no part ${screen}.`);
    return `/assets/${name.split('/').at(-1)}`;
  }

  function page(): Promise<string> {
    return readFile(join(CONSOLE, 'index.html'), 'utf8');
  }

  /** From now on the server has another version: the page names other scripts, and the old ones are gone. */
  async function update(...gone: string[]): Promise<void> {
    const entry = /assets\/index-[\w-]+\.js/.exec(await page())?.[0] ?? '';
    const source = await readFile(join(CONSOLE, entry), 'utf8');
    const body = (await page()).replace(entry, 'assets/index-newer.js');
    const html = { status: 200, type: 'text/html', body };
    for (const path of ['/', '/live', '/tasks', '/people', '/timeline']) proxy.own.set(path, html);
    const script = { status: 200, type: 'text/javascript' };
    proxy.own.set('/assets/index-newer.js', {
      ...script,
      body: `document.documentElement.dataset.version = 'newer';${source}`,
    });
    for (const path of gone) {
      proxy.own.set(path, { status: 404, type: 'application/json', body: '{}' });
    }
  }

  const isNewer = () => browser.page.evaluate('document.documentElement.dataset.version');

  it('opens a screen whose script is gone in the new version', async () => {
    browser = await SpeakingBrowser.open({ ...server, url: proxy.url }, 5_000);
    await browser.page.getByRole('button', { name: 'Record' }).waitFor();
    const tasks = await partOf('tasks');
    await update(tasks);
    await browser.page.getByRole('link', { name: 'Tasks' }).click();
    // The new version has its own script; here it is the same one.
    await expect.poll(isNewer).toBe('newer');
    proxy.own.delete(tasks);
    await browser.page.getByRole('heading', { name: 'Tasks' }).waitFor();
    expect(browser.page.url()).toBe(`${proxy.url}/tasks`);
  });

  it('does not interrupt a recording, says what is the matter, and is new once it has ended', async () => {
    browser = await SpeakingBrowser.open({ ...server, url: proxy.url }, 20_000);
    const { page } = browser;
    await browser.record();
    const tasks = await partOf('tasks');
    await update(tasks);
    await page.getByRole('link', { name: 'Tasks' }).click();
    await page.getByText('This screen opens in the new version, once').waitFor();
    await page.getByText('Reload the page once the recording has ended.').waitFor();
    await browser.hear(2);
    await page.getByRole('link', { name: 'Live' }).click();
    const stored = await browser.end();
    expect(stored).toEqual(stored.map((_, index) => (stored[0] ?? 0) + index));
    expect(await isNewer()).toBeUndefined();
    await page.getByText('A new version of the console is there.').waitFor();
    await page.getByRole('button', { name: 'Reload' }).click();
    await expect.poll(isNewer).toBe('newer');
    await page.getByRole('button', { name: 'Record' }).waitFor();
  });

  it('is rid of an old worker that kept the files of another version', async () => {
    proxy.own.set('/sw.js', { status: 200, type: 'text/javascript', body: OLD_WORKER });
    browser = await SpeakingBrowser.open({ ...server, url: proxy.url }, 5_000);
    const { page } = browser;
    await page.evaluate(`navigator.serviceWorker.register('sw.js')`);
    await page.waitForFunction('navigator.serviceWorker.controller !== null');
    await page.reload();
    await page.getByRole('button', { name: 'Record' }).waitFor();
    expect(await page.evaluate('caches.keys()')).toEqual(['old-console']);
    await update();
    proxy.own.delete('/sw.js');
    await page.reload();
    // The old worker still gives out the old page, and the browser looks for a newer worker.
    await expect.poll(() => page.evaluate('caches.keys()')).toEqual([]);
    await page.reload();
    await expect.poll(isNewer).toBe('newer');
    await page.getByRole('button', { name: 'Record' }).waitFor();
  });

  it('says so if it waits for the network', async () => {
    browser = await SpeakingBrowser.open({ ...server, url: proxy.url }, 5_000);
    const { page, context } = browser;
    await page.getByRole('button', { name: 'Record' }).waitFor();
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Tasks' }).click();
    await page.getByText('This screen opens as soon as the server answers.').waitFor();
    await context.setOffline(false);
    await page.getByRole('heading', { name: 'Tasks' }).waitFor();
  });
});
