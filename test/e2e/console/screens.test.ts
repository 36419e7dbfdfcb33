import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messages } from '../../../src/model/chat/message.ts';
import { conversations } from '../../../src/model/conversations/conversation.ts';
import { memories } from '../../../src/model/memory.ts';
import { people } from '../../../src/model/people/person.ts';
import { actionItems } from '../../../src/model/tasks/action-item.ts';
import { hasBrowser, launchBrowser, signInByLink } from '../../fixtures/browser.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { openScreen, SCREENS, SIZES } from './console-screens.ts';
import { fillConsoleWorld } from './console-world.ts';

const LONG = `${'قهوة مع ليلى '.repeat(380)}${'ش'.repeat(60)}`;
const LONG_START = /^قهوة مع ليلى/;
/** How the elements run that hold such a text themselves. */
const DIRECTIONS = `[...document.querySelectorAll('*')]
  .filter((element) => [...element.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.startsWith('قهوة')))
  .filter((element) => element.checkVisibility())
  .map((element) => getComputedStyle(element).direction)`;

/** Gives one of each thing that people name a text of nearly 5,000 letters. */
async function lengthenTexts({ context: { store }, uid }: TestServer): Promise<void> {
  const market = await store.find(conversations, uid, 'market');
  if (!market) throw new Error('The world has no market.');
  const memory = (await store.query(memories, uid, { query: 'recent', limit: 1 })).items[0];
  await store.transact(async (tx) => {
    tx.patch(conversations, uid, 'market', {
      structured: { ...market.structured, title: LONG, overview: LONG },
    });
    tx.patch(actionItems, uid, 'market-task-0', { description: LONG });
    tx.patch(people, uid, 'ben', { name: LONG });
    tx.patch(messages, uid, 'question', { text: LONG });
    if (memory) tx.patch(memories, uid, memory.id, { content: LONG });
  });
}

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
    240_000,
  );

  it('holds texts of 5,000 letters from right to left, on a phone', async () => {
    await lengthenTexts(server);
    const context = await signedIn({ viewport: SIZES.phone, colorScheme: 'light' });
    const found: string[] = [];
    for (const path of ['timeline', 'timeline/market', 'tasks', 'memories', 'people', 'ask']) {
      const page = await context.newPage();
      // A person's name stands in a field.
      const ready = path === 'people' ? 'No voice sample yet' : LONG_START;
      await openScreen(page, server.url, { name: path, path, ready });
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, nodes } of violations) {
        found.push(`${path}: ${id}: ${nodes.map(({ html }) => html.slice(0, 200))}`);
      }
      const tooWide = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      if (tooWide > 0) found.push(`${path}: ${tooWide} px too wide`);
      const directions = await page.evaluate<string[]>(DIRECTIONS);
      if (directions.some((direction) => direction !== 'rtl'))
        found.push(`${path}: not from right`);
      await page.close();
    }
    await context.close();
    expect(found).toEqual([]);
  }, 120_000);

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
