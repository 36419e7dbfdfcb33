import { Command } from 'commander';
import { parseCount } from '../src/cli/parse-option.ts';
import {
  conversations,
  emptyStructured,
  makeConversation,
} from '../src/model/conversations/conversation.ts';
import { setup as buildFirst } from '../test/build-first.ts';
import { startTestServer } from '../test/e2e/test-server.ts';
import { launchBrowser, signInByLink } from '../test/fixtures/browser.ts';

const [COUNT] = new Command('npm run measure:scrolling --')
  .description(
    'Scrolls through a timeline of many conversations in a real browser and prints the longest tasks of the page, which is what makes scrolling stutter. Needs Chromium.',
  )
  .argument('[conversations]', 'how many', parseCount(1, 1_000_000), 5_000)
  .parse().processedArgs as [number];
buildFirst();
const BATCH = 200;
const HOUR_MS = 3_600_000;

const [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
try {
  const { store } = server.context;
  const now = Date.now();
  for (let at = 0; at < COUNT; at += BATCH) {
    await store.transact((tx) => {
      for (let index = at; index < Math.min(COUNT, at + BATCH); index += 1) {
        const createdAt = now - index * HOUR_MS;
        const title = `Conversation ${index} about the harbour`;
        const structured = { ...emptyStructured(), title, overview: `${title}. `.repeat(4) };
        const parts = {
          id: `scroll-${index}`,
          createdAt,
          status: 'completed' as const,
          structured,
        };
        tx.create(conversations, server.uid, makeConversation(parts));
      }
    });
  }
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  await signInByLink(page, server);
  await page.goto(`${server.url}/timeline`);
  await page.getByText('Conversation 0 about').first().waitFor();
  await page.evaluate(`{
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.longTasks.push(Math.round(entry.duration));
    }).observe({ type: 'longtask' });
  }`);
  await page.mouse.move(350, 500);
  const last = page.getByText(`Conversation ${COUNT - 1} about`).first();
  const started = performance.now();
  while (!(await last.isVisible()) && performance.now() - started < 300_000) {
    await page.mouse.wheel(0, 3_000);
    await page.waitForTimeout(30);
  }
  const tasks = await page.evaluate<number[]>('window.longTasks');
  const rows = await page.evaluate<number>('document.querySelectorAll("[data-index]").length');
  const seen = await last.isVisible();
  process.stdout.write(
    `${COUNT} conversations, end ${seen ? 'reached' : 'not reached'} in ${Math.round((performance.now() - started) / 1000)} s; rows in the page: ${rows}; long tasks: ${tasks.length}, over 100 ms: ${tasks.filter((ms) => ms > 100).length}, longest: ${Math.max(0, ...tasks)} ms\n`,
  );
} finally {
  await browser.close();
  await server.stop();
}
