import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launchBrowser } from '../../fixtures/browser.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { recordElsewhere } from './record-elsewhere.ts';

if (!hasBrowser) console.info('No Chromium: the console is not tested (apt-get install chromium).');

describe.skipIf(!hasBrowser)('the console', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) problems.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) problems.push(`foreign request ${request.url()}`);
    });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('signs in by the one-time link and keeps its code out of the address', async () => {
    const { code } = await server.context.browserSessions.createLink(server.uid, 'terminal');
    await page.goto(`${server.url}/welcome#code=${code}`);
    await page.waitForURL('**/live');
    expect(page.url()).not.toContain(code);
  });

  it('says what to do while there is nothing', async () => {
    await page.goto(`${server.url}/timeline`);
    await page.getByText('No conversations yet.').waitFor();
  });

  it('shows a conversation and a task that came from elsewhere without being asked again', async () => {
    await page.getByText('No conversations yet.').waitFor();
    await recordElsewhere(server, 'The lighthouse needs a new lamp before the winter.');
    const row = page.getByRole('link', { name: /lighthouse/i });
    await row.waitFor();
    await row.click();
    await page
      .getByRole('region', { name: 'Transcript' })
      .getByText(/new lamp/)
      .waitFor();
    await page.getByRole('link', { name: 'Tasks' }).click();
    await page.getByRole('heading', { name: 'Tasks' }).waitFor();
    await server.api('POST', '/v1/action-items', { description: 'Order a lamp' });
    await page.getByText('Order a lamp').waitFor();
  });

  it('sends whoever is not signed in to the sign-in page, and back afterwards', async () => {
    const stranger = await browser.newPage();
    await stranger.goto(`${server.url}/ask`);
    await stranger.waitForURL('**/welcome**');
    await stranger.getByLabel('Token').fill(server.token);
    await stranger.getByRole('button', { name: 'Sign in' }).click();
    await stranger.waitForURL('**/ask');
    await stranger.close();
  });

  it('asks no other host and breaks no rule of its security policy', () => {
    expect(problems).toEqual([]);
  });
});
