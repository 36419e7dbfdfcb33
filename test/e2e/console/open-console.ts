import type { Browser, Page } from 'playwright-core';
import { launchBrowser, signInByLink } from '../../fixtures/browser.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { SIZES } from './console-screens.ts';
import { fillConsoleWorld } from './console-world.ts';

/** A server with the world of the console's tests, and a page on a desktop that is signed in. */
export interface OpenConsole {
  server: TestServer;
  browser: Browser;
  page: Page;
  close(): Promise<void>;
}

/** Opens the console of a server of its own; a story goes on from the live screen. */
export async function openConsole(): Promise<OpenConsole> {
  const [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  await fillConsoleWorld(server.context.store, server.uid, Date.now());
  const page = await browser.newPage({ locale: 'en-GB', viewport: SIZES.desktop });
  page.setDefaultTimeout(30_000);
  await signInByLink(page, server);
  const close = async () => {
    await browser.close();
    await server.stop();
  };
  return { server, browser, page, close };
}
