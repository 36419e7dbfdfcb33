import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launchBrowser, signInByLink } from '../../fixtures/browser.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { openScreen, SCREENS, SIZES } from './console-screens.ts';
import { fillConsoleWorld } from './console-world.ts';

describe.skipIf(!hasBrowser)('every screen of the console', () => {
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
    await fillConsoleWorld(server.context.store, server.uid, Date.now());
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function signedIn(options: Parameters<Browser['newContext']>[0]): Promise<BrowserContext> {
    const context = await browser.newContext({ locale: 'en-GB', ...options });
    const page = await context.newPage();
    await signInByLink(page, server);
    await page.close();
    return context;
  }

  it.each([
    ['desktop', 'light'],
    ['phone', 'dark'],
  ] as const)(
    'has nothing that axe finds: %s, %s',
    async (size, colorScheme) => {
      const context = await signedIn({ viewport: SIZES[size], colorScheme });
      const found: string[] = [];
      for (const screen of SCREENS) {
        const page = await context.newPage();
        await openScreen(page, server.url, screen);
        const { violations } = await new AxeBuilder({ page }).analyze();
        for (const { id, nodes } of violations) {
          found.push(`${screen.name}: ${id}: ${nodes.map(({ html }) => html.slice(0, 200))}`);
        }
        await page.close();
      }
      await context.close();
      expect(found).toEqual([]);
    },
    120_000,
  );

  it('has nothing that axe finds before sign-in', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(`${server.url}/welcome`);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    await context.close();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});
