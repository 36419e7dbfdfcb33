import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../../fixtures/browser.ts';
import type { TestServer } from '../test-server.ts';
import { addConversations, addLongConversation } from './large-account.ts';
import { loadedCounts } from './loaded-counts.ts';
import { type OpenConsole, openConsole } from './open-console.ts';

const COUNT = 50_000;
const HOUR_MS = 3_600_000;
/** Rows that a window shows, with those kept ready around it. */
const MAX_ROWS = 60;

describe.skipIf(!hasBrowser)('the console of an account with 50,000 conversations', () => {
  let server: TestServer;
  let opened: OpenConsole;
  let page: Page;
  const now = Date.now();

  beforeAll(async () => {
    opened = await openConsole({ fill: (to) => addConversations(to, COUNT, now) });
    ({ server, page } = opened);
  });
  afterAll(() => opened?.close());

  const rows = () => page.locator('[data-row]').count();

  it('loads the newest ones only, and further ones as one scrolls', async () => {
    const loaded = loadedCounts(page, '/v1/conversations?', (body) => (body as unknown[]).length);
    await page.goto(`${server.url}/timeline`);
    await page.getByText('Conversation 0 about').first().waitFor();
    expect(await rows()).toBeLessThan(MAX_ROWS);
    const counts = await loaded.counts();
    loaded.stop();
    expect(counts.length).toBeGreaterThan(0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThan(500);
    await page.mouse.move(350, 500);
    const further = page.getByText('Conversation 600 about').first();
    while (!(await further.isVisible())) {
      await page.mouse.wheel(0, 900);
      await page.waitForTimeout(20);
    }
    expect(await rows()).toBeLessThan(MAX_ROWS);
  });

  it('finds the oldest day by a filter, and the back button keeps it', async () => {
    const day = (at: number) => new Date(at).toISOString().slice(0, 10);
    const oldest = day(now - (COUNT - 1) * HOUR_MS);
    await page.goto(`${server.url}/timeline?from=${oldest}&to=${oldest}`);
    await page
      .getByText(`Conversation ${COUNT - 1} about`)
      .first()
      .click();
    await page.waitForURL(`**/timeline/many-${COUNT - 1}?**`);
    await page.goBack();
    await page
      .getByText(`Conversation ${COUNT - 1} about`)
      .first()
      .waitFor();
    expect(page.url()).toContain(`from=${oldest}`);
  });

  it('finds by words what is far down in the list', async () => {
    await page.goto(`${server.url}/timeline`);
    await page
      .getByLabel('Search these conversations')
      .or(page.getByRole('searchbox'))
      .first()
      .fill('lighthouse');
    await page.getByText('about the lighthouse').nth(5).waitFor();
    await page.getByText('about the harbour').first().waitFor({ state: 'detached' });
    expect(await rows()).toBeLessThan(MAX_ROWS);
  });

  it('opens a transcript of 12 hours at a sentence, and finds words in it', async () => {
    const { id, segments } = await addLongConversation(server, 12, now + HOUR_MS);
    await page.goto(`${server.url}/timeline/${id}`);
    const transcript = page.getByRole('region', { name: 'Transcript' });
    await transcript.getByText('Sentence 0 says').first().waitFor();
    expect(await transcript.locator('[data-index]').count()).toBeLessThan(MAX_ROWS);
    await page.goto(`${server.url}/timeline/${id}?segment=long-8000`);
    await transcript.getByText('Sentence 8000 says').waitFor();
    expect(await transcript.locator('[data-index]').count()).toBeLessThan(MAX_ROWS);
    await transcript.getByRole('searchbox').fill(`Sentence ${segments - 1} says`);
    await transcript.getByText(`Sentence ${segments - 1} says`).waitFor();
  });

  it('keeps a title of 5,000 characters from right to left, and shows it in one line of the list', async () => {
    const title = 'قهوة مع ليلى '.repeat(400).slice(0, 4_999).trim();
    await page.goto(`${server.url}/timeline/many-1`);
    const heading = page.getByRole('textbox', { name: /title|untitled/i }).first();
    await heading.fill(title);
    await heading.press('Enter');
    await expect
      .poll(async () => {
        const { body } = await server.api('GET', '/v1/conversations/many-1');
        return (body as { structured: { title: string } }).structured.title;
      })
      .toBe(title);
    const row = page.locator('[data-row][href*="many-1"]').first();
    await row.getByText(/^قهوة/).waitFor();
    expect((await row.boundingBox())?.height).toBeLessThan(90);
    const direction = await page.evaluate(
      'getComputedStyle(document.querySelector("#conversation-title [dir=auto]")).direction',
    );
    expect(direction).toBe('rtl');
    const wide = await page.evaluate<boolean>(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
    expect(wide).toBe(false);
  });
});
