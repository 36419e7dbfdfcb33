import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  conversationVoiceId,
  conversationVoices,
} from '../../../src/model/people/conversation-voice.ts';
import { unknownVoices } from '../../../src/model/people/unknown-voice.ts';
import { hasBrowser, launchBrowser, microphoneOf } from '../../fixtures/browser.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { RUNNING_BACKUP, VOICE_MATCHES } from './console-screens.ts';
import { fillConsoleWorld } from './console-world.ts';
import { KeyboardUser } from './keyboard-user.ts';

const MODELS = fileURLToPath(new URL('../../fixtures/local-models/', import.meta.url));
/** "Can you call Omar today? Yes, I will call Omar at noon. Good." in two voices. */
const SPEECH = `${MODELS}speech/dialogue-1.wav`;
const VECTOR = Buffer.from(Float32Array.from([0.6, 0.8, 0, 0]).buffer).toString('base64');

describe.skipIf(!hasBrowser)('the console by keyboard alone', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  let user: KeyboardUser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startTestServer({ STT_LOCAL_MODEL: `${MODELS}tiny-en-streaming` }),
      launchBrowser(microphoneOf(SPEECH)),
    ]);
    await server.api('POST', '/v1/users/store-recording-permission?value=true');
    await fillConsoleWorld(server.context.store, server.uid, Date.now());
    await addUnknownVoices(server);
    const context = await browser.newContext({ locale: 'en-GB', permissions: ['microphone'] });
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    user = new KeyboardUser(page);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** Goes to a screen by the keys `g` and a letter. */
  async function goTo(key: string, heading: string): Promise<void> {
    await user.press('Escape', 'g', key);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor({ state: 'attached' });
  }

  it('signs in, records, opens the conversation, renames it and plays from a word', async () => {
    await page.goto(`${server.url}/welcome`);
    await page.getByLabel('Token').waitFor();
    await user.tabTo(/^Token/);
    await user.type(server.token);
    await user.press('Enter');
    await page.getByRole('button', { name: 'Record' }).waitFor();
    await user.press('r');
    await expect.poll(() => user.focused()).toBe('Record');
    await user.press('Enter');
    await page.getByText(/call Omar at noon/i).waitFor();
    await expect.poll(() => user.focused()).toBe('End');
    await user.press('Enter');
    await page.getByRole('link', { name: 'Open it' }).waitFor();
    await user.tabTo(/^Open it/);
    await user.press('Enter');
    await page.waitForURL('**/timeline/*');
    await page.getByRole('region', { name: 'Recording' }).waitFor();
    await user.press('e', 'Control+a');
    await user.type('A call to Omar');
    await user.press('Enter');
    await page.getByRole('link', { name: /A call to Omar/ }).waitFor();
    await user.tabTo(/^Can you call Omar/);
    await user.press('ArrowRight', 'ArrowRight', 'ArrowRight', 'Enter');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.locator('[data-chosen]', { hasText: /call/i }).waitFor();
  }, 180_000);

  it('searches, and jumps to the words that were found', async () => {
    await user.press('Escape', '/');
    await expect.poll(() => user.focused()).toMatch(/^Search everything/);
    await user.type('insurance');
    await page
      .getByText(/insurance/)
      .first()
      .waitFor();
    await user.press('ArrowDown', 'Enter');
    await page.waitForURL('**/timeline/market?segment=market-5');
    await page.locator('mark', { hasText: /insurance/ }).waitFor();
    await expect.poll(() => user.focused()).toMatch(/insurance has become/);
  });

  it('asks, and follows a citation to its words', async () => {
    await goTo('a', 'Ask');
    await user.tabTo(/^Ask about/);
    await user.type('What about the bridge?');
    await user.press('Enter');
    await expect.poll(() => page.getByRole('log').getAttribute('aria-busy')).toBe('false');
    await expect.poll(() => user.focused()).toMatch(/^Ask about/);
    const sources = page.getByRole('region', { name: 'Sources' });
    await expect.poll(() => sources.count()).toBeGreaterThan(1);
    // Back from the box, over files, the scope and the thumbs, to the last source.
    for (let back = 0; back < 6; back += 1) await page.keyboard.press('Shift+Tab');
    await expect.poll(() => user.focused()).toMatch(/^\[\d+\]/);
    await user.press('Enter');
    const passage = page.getByRole('complementary', { name: 'Source' });
    await passage.locator('mark').first().waitFor();
    await expect.poll(() => user.focused()).toBe('Source');
    expect(page.url()).toMatch(/\/ask$/);
    await user.press('Escape');
    await passage.waitFor({ state: 'detached' });
    await expect.poll(() => user.focused()).toMatch(/^\[\d+\]/);
    await user.press('Enter');
    await user.tabTo(/^Open the conversation/);
    await user.press('Enter');
    await page.waitForURL('**/timeline/*?segment=*');
    await page.locator('mark').first().waitFor();
  });

  it('adds, ticks and deletes a task, takes both back, and keeps the focus', async () => {
    await goTo('k', 'Tasks');
    await user.tabTo(/^Add a task/);
    await user.type('Water the lemon tree');
    await user.press('Enter');
    await page.getByText('Water the lemon tree').waitFor();
    await user.tabTo(/^Book the stage/);
    await user.press('Space');
    await page.getByText('Task done').waitFor();
    await page.getByText('Book the stage and the sound system').waitFor({ state: 'detached' });
    await expect.poll(() => user.hasFocus()).toBe(true);
    await user.press('Control+z');
    await page.getByText('Book the stage and the sound system').waitFor();
    await user.tabTo(/^Delete: Water the lemon tree/);
    await user.press('Enter');
    await page.getByText('Task deleted').waitFor();
    await page.getByText('Water the lemon tree').waitFor({ state: 'detached' });
    await expect.poll(() => user.hasFocus()).toBe(true);
    await user.press('Control+z');
    await page.getByText('Water the lemon tree').waitFor();
  });

  it('makes and revokes a token', async () => {
    await goTo('i', 'Apps');
    await user.tabTo(/^Name of a new key for a program/);
    await user.type('Kitchen display');
    await user.press('Enter');
    await page.getByRole('button', { name: 'Revoke Kitchen display' }).waitFor();
    await page.locator('code', { hasText: /^omi_/ }).first().waitFor();
    await page.keyboard.press('Shift+Tab');
    await expect.poll(() => user.focused()).toBe('Revoke Kitchen display');
    await user.press('Enter');
    await page.getByText('Kitchen display').waitFor({ state: 'detached' });
    await expect.poll(() => user.hasFocus()).toBe(true);
  });

  it('names a voice that was not known, ignores another, and takes that back', async () => {
    await goTo('p', 'People');
    await page.getByText('Not known yet').waitFor();
    await user.tabTo(/^Name this voice/);
    await user.type('Wanda');
    await user.press('Enter');
    await page.getByRole('textbox', { name: 'Name', exact: true }).first().waitFor();
    await expect
      .poll(async () => (await server.api('GET', '/v1/users/people')).body)
      .toContainEqual(expect.objectContaining({ name: 'Wanda' }));
    await expect.poll(() => page.getByRole('button', { name: 'Ignore' }).count()).toBe(1);
    await expect.poll(() => user.hasFocus()).toBe(true);
    await user.tabTo(/^Ignore/);
    await user.press('Enter');
    await page.getByText('Not known yet').waitFor({ state: 'detached' });
    await expect.poll(() => user.hasFocus()).toBe(true);
    await user.press('Control+z');
    await page.getByText('Not known yet').waitFor();
  });

  it('opens the voices that sound like a person, accepts one and takes that back', async () => {
    await page.route('**/v1/users/people/*/voice-matches', (route) =>
      route.fulfill({ json: VOICE_MATCHES }),
    );
    await goTo('p', 'People');
    await page
      .getByRole('button', { name: /^May also be heard in/ })
      .first()
      .waitFor();
    await user.tabTo(/^May also be heard in/);
    await user.press('Enter');
    await page.getByRole('link', { name: 'Choir rehearsal' }).waitFor();
    await user.tabTo(/^Yes, this is .*: Choir/);
    await user.press('Enter');
    await page.getByText(/^Named: /).waitFor();
    await expect.poll(() => user.hasFocus()).toBe(true);
    await user.press('Control+z');
    await page.unroute('**/v1/users/people/*/voice-matches');
  });

  it('makes a backup of the server, stops one that runs, and keeps the focus', async () => {
    let isRunning = false;
    const asked: string[] = [];
    await page.route('**/v1/server/backup', (route) => {
      const method = route.request().method();
      asked.push(method);
      if (method !== 'GET') isRunning = method === 'POST';
      const json = { ...RUNNING_BACKUP, state: isRunning ? 'running' : 'none' };
      return route.fulfill({ json: method === 'DELETE' ? { status: 'ok' } : json });
    });
    await goTo('e', 'Settings');
    await page.getByRole('button', { name: 'Make a backup' }).waitFor();
    await user.tabTo(/^Make a backup/, 200);
    await user.press('Enter');
    await page.getByRole('progressbar').waitFor();
    await expect.poll(() => user.hasFocus()).toBe(true);
    await user.tabTo(/^Stop/, 200);
    await user.press('Enter');
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
    await expect.poll(() => user.hasFocus()).toBe(true);
    expect(asked).toContain('POST');
    expect(asked).toContain('DELETE');
    await page.unroute('**/v1/server/backup');
  });

  it('deletes a conversation and takes it back', async () => {
    await goTo('t', 'Timeline');
    // In the first hours of a day, talks of the world that are told to be of today stand above it.
    for (let row = 0; row < 5 && !/A call to Omar/.test(await user.focused()); row += 1) {
      await user.press('j');
    }
    await user.press('Enter');
    await page.waitForURL('**/timeline/*');
    await user.tabTo(/^Delete/);
    await user.press('Enter');
    await page.getByText('Conversation deleted').waitFor();
    await expect.poll(() => user.hasFocus()).toBe(true);
    await page.getByRole('link', { name: /A call to Omar/ }).waitFor({ state: 'detached' });
    await user.press('Control+z');
    await page.getByRole('link', { name: /A call to Omar/ }).waitFor();
  });

  it('opens the list of keys and closes it, and skips to the content', async () => {
    await user.press('Escape', '?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await user.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await user.tabTo(/^Skip to the content/);
    await user.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
  });
});

/** Two voices of the world's talks that nobody has named. */
async function addUnknownVoices({ context: { store }, uid }: TestServer): Promise<void> {
  const now = Date.now();
  const heard = [
    ['lighthouse', 2],
    ['physio', 1],
  ] as const;
  await store.transact((tx) => {
    for (const [index, [conversationId, speaker]] of heard.entries()) {
      const unknown = `voice-${index}`;
      tx.create(unknownVoices, uid, {
        id: unknown,
        model: 'test',
        ignoredAt: null,
        createdAt: now,
        lastHeardAt: now - index,
      });
      tx.create(conversationVoices, uid, {
        id: conversationVoiceId(conversationId, speaker),
        conversationId,
        speaker,
        model: 'test',
        vectors: [{ vector: VECTOR, speechMs: 8_000 }],
        speechMs: 8_000,
        clip: { startAt: now, endAt: now + 3_000 },
        recognised: null,
        rejected: [],
        ignoredAt: null,
        unknownVoiceId: unknown,
        createdAt: now,
        updatedAt: now,
      });
    }
  });
}
