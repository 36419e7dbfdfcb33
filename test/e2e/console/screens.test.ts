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
import { openScreen, SCREENS, SCREENS_BROWSER, SCREENS_SERVER, SIZES } from './console-screens.ts';
import { fillConsoleVoices } from './console-voices.ts';
import { fillConsoleWorld } from './console-world.ts';

const LONG = `${'قهوة مع ليلى '.repeat(380)}${'ش'.repeat(60)}`;
const LONG_START = /^قهوة مع ليلى/;
/** A colour that is still changing from one theme to the other is no finding. */
const STILL = { colorScheme: 'light', reducedMotion: 'reduce' } as const;
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
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
    [server, browser] = await Promise.all([
      startTestServer(SCREENS_SERVER),
      launchBrowser(SCREENS_BROWSER),
    ]);
    await fillConsoleWorld(server.context.store, server.uid, Date.now());
    await fillConsoleVoices(server, Date.now());
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function signedIn(options: Parameters<Browser['newContext']>[0]): Promise<BrowserContext> {
    const context = await browser.newContext({
      locale: 'en-GB',
      permissions: ['microphone'],
      ...options,
    });
    const page = await context.newPage();
    await signInByLink(page, server);
    await page.close();
    return context;
  }

  /** What axe finds, one line a rule with the elements. */
  async function findingsOf(axe: AxeBuilder, where: string): Promise<string[]> {
    const { violations } = await axe.analyze();
    return violations.map(
      ({ id, nodes }) => `${where}: ${id}: ${nodes.map(({ html }) => html.slice(0, 200))}`,
    );
  }

  it.each(['desktop', 'phone'] as const)(
    'has nothing that axe finds, light and dark: %s',
    async (size) => {
      const context = await signedIn({ viewport: SIZES[size], ...STILL });
      const found: string[] = [];
      for (const screen of SCREENS) {
        const page = await context.newPage();
        await openScreen(page, server.url, screen);
        found.push(...(await findingsOf(new AxeBuilder({ page }), `${screen.name}, light`)));
        await page.emulateMedia({ colorScheme: 'dark' });
        await page.locator('html[data-theme=dark]').waitFor();
        // Nothing but the colours differs between the themes.
        const colours = new AxeBuilder({ page }).withRules(COLOUR_RULES);
        found.push(...(await findingsOf(colours, `${screen.name}, dark`)));
        await page.close();
      }
      await context.close();
      expect(found).toEqual([]);
    },
    600_000,
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
      found.push(...(await findingsOf(new AxeBuilder({ page }), path)));
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
    const found = await findingsOf(new AxeBuilder({ page }), 'welcome');
    await context.close();
    expect(found).toEqual([]);
  });
});
