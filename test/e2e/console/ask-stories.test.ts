import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../../fixtures/browser.ts';
import type { TestServer } from '../test-server.ts';
import { SIZES } from './console-screens.ts';
import { type OpenConsole, openConsole } from './open-console.ts';

const MODELS = fileURLToPath(new URL('../../fixtures/local-models/', import.meta.url));
/** "Can you call Omar today? Yes, I will call Omar at noon. Good." in two voices. */
const SPEECH = `${MODELS}speech/dialogue-1.wav`;

interface Chat {
  id: string;
  title: string;
}

describe.skipIf(!hasBrowser)('asking in the console', () => {
  let opened: OpenConsole;
  let server: TestServer;
  let page: Page;
  let folder = '';

  beforeAll(async () => {
    const env = { STT_LOCAL_MODEL: `${MODELS}tiny-en-streaming` };
    opened = await openConsole({ env, microphone: SPEECH });
    ({ server, page } = opened);
    const { body } = await server.api('POST', '/v1/folders', { name: 'Shore' });
    folder = (body as { id: string }).id;
    const move = { conversation_ids: ['lighthouse'] };
    await server.api('POST', `/v1/folders/${folder}/conversations/bulk-move`, move);
  });
  afterAll(() => opened?.close());

  const log = () => page.getByRole('log');
  const ask = async (question: string) => {
    const field = page.getByRole('textbox', { name: /^Ask about/ });
    await field.fill(question);
    await field.press('Enter');
    await log().getByText(question, { exact: true }).last().waitFor();
    await page.locator('[role=log][aria-busy=false]').waitFor();
  };
  const chats = async () => (await server.api('GET', '/v2/chat-sessions')).body as Chat[];
  const scope = () => page.getByRole('combobox', { name: 'About' });
  const chosen = () => scope().locator('option:checked').textContent();

  it('asks about one folder alone, until everything is asked about again', async () => {
    await page.goto(`${server.url}/ask?chat=new`);
    await scope().selectOption({ label: 'Shore' });
    await page.waitForURL(`**/ask?chat=new&folder=${folder}`);
    await ask('Who books the stage for the market?');
    await log()
      .getByText('I found nothing about that in the conversations of the folder')
      .waitFor();
    await page.getByRole('button', { name: 'Ask about everything' }).click();
    await expect.poll(chosen).toBe('everything');
    await ask('Who books the stage and the sound system?');
    await log().getByRole('region', { name: 'Sources' }).waitFor();
  });

  it('comes from a folder and from a person to questions about them', async () => {
    await page.goto(`${server.url}/timeline?folder=${folder}`);
    await page.getByRole('link', { name: 'Ask about the folder Shore' }).click();
    await page.waitForURL(`**/ask?folder=${folder}`);
    await expect.poll(chosen).toBe('Shore');
    await page.goto(`${server.url}/timeline/market`);
    await page.getByRole('button', { name: 'Say who Ben is' }).first().click();
    await page.getByRole('dialog').getByRole('link', { name: 'Ask about Ben' }).click();
    await page.waitForURL('**/ask?person=*');
    await expect.poll(chosen).toBe('Ben');
  });

  it('names a chat by its first question, renames it, and brings it back once deleted', async () => {
    const before = (await chats()).map(({ id }) => id);
    await page.goto(`${server.url}/ask`);
    await page.getByRole('link', { name: 'New chat' }).click();
    await page.waitForURL('**/ask?chat=new');
    await ask('What about the brass band and the bridge?');
    await expect.poll(async () => (await chats()).length).toBe(before.length + 1);
    const made = (await chats()).find(({ id }) => !before.includes(id));
    await page.waitForURL(`**/ask?chat=${made?.id}`);
    const list = page.getByRole('navigation', { name: 'Chats' });
    await list.getByRole('link', { name: /^What about the brass band and/ }).waitFor();
    const title = page.getByRole('textbox', { name: 'Name of the chat' });
    await title.fill('Music');
    await title.press('Enter');
    await expect.poll(async () => (await chats()).map((chat) => chat.title)).toContain('Music');
    await list.getByRole('button', { name: 'Delete the chat Music' }).click();
    await page.waitForURL(`${server.url}/ask`);
    await expect.poll(async () => (await chats()).length).toBe(before.length);
    await page.getByRole('button', { name: 'Undo' }).click();
    await list.getByRole('link', { name: /^Music/ }).click();
    await log().getByText('What about the brass band and the bridge?').waitFor();
  });

  it('shows the chats in a sheet on a phone', async () => {
    await page.setViewportSize(SIZES.phone);
    await page.goto(`${server.url}/ask`);
    await page.getByRole('button', { name: 'Chats' }).click();
    const sheet = page.getByRole('dialog', { name: 'Chats' });
    await sheet.getByRole('link', { name: /^Music/ }).click();
    await sheet.waitFor({ state: 'detached' });
    await log().getByText('What about the brass band and the bridge?').waitFor();
    await page.setViewportSize(SIZES.desktop);
  });

  it('answers from a file that comes with the question', async () => {
    await page.goto(`${server.url}/ask?chat=new`);
    await page.locator('input[type=file]').setInputFiles({
      name: 'ferry.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('The ferry to the island leaves at noon.'),
    });
    const files = page.getByRole('list', { name: 'Files of the question' });
    await files.getByText('ferry.txt').waitFor();
    await files.getByLabel('Uploading').waitFor({ state: 'detached' });
    await ask('When does the ferry leave?');
    await log().getByText('The ferry to the island leaves at noon.').waitFor();
    await log().getByText('ferry.txt', { exact: true }).waitFor();
    await files.waitFor({ state: 'detached' });
  });

  it('asks what was spoken, and shows it as it was heard', async () => {
    await page.goto(`${server.url}/ask?chat=new`);
    await page.getByRole('button', { name: 'Ask by voice' }).click();
    await page.getByText('Listening. Say your question.').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('textbox', { name: /^Ask about/ }).waitFor();
    await page.getByRole('button', { name: 'Ask by voice' }).click();
    await page.getByText('0:06', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await log()
      .getByText(/call Omar/i)
      .first()
      .waitFor({ timeout: 60_000 });
    await page.waitForURL(/chat=(?!new)/);
  }, 180_000);
});
