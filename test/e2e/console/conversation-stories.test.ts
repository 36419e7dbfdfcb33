import { readFile } from 'node:fs/promises';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../../fixtures/browser.ts';
import type { TestServer } from '../test-server.ts';
import { type OpenConsole, openConsole } from './open-console.ts';

interface StoredConversation {
  structured: { title: string; overview: string };
  folder_id: string | null;
  visibility: string;
  transcript_segments: { id: string; text: string; person_id: string | null; is_user: boolean }[];
}

describe.skipIf(!hasBrowser)('a conversation in the console', () => {
  let opened: OpenConsole;
  let server: TestServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    opened = await openConsole();
    ({ server, browser, page } = opened);
    await page.goto(`${server.url}/timeline/market`);
    await page.getByText('The bridge is closed until the tenth').waitFor();
  });
  afterAll(() => opened?.close());

  const stored = async (id = 'market') =>
    (await server.api('GET', `/v1/conversations/${id}`)).body as StoredConversation;
  /** Who speaks in each part: `me`, the id of a person, or null. */
  const speakers = async () =>
    (await stored()).transcript_segments.map(({ is_user, person_id }) =>
      is_user ? 'me' : person_id,
    );
  const turn = (text: RegExp) => page.locator('li', { hasText: text });
  const more = () => page.locator('article header').getByRole('button', { name: 'More' });
  const choose = async (item: string) => {
    await page.getByRole('menuitem', { name: item }).click();
    await page.getByRole('menu').waitFor({ state: 'detached' });
  };

  it('gives all words of a speaker to a person, and takes it back', async () => {
    const before = await speakers();
    await turn(/brass band/)
      .getByRole('button', { name: 'Say who Ben is' })
      .click();
    const sheet = page.getByRole('dialog', { name: 'Who is this?' });
    await sheet.getByLabel('Everything this speaker says (3 parts)').waitFor();
    await sheet.getByRole('button', { name: /^Omar/ }).click();
    await sheet.waitFor({ state: 'detached' });
    await expect.poll(speakers).toEqual(before.map((who) => (who === 'ben' ? 'omar' : who)));
    expect(await turn(/brass band/).innerText()).toContain('Omar');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(speakers).toEqual(before);
    await turn(/brass band/)
      .getByText('Ben', { exact: true })
      .waitFor();
  });

  it('names a new person for one part alone, by keyboard', async () => {
    const before = await speakers();
    await turn(/savings bank again/)
      .getByRole('button', { name: 'Say who Mila is' })
      .focus();
    await page.keyboard.press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Who is this?' });
    await sheet.getByRole('textbox', { name: 'Find or add a person' }).fill('Wanda');
    await sheet.getByRole('button', { name: 'Add “Wanda”' }).waitFor();
    await sheet.getByLabel('Only this part').check();
    await sheet.getByRole('textbox', { name: 'Find or add a person' }).press('Enter');
    await sheet.waitFor({ state: 'detached' });
    const people = (await server.api('GET', '/v1/users/people')).body as {
      id: string;
      name: string;
    }[];
    const wanda = people.find(({ name }) => name === 'Wanda')?.id ?? 'nobody';
    await expect.poll(speakers).toEqual(before.map((who, at) => (at === 6 ? wanda : who)));
    // The focus is back where it was.
    await turn(/savings bank again/)
      .getByRole('button', { name: 'Say who Wanda is' })
      .and(page.locator(':focus'))
      .waitFor();
  });

  it('says that a speaker is the user', async () => {
    await turn(/savings bank again/)
      .getByRole('button', { name: 'Say who Wanda is' })
      .click();
    const sheet = page.getByRole('dialog', { name: 'Who is this?' });
    await sheet.getByRole('button', { name: 'This is me' }).click();
    await sheet.waitFor({ state: 'detached' });
    await expect.poll(async () => (await speakers())[6]).toBe('me');
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await speakers())[6]).not.toBe('me');
  });

  it('shows the words behind a sentence of its overview, and goes there', async () => {
    const overview = page.getByRole('region', { name: 'Overview' });
    const marks = overview.getByRole('button', { name: /^Show the words/ });
    // The last sentence has no source.
    await expect.poll(() => marks.count()).toBe(2);
    const marked = () => page.locator('mark').allInnerTexts();
    await marks.nth(1).hover();
    const shown = page.getByRole('tooltip');
    await expect.poll(() => shown.textContent()).toMatch(/You.*0:00.*bridge is closed/);
    await expect.poll(() => shown.textContent()).toMatch(/Ben.*0:06.*brass band/);
    await expect
      .poll(marked)
      .toEqual([expect.stringMatching(/bridge is closed/), expect.stringMatching(/brass band/)]);
    await page.locator('#conversation-title').hover();
    await expect.poll(marked).toEqual([]);

    await marks.nth(0).focus();
    await expect.poll(() => shown.textContent()).toMatch(/book the stage/);
    await page.keyboard.press('Enter');
    // The keyboard goes on at the words.
    await expect
      .poll(() => page.evaluate('document.activeElement?.textContent'))
      .toMatch(/book the stage/);
    await expect
      .poll(marked)
      .toEqual([expect.stringMatching(/book the stage/), expect.stringMatching(/stall holders/)]);
  });

  it('keeps the marks of the sentences that an edit leaves', async () => {
    const overview = page.getByRole('region', { name: 'Overview' });
    const marks = overview.getByRole('button', { name: /^Show the words/ });
    const { overview: before } = (await stored()).structured;
    await page.getByRole('button', { name: 'Edit the overview' }).click();
    const field = page.getByRole('textbox', { name: 'Edit the overview' });
    await field.fill(`All went well. ${before.slice(before.indexOf('The market'))}`);
    await field.press('Control+Enter');
    await expect.poll(() => marks.count()).toBe(1);
    await marks.first().hover();
    await expect.poll(() => page.getByRole('tooltip').textContent()).toMatch(/bridge is closed/);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => marks.count()).toBe(2);
  });

  it('edits the overview and the words in their place, and takes both back', async () => {
    const before = await stored();
    await page.getByRole('button', { name: 'Edit the overview' }).click();
    const field = page.getByRole('textbox', { name: 'Edit the overview' });
    await field.fill('The market moves to May.\nThe budget is open.');
    await field.press('Control+Enter');
    await expect
      .poll(async () => (await stored()).structured.overview)
      .toBe('The market moves to May.\nThe budget is open.');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect
      .poll(async () => (await stored()).structured.overview)
      .toBe(before.structured.overview);

    await turn(/brass band/)
      .getByRole('button', { name: /^What can be done with the part/ })
      .click();
    await choose('Edit the words');
    const words = page.getByRole('textbox', { name: 'Edit the words' });
    await words.fill('Then the second weekend in May. The brass band is free.');
    await words.press('Enter');
    await turn(/The brass band is free/).waitFor();
    await expect
      .poll(async () => (await stored()).transcript_segments[1]?.text)
      .toBe('Then the second weekend in May. The brass band is free.');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect
      .poll(async () => (await stored()).transcript_segments[1]?.text)
      .toBe(before.transcript_segments[1]?.text);
    // Escape changes nothing.
    await turn(/brass band/)
      .getByRole('button', { name: /^What can be done with the part/ })
      .click();
    await choose('Edit the words');
    await words.fill('Nonsense');
    await words.press('Escape');
    await turn(/brass band, they are free/).waitFor();
  });

  it('finds words in the transcript and goes from place to place', async () => {
    const field = page.getByRole('searchbox', { name: 'Find in the transcript' });
    await field.fill('tuesday');
    await page.getByText('1 of 2').waitFor();
    await page.locator('mark', { hasText: /meet on Tuesday/ }).waitFor();
    await field.press('Enter');
    await page.locator('mark', { hasText: /before Tuesday/ }).waitFor();
    await field.fill('zebra');
    await page.getByText('Not found').waitFor();
    await field.fill('');
  });

  it('makes a link that a stranger can read, and ends it', async () => {
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    const sheet = page.getByRole('dialog', { name: 'Share' });
    await sheet.getByRole('button', { name: 'Make a link' }).click();
    const link = await sheet.locator('code').innerText();
    expect(link).toBe(`${server.url}/shared/conversations/market`);
    const stranger = await browser.newPage();
    await stranger.goto(link);
    await stranger.getByText('second weekend in May', { exact: false }).first().waitFor();
    expect(await stranger.locator('body').innerText()).toContain('Ben');
    expect(await stranger.locator('body').innerText()).not.toContain('Book the stage and');
    await sheet.getByRole('button', { name: 'End the link' }).click();
    await sheet.getByText('Only you can read this conversation.').waitFor();
    expect((await stranger.goto(link))?.status()).toBe(404);
    await stranger.close();
    await page.keyboard.press('Escape');
    expect((await stored()).visibility).toBe('private');
  });

  it('saves it as Markdown, text, captions and JSON with the names of the speakers', async () => {
    const textOf = async (item: string): Promise<{ name: string; text: string }> => {
      await more().click();
      const [file] = await Promise.all([page.waitForEvent('download'), choose(item)]);
      return {
        name: (file as Download).suggestedFilename(),
        text: await readFile(await file.path(), 'utf8'),
      };
    };
    const markdown = await textOf('Download Markdown');
    expect(markdown.name).toBe('Planning the spring market.md');
    expect(markdown.text).toContain('- [ ] Book the stage and the sound system');
    expect(markdown.text).toContain('**Ben:** Then the second weekend');
    const srt = await textOf('Download captions (SRT)');
    expect(srt.text).toMatch(/^1\n00:00:00,000 --> 00:00:05,\d{3}\nYou: So, the spring market\./);
    const vtt = await textOf('Download captions (VTT)');
    expect(vtt.text).toMatch(/^WEBVTT\n\n00:00:00\.000 --> 00:00:05\.\d{3}\n<v You>So, the/);
    expect((await textOf('Download text')).text).toContain('[00:00:06] Ben: Then the second');
    const json = JSON.parse((await textOf('Download JSON')).text) as StoredConversation;
    expect(json.structured.title).toBe('Planning the spring market');
  });

  it('moves it into a folder and out again', async () => {
    const { body } = await server.api('POST', '/v1/folders', { name: 'Town', color: '#0b5c94' });
    const { id } = body as { id: string };
    const folder = page.locator('article header').getByRole('combobox', { name: 'Folder' });
    await folder.getByRole('option', { name: 'Town' }).waitFor({ state: 'attached' });
    await folder.selectOption('Town');
    await expect.poll(async () => (await stored()).folder_id).toBe(id);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await stored()).folder_id).toBeNull();
  });

  it('becomes two at a part, after a question', async () => {
    await turn(/meet on Tuesday/)
      .getByRole('button', { name: /^What can be done with the part/ })
      .click();
    await choose('Split here');
    const sheet = page.getByRole('dialog', { name: 'Split the conversation' });
    await sheet.getByText(/Let's meet on Tuesday/).waitFor();
    await sheet.getByRole('button', { name: 'Split here' }).click();
    await sheet.waitFor({ state: 'detached' });
    await expect.poll(async () => (await stored()).transcript_segments.length).toBe(5);
    await turn(/meet on Tuesday/).waitFor({ state: 'detached' });
  });
});
