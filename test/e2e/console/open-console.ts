import type { Browser, Page } from 'playwright-core';
import { launchBrowser, microphoneOf, signInByLink } from '../../fixtures/browser.ts';
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

/** What a story needs of its server and its browser. */
export interface ConsoleOptions {
  /** Settings of the server. */
  env?: Record<string, string>;
  /** A WAV file that the browser's microphone plays once; absent: there is no microphone. */
  microphone?: string;
  /** Fills the account; absent: with the world of the console's tests. */
  fill?: (server: TestServer) => Promise<unknown>;
}

const fillWorld = ({ context, uid }: TestServer) =>
  fillConsoleWorld(context.store, uid, Date.now());

/** Opens the console of a server of its own; a story goes on from the live screen. */
export async function openConsole({
  env,
  microphone,
  fill = fillWorld,
}: ConsoleOptions = {}): Promise<OpenConsole> {
  const heard = microphone === undefined ? [] : microphoneOf(microphone);
  const [server, browser] = await Promise.all([startTestServer(env), launchBrowser(heard)]);
  await fill(server);
  const page = await browser.newPage({
    locale: 'en-GB',
    viewport: SIZES.desktop,
    permissions: microphone === undefined ? [] : ['microphone'],
  });
  page.setDefaultTimeout(60_000);
  await signInByLink(page, server);
  const close = async () => {
    await browser.close();
    await server.stop();
  };
  return { server, browser, page, close };
}
