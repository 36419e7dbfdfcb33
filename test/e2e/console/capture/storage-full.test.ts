import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hasBrowser,
  launchBrowser,
  microphoneOf,
  signInByLink,
} from '../../../fixtures/browser.ts';
import { startTestServer, type TestServer } from '../../test-server.ts';

const MODELS = fileURLToPath(new URL('../../../fixtures/local-models/', import.meta.url));
const SPEECH = `${MODELS}speech/dialogue-1.wav`;

/** The browser has no room for frames as long as `isFull` is set. */
const FULL_STORAGE = `{
  const { put } = IDBObjectStore.prototype;
  window.isFull = true;
  window.refused = 0;
  IDBObjectStore.prototype.put = function (...args) {
    if (window.isFull && this.name === 'frames') {
      window.refused += 1;
      throw new DOMException('full', 'QuotaExceededError');
    }
    return put.apply(this, args);
  };
}`;

describe.skipIf(!hasBrowser)('recording on a device without room', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startTestServer({ STT_LOCAL_MODEL: `${MODELS}tiny-en-streaming` }),
      launchBrowser(microphoneOf(SPEECH)),
    ]);
    const context = await browser.newContext({ locale: 'en-GB', permissions: ['microphone'] });
    await context.addInitScript(FULL_STORAGE);
    page = await context.newPage();
    await signInByLink(page, server);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('keeps what is said until there is room, and loses no word', async () => {
    await page.getByRole('button', { name: 'Record' }).click();
    await expect
      .poll(() => page.evaluate<number>('window.refused'), { timeout: 60_000 })
      .toBeGreaterThan(20);
    expect(await page.getByText(/Omar/i).count()).toBe(0);
    await page.evaluate('window.isFull = false');
    await page.getByText(/Can you call Omar/i).waitFor({ timeout: 60_000 });
    await page.getByText(/call Omar at noon/i).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByRole('link', { name: 'Open it' }).waitFor({ timeout: 60_000 });
  }, 180_000);
});
