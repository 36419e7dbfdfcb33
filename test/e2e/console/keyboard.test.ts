import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launchBrowser } from '../../fixtures/browser.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { fillConsoleWorld } from './console-world.ts';

describe.skipIf(!hasBrowser)('the console by keyboard alone', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
    await fillConsoleWorld(server.context.store, server.uid, Date.now());
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    await page.goto(`${server.url}/welcome`);
    await page.getByLabel('Token').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** Presses Tab until what has the focus is called this. */
  async function tabTo(name: RegExp): Promise<void> {
    for (let press = 0; press < 80; press += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate<string>(`{
        const element = document.activeElement;
        (element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim();
      }`);
      if (name.test(focused)) return;
    }
    throw new Error(`Nothing that can be focused is called ${name}.`);
  }

  it('signs in', async () => {
    await tabTo(/^$/);
    await page.keyboard.type(server.token);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/live');
  });

  it('searches and opens what was found', async () => {
    await page.getByRole('button', { name: 'Record' }).waitFor();
    await page.keyboard.press('/');
    await page.waitForURL('**/search');
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.type('bridge');
    await page.getByRole('link', { name: /spring market/ }).waitFor();
    await tabTo(/spring market/);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/timeline/market**');
  });

  it('goes to a list, moves through it, and opens a row', async () => {
    await page.getByRole('region', { name: 'Transcript' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.waitForURL(/timeline$/);
    await page.getByRole('link', { name: /Knee exercises/ }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/timeline/physio**');
  });

  it('adds a task and ticks it', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.getByRole('heading', { name: 'Tasks' }).waitFor();
    await tabTo(/^Add a task$/);
    await page.keyboard.type('Water the palm');
    await page.keyboard.press('Enter');
    await page.getByText('Water the palm').waitFor();
    await tabTo(/^Water the palm$/);
    await page.keyboard.press('Space');
    await expect
      .poll(async () => JSON.stringify((await server.api('GET', '/v1/action-items')).body))
      .toMatch(/"completed":true/);
  });

  it('reaches the button that records', async () => {
    await page.keyboard.press('Escape');
    await page.evaluate('document.activeElement?.blur?.()');
    await page.keyboard.press('r');
    await page.waitForURL('**/live');
    await tabTo(/^Record$/);
  });
});
