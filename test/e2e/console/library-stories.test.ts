import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../../fixtures/browser.ts';
import type { TestServer } from '../test-server.ts';
import { SIZES } from './console-screens.ts';
import { daysTo } from './console-world.ts';
import { type OpenConsole, openConsole } from './open-console.ts';

interface StoredMemory {
  id: string;
  content: string;
  user_review: boolean | null;
}

describe.skipIf(!hasBrowser)('what came out of conversations, in the console', () => {
  let opened: OpenConsole;
  let server: TestServer;
  let page: Page;

  beforeAll(async () => {
    opened = await openConsole();
    ({ server, page } = opened);
  });
  afterAll(() => opened?.close());

  const memories = async () => (await server.api('GET', '/v3/memories')).body as StoredMemory[];
  const contents = async () => (await memories()).map(({ content }) => content);
  const tasks = async () =>
    (
      (await server.api('GET', '/v1/action-items?limit=100')).body as {
        action_items: { description: string }[];
      }
    ).action_items.map(({ description }) => description);
  const choose = async (item: string) => {
    await page.getByRole('menuitem', { name: item }).click();
    await page.getByRole('menu').waitFor({ state: 'detached' });
  };

  describe('asking', () => {
    it('shows the words of a citation beside the answer, which stays', async () => {
      await page.goto(`${server.url}/ask`);
      await page
        .getByRole('button', { name: 'Source 1: Planning the spring market' })
        .first()
        .click();
      const passage = page.getByRole('complementary', { name: 'Source' });
      await passage.locator('mark', { hasText: /I will send you the list/ }).waitFor();
      await passage.getByText(/stall holders by Friday\?/).waitFor();
      expect(await page.getByText('You promised Ben two things').isVisible()).toBe(true);
      expect(page.url()).toBe(`${server.url}/ask`);
      await page.keyboard.press('Escape');
      await passage.waitFor({ state: 'detached' });
    });

    it('rates an answer and takes that back', async () => {
      const rating = async () =>
        (
          (await server.api('GET', '/v2/messages')).body as { id: string; rating: number | null }[]
        ).find(({ id }) => id === 'answer')?.rating;
      await page.getByRole('button', { name: 'Good answer' }).click();
      await expect.poll(rating).toBe(1);
      await page.getByRole('button', { name: 'Good answer', pressed: true }).click();
      await expect.poll(rating).toBeNull();
    });

    it('asks about one conversation, until all are asked about again', async () => {
      await page.goto(`${server.url}/ask?about=lighthouse`);
      const about = page.getByRole('combobox', { name: 'About' });
      await expect
        .poll(() => about.locator('option:checked').textContent())
        .toBe('A new lamp for the lighthouse');
      await page.getByRole('button', { name: 'Ask about everything' }).click();
      await page.waitForURL(`${server.url}/ask`);
    });

    it('shows the words in a sheet on a phone', async () => {
      await page.setViewportSize(SIZES.phone);
      await page
        .getByRole('button', { name: 'Source 1: Planning the spring market' })
        .first()
        .click();
      const sheet = page.getByRole('dialog', { name: 'Source' });
      await sheet.locator('mark', { hasText: /I will send you the list/ }).waitFor();
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
      await page.setViewportSize(SIZES.desktop);
    });
  });

  describe('searching', () => {
    it('narrows to a kind, keeps that in the address, and marks the words', async () => {
      await server.api('POST', '/v1/action-items', { description: 'Polish the brass lamp' });
      await page.goto(`${server.url}/search?q=lamp`);
      await page.getByText('Polish the brass').waitFor();
      await page.locator('mark', { hasText: /lamp/ }).first().waitFor();
      const results = page.locator('main ul a[data-row]');
      const before = await results.count();
      await page.getByRole('button', { name: 'Tasks', pressed: false }).click();
      await page.waitForURL('**/search?q=lamp&kind=action_item');
      await expect.poll(() => results.count()).toBeLessThan(before);
      await page.getByText('Polish the brass').waitFor();
      await page.reload();
      await page.getByRole('button', { name: 'Tasks', pressed: true }).waitFor();
      await page.getByRole('button', { name: 'Everything' }).click();
      await expect.poll(() => results.count()).toBe(before);
    });

    it('says how it understood the query, and takes parts of it back', async () => {
      await page.goto(`${server.url}/search?q=${encodeURIComponent('bridge with Ben this week')}`);
      await page.getByText('Understood as').waitFor();
      await page.getByRole('button', { name: 'Without Ben' }).click();
      await page.getByRole('button', { name: 'Without Ben' }).waitFor({ state: 'detached' });
      expect(await page.getByRole('searchbox').inputValue()).toBe('bridge with this week');
      await page.getByRole('button', { name: /^Without .*\d{4}/ }).click();
      await page.getByText('Understood as').waitFor({ state: 'detached' });
      expect(await page.getByRole('searchbox').inputValue()).toBe('bridge with');
    });
  });

  describe('tasks', () => {
    it('are edited in their place, which can be taken back', async () => {
      await page.goto(`${server.url}/tasks`);
      const field = page
        .locator('li', { has: page.getByRole('checkbox', { name: 'Get two offers for the lamp' }) })
        .getByRole('textbox', { name: 'Edit the task' });
      await field.fill('Get three offers for the lamp');
      await field.press('Enter');
      await expect.poll(tasks).toContain('Get three offers for the lamp');
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(tasks).toContain('Get two offers for the lamp');
    });

    it('are added from what may be one, or refused, which can be taken back', async () => {
      const group = page.locator('section', {
        has: page.getByRole('heading', { name: 'Maybe a task' }),
      });
      const no = group.getByRole('button', { name: 'No task: Ask Ben about the tent' });
      await no.click();
      await no.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Undo' }).click();
      await group.getByRole('button', { name: 'Add: Ask Ben about the tent' }).click();
      await page.getByRole('checkbox', { name: 'Ask Ben about the tent' }).waitFor();
      expect(await tasks()).toContain('Ask Ben about the tent');
      await group.waitFor({ state: 'detached' });
    });

    it('stand by conversation, and show the words that they come from', async () => {
      await page.getByRole('button', { name: 'By conversation' }).click();
      await page.getByRole('heading', { name: 'Planning the spring market' }).waitFor();
      await page
        .locator('li', { has: page.getByRole('checkbox', { name: 'Book the stage' }) })
        .getByRole('button', { name: /Show the words/ })
        .click();
      const passage = page.getByRole('complementary', { name: 'Source' });
      await passage.locator('mark', { hasText: /book the stage/ }).waitFor();
      await passage.getByRole('button', { name: 'Close' }).click();
    });
  });

  describe('memories', () => {
    it('are confirmed or refused, changed and deleted, each of which can be taken back', async () => {
      await page.goto(`${server.url}/memories`);
      await page.getByRole('heading', { name: 'Is this true? (1)' }).waitFor();
      await page.getByRole('button', { name: 'Not true' }).click();
      await expect.poll(contents).not.toContain('Lives in Porto');
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(contents).toContain('Lives in Porto');
      const row = page.locator('li', {
        has: page.getByRole('button', { name: /^What can be done with: Had an/ }),
      });
      await row.getByRole('textbox').fill('Had an operation on the right knee');
      await row.getByRole('textbox').press('Enter');
      await expect.poll(contents).toContain('Had an operation on the right knee');
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(contents).toContain('Had an operation on the left knee in March');
      await page.getByRole('button', { name: /^What can be done with: Had an/ }).click();
      await choose('Delete');
      await expect.poll(contents).not.toContain('Had an operation on the left knee in March');
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(contents).toContain('Had an operation on the left knee in March');
    });

    it('show what was known before, and are found by kind and words', async () => {
      await page.getByRole('button', { name: /^What can be done with: Lives/ }).click();
      await choose('History');
      const sheet = page.getByRole('dialog', { name: 'History' });
      await sheet.getByText('Nothing else was known before.').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('searchbox', { name: 'Find a memory' }).fill('porto');
      await page
        .getByRole('button', { name: /^What can be done with: Had/ })
        .waitFor({ state: 'detached' });
      await page.getByRole('searchbox', { name: 'Find a memory' }).fill('');
      await page.getByRole('button', { name: 'Added by you' }).click();
      await page.getByText('No memory matches.').waitFor();
      await page.getByRole('button', { name: 'All', exact: true }).click();
    });

    it('are all deleted and all brought back', async () => {
      const before = await contents();
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await choose('Delete all memories');
      await expect.poll(contents).toEqual([]);
      await page.getByText('Nothing is known about you yet.').waitFor();
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(async () => (await contents()).sort()).toEqual(before.sort());
    });
  });

  describe('the calendar', () => {
    /** Days to the event of the world. */
    const ahead = daysTo('Tuesday', Date.now());
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
    const goTo = async (days: number, view: string) => {
      const day = inDays(days);
      const pad = (value: number) => String(value).padStart(2, '0');
      const text = `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())}`;
      await page.goto(`${server.url}/calendar?view=${view}&day=${text}`);
    };

    it('lists events for every client, and only those between two times', async () => {
      const events = async (from: number, to: number) => {
        const query = `start_date=${inDays(from).toISOString()}&end_date=${inDays(to).toISOString()}`;
        const { body } = await server.api('GET', `/v1/calendar/events?${query}`);
        return (body as { events: { title: string; conversation_id: string }[] }).events;
      };
      expect(await events(ahead - 2, ahead + 2)).toMatchObject([
        { title: 'Budget of the spring market', conversation_id: 'market', index: 0 },
      ]);
      expect(await events(ahead + 2, 20)).toEqual([]);
      expect(await events(-20, ahead - 2)).toEqual([]);
    });

    it('shows events and due tasks of a month and opens the words of one', async () => {
      await goTo(ahead, 'month');
      const event = page.getByRole('button', {
        name: /^Event, 15:00: Budget of the spring market/,
      });
      await event.click();
      const passage = page.getByRole('complementary', { name: 'Source' });
      await passage.locator('mark', { hasText: /meet on Tuesday/ }).waitFor();
      await page.keyboard.press('Escape');
      await event.and(page.locator(':focus')).waitFor();
    });

    it('goes from month to week and on, and keeps that in the address', async () => {
      await page.getByRole('button', { name: 'Week', exact: true }).click();
      await page.waitForURL('**/calendar?view=week&day=*');
      await page.getByRole('button', { name: /^Event, 15:00: Budget/ }).waitFor();
      await page.getByRole('button', { name: 'Next week' }).click();
      await page
        .getByRole('button', { name: /^Event, 15:00: Budget/ })
        .waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Previous week' }).click();
      await page.getByRole('button', { name: /^Event, 15:00: Budget/ }).waitFor();
      await goTo(1, 'week');
      await page.getByRole('button', { name: /^Task, 15:00: Book the stage/ }).waitFor();
    });

    it('has the things of a chosen day below the month on a phone', async () => {
      await page.setViewportSize(SIZES.phone);
      await goTo(ahead, 'month');
      await page.getByRole('button', { name: /^Event, 15:00: Budget/ }).waitFor();
      await page
        .getByRole('button', { name: /, 1 thing$/ })
        .first()
        .waitFor();
      await page.setViewportSize(SIZES.desktop);
    });

    it('makes an address for other calendar programs and ends it', async () => {
      await page.getByRole('button', { name: 'Calendar address' }).click();
      const sheet = page.getByRole('dialog', { name: 'Calendar address' });
      await sheet.getByRole('button', { name: 'Make an address' }).click();
      const address = await sheet.locator('code').innerText();
      expect(await (await fetch(address)).text()).toContain('Budget of the spring market');
      await sheet.getByRole('button', { name: 'End the address' }).click();
      await sheet.getByRole('button', { name: 'Make an address' }).waitFor();
      expect((await fetch(address)).status).toBe(404);
      await page.keyboard.press('Escape');
    });
  });
});
