import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeMessage, messages } from '../../../src/model/chat/message.ts';
import { conversations } from '../../../src/model/conversations/conversation.ts';
import { memories } from '../../../src/model/memory.ts';
import { people } from '../../../src/model/people/person.ts';
import { actionItems } from '../../../src/model/tasks/action-item.ts';
import {
  encodeTranscript,
  loadTranscript,
  writeTranscript,
} from '../../../src/transcripts/transcript.ts';
import { hasBrowser, launchBrowser, signInByLink } from '../../fixtures/browser.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { openScreen, type Screen } from './console-screens.ts';
import { fillConsoleWorld } from './console-world.ts';

/** Markup that would show itself as an element, and run if it could. */
const MARKUP =
  '<img src=x onerror="document.title=\'run\'"><b class="seeded">bold</b><script>document.title="run"</script>';
const FIRST_LOAD_BYTES = 200_000;
const CONSOLE = join(import.meta.dirname, '../../../dist/console');

const SCREENS: Screen[] = [
  { name: 'timeline', path: 'timeline', ready: /class="seeded"/ },
  { name: 'conversation', path: 'timeline/market', ready: /class="seeded"/ },
  { name: 'failed', path: 'timeline/failed', ready: /class="seeded"/ },
  { name: 'ask', path: 'ask', ready: /class="seeded"/ },
  { name: 'tasks', path: 'tasks', ready: /class="seeded"/ },
  { name: 'memories', path: 'memories', ready: /class="seeded"/ },
  { name: 'people', path: 'people', ready: 'No voice sample yet' },
  { name: 'apps', path: 'apps', ready: /class="seeded"/ },
  { name: 'search', path: 'search?q=bridge', ready: /class="seeded"/ },
];

describe.skipIf(!hasBrowser)('the console with what others have written', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
    await fillConsoleWorld(server.context.store, server.uid, Date.now());
    await seedMarkup(server);
    page = await browser.newPage({ locale: 'en-GB' });
    page.on('request', (request) => {
      const { protocol } = new URL(request.url());
      if (protocol !== 'data:' && protocol !== 'blob:' && !request.url().startsWith(server.url)) {
        problems.push(`foreign request ${request.url()}`);
      }
    });
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) problems.push(message.text());
    });
    await signInByLink(page, server);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it.each(SCREENS.map((screen) => [screen.name, screen] as const))(
    'shows markup as text: %s',
    async (_name, screen) => {
      await openScreen(page, server.url, screen);
      expect(await page.locator('.seeded, img[src="x"], main script').count()).toBe(0);
      expect(await page.title()).not.toBe('run');
    },
    60_000,
  );

  it('asks no other host and breaks no rule of its security policy on any screen', () => {
    expect(problems).toEqual([]);
  });

  it('has a policy that allows neither inline scripts nor eval nor other hosts', async () => {
    const response = await fetch(`${server.url}/`, { headers: { accept: 'text/html' } });
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it('is built for production and tells nothing of the machine that built it', async () => {
    const folder = join(CONSOLE, 'assets');
    const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js'));
    const texts = await Promise.all(scripts.map((name) => readFile(join(folder, name), 'utf8')));
    expect(texts.filter((text) => text.includes('jsxDEV('))).toEqual([]);
    expect(texts.filter((text) => text.includes(join(CONSOLE, '../..')))).toEqual([]);
  });

  it('loads less than 200 kB before the first screen, compressed', async () => {
    const sizes: string[] = [];
    const loaded = await browser.newPage({ locale: 'en-GB' });
    loaded.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.includes('/assets/') || pathname === '/welcome') sizes.push(pathname);
    });
    await loaded.goto(`${server.url}/welcome`);
    await loaded.getByRole('button', { name: 'Sign in' }).waitFor();
    await loaded.close();
    const files = await readdir(join(CONSOLE, 'assets'));
    let total = 0;
    for (const name of new Set(sizes.map((path) => path.split('/').at(-1) ?? ''))) {
      if (!files.includes(name)) continue;
      const bytes = await readFile(join(CONSOLE, 'assets', name));
      total += name.endsWith('.woff2') ? 0 : gzipSync(bytes).length;
    }
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThan(FIRST_LOAD_BYTES);
  });
});

/** Puts markup into every text that the console shows. */
async function seedMarkup({ context, uid, api }: TestServer): Promise<void> {
  const { store } = context;
  const conversation = await store.find(conversations, uid, 'market');
  if (!conversation) throw new Error('The world has no market.');
  const segments = await loadTranscript(store, uid, conversation);
  const marked = segments.map((segment) => ({ ...segment, text: `${MARKUP} ${segment.text}` }));
  const chunks = await encodeTranscript('market', marked);
  const { structured } = conversation;
  await store.transact(async (tx) => {
    const transcriptChunks = writeTranscript(tx, uid, conversation, chunks);
    tx.patch(conversations, uid, 'market', {
      transcriptChunks,
      appsResults: [{ appId: null, content: MARKUP }],
      structured: {
        ...structured,
        title: MARKUP,
        overview: MARKUP,
        emoji: '<b class="seeded">',
        actionItems: structured.actionItems.map((item) => ({ ...item, description: MARKUP })),
        events: structured.events.map((event) => ({ ...event, title: MARKUP })),
      },
    });
    const answer = makeMessage({
      id: 'seeded',
      createdAt: Date.now(),
      text: `**${MARKUP}**\n\n- ${MARKUP}`,
      sender: 'ai',
    });
    tx.create(messages, uid, answer);
    tx.patch(actionItems, uid, 'market-task-0', { description: MARKUP });
    tx.patch(people, uid, 'ben', { name: MARKUP });
  });
  const request = { query: 'recent', limit: 1 } as const;
  const { items } = await store.query(memories, uid, request);
  for (const { id } of items) {
    await store.transact((tx) => tx.patch(memories, uid, id, { content: MARKUP }));
  }
  await api('POST', '/v1/dev/keys', { name: MARKUP });
  await api('POST', '/v1/folders', { name: MARKUP.slice(0, 60) });
  const failed = await store.find(conversations, uid, 'failed');
  if (!failed) throw new Error('The world has no failed talk.');
  const processing = { ...failed.processing, failureReason: MARKUP };
  await store.transact(async (tx) => tx.patch(conversations, uid, 'failed', { processing }));
}
