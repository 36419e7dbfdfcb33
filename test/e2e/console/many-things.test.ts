import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../../fixtures/browser.ts';
import type { TestServer } from '../test-server.ts';
import { addMemories, addTasks } from './large-account.ts';
import { loadedCounts } from './loaded-counts.ts';
import { type OpenConsole, openConsole } from './open-console.ts';

const COUNT = 3_000;
/** Rows that a window shows, with those kept ready around it. */
const MAX_ROWS = 60;
const WAIT = { timeout: 60_000 };

describe.skipIf(!hasBrowser)(
  'the console of an account with thousands of tasks and memories',
  () => {
    let server: TestServer;
    let opened: OpenConsole;
    let page: Page;

    beforeAll(async () => {
      opened = await openConsole({
        fill: async (to) => {
          const now = Date.now();
          await addTasks(to, COUNT, now + 60_000);
          await addMemories(to, COUNT, now);
        },
      });
      ({ server, page } = opened);
    });
    afterAll(() => opened?.close());

    const rows = () => page.locator('main li').count();
    /** Scrolls to the end of what is loaded, again and again, until a text is there. */
    const scrollTo = async (text: string) => {
      await expect
        .poll(async () => {
          await page.evaluate(`{
          const scroller = document.querySelector('main [data-scroller]');
          scroller.scrollTop = scroller.scrollHeight;
        }`);
          return await page.getByText(text, { exact: true }).count();
        }, WAIT)
        .toBeGreaterThan(0);
    };

    it('shows the tasks that are due first, and further ones as one scrolls', async () => {
      const loaded = loadedCounts(
        page,
        'order=due',
        (body) => (body as { action_items: unknown[] }).action_items.length,
      );
      await page.goto(`${server.url}/tasks`);
      await page.getByText('Open task 0.', { exact: true }).waitFor();
      expect(await rows()).toBeLessThan(MAX_ROWS);
      expect(await loaded.counts()).toEqual([100]);
      await scrollTo(`Open task ${COUNT - 1}.`);
      expect(await rows()).toBeLessThan(MAX_ROWS);
      const counts = await loaded.counts();
      loaded.stop();
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(COUNT);
    });

    it('ticks a task far down, and takes it back', async () => {
      const last = page.getByRole('checkbox', { name: `Open task ${COUNT - 1}.`, exact: true });
      await last.click();
      await last.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Undo' }).click();
      await last.waitFor();
    });

    it('shows the done ones by themselves', async () => {
      await page.evaluate("document.querySelector('main [data-scroller]').scrollTop = 0");
      await page.getByRole('button', { name: 'Done (100+)' }).click();
      await page.getByText('Done task 0.', { exact: true }).waitFor();
      await scrollTo(`Done task ${COUNT - 1}.`);
      expect(await rows()).toBeLessThan(MAX_ROWS);
      await page.getByRole('button', { name: `Done (${COUNT})` }).waitFor();
    });

    it('shows the memories that wait, then the others, as one scrolls', async () => {
      await page.goto(`${server.url}/memories`);
      await page.getByRole('heading', { name: 'Is this true? (100+)' }).waitFor();
      expect(await rows()).toBeLessThan(MAX_ROWS);
      await scrollTo(`Fact ${COUNT - 1} about the lighthouse.`);
      expect(await rows()).toBeLessThan(MAX_ROWS);
      await page.evaluate("document.querySelector('main [data-scroller]').scrollTop = 0");
      await page.getByRole('heading', { name: `Is this true? (${COUNT / 10})` }).waitFor();
    });

    it('finds memories by words and kind that were not loaded', async () => {
      await page.goto(`${server.url}/memories`);
      await page.getByRole('searchbox', { name: 'Find a memory' }).fill('LIGHTHOUSE');
      await page
        .getByText(/ about the harbour/)
        .first()
        .waitFor({ state: 'detached' });
      await page.getByRole('heading', { name: 'Is this true? (3)' }).waitFor();
      await scrollTo('Fact 2999 about the lighthouse.');
      await page.evaluate("document.querySelector('main [data-scroller]').scrollTop = 0");
      // All of them have odd numbers.
      await page.getByRole('button', { name: 'About you', exact: true }).click();
      await page.getByText('No memory matches.').waitFor();
    });
  },
);
