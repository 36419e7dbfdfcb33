import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../../fixtures/browser.ts';
import type { TestServer } from '../test-server.ts';
import { type OpenConsole, openConsole } from './open-console.ts';

describe.skipIf(!hasBrowser)('people and settings in the console', () => {
  let opened: OpenConsole;
  let server: TestServer;
  let page: Page;

  beforeAll(async () => {
    opened = await openConsole();
    ({ server, page } = opened);
  });
  afterAll(() => opened?.close());

  const get = async (path: string) => (await server.api('GET', path)).body;
  const people = async () =>
    ((await get('/v1/users/people')) as { name: string }[]).map(({ name }) => name);
  const speakersOf = async (id: string) => {
    const talk = (await get(`/v1/conversations/${id}`)) as {
      transcript_segments: { person_id: string | null }[];
    };
    return new Set(talk.transcript_segments.map(({ person_id }) => person_id));
  };

  it('renames a person', async () => {
    await page.goto(`${server.url}/people`);
    const row = page.locator('li', { has: page.getByRole('button', { name: 'Remove Omar' }) });
    await row.getByRole('textbox', { name: 'Name', exact: true }).fill('Omar the keeper');
    await row.getByRole('textbox', { name: 'Name', exact: true }).press('Enter');
    await expect.poll(people).toContain('Omar the keeper');
  });

  it('makes one person of two in all conversations', async () => {
    expect(await speakersOf('market')).toEqual(new Set([null, 'ben', 'mila']));
    await page.getByRole('button', { name: 'Mila is the same as …' }).click();
    const sheet = page.getByRole('dialog', { name: 'Mila is the same as …' });
    await sheet.getByRole('radio', { name: 'Ben' }).check();
    await sheet.getByRole('button', { name: 'Merge' }).click();
    await sheet.waitFor({ state: 'detached' });
    await expect.poll(people).not.toContain('Mila');
    expect(await speakersOf('market')).toEqual(new Set([null, 'ben']));
    expect(await speakersOf('lighthouse')).toEqual(new Set([null, 'ben']));
    await page.getByRole('button', { name: 'Remove Mila' }).waitFor({ state: 'detached' });
  });

  it('keeps name, words to know, voices and the hour of the daily summary', async () => {
    await page.goto(`${server.url}/settings`);
    const save = async (name: string, text: string) => {
      const field = page.getByRole('textbox', { name, exact: true });
      await field.fill(text);
      await field.press('Enter');
    };
    await page.getByRole('textbox', { name: 'Words to know' }).waitFor();
    await save('Your name', 'Anna');
    await save('Words to know', 'Zaventem, Xerxes, Zaventem');
    await page.getByRole('combobox', { name: 'At', exact: true }).selectOption('7');
    await page.getByRole('checkbox', { name: 'Learn the voices of others' }).uncheck();
    await expect.poll(() => get('/v1/users/profile')).toMatchObject({ name: 'Anna' });
    await expect
      .poll(() => get('/v1/users/transcription-preferences'))
      .toMatchObject({ vocabulary: ['Zaventem', 'Xerxes'] });
    await expect.poll(() => get('/v1/users/daily-summary-settings')).toMatchObject({ hour: 7 });
    await expect
      .poll(() => get('/v1/users/voice-profile-settings'))
      .toMatchObject({ save_other_voice_profiles: false });
    await save('Words to know', '');
    await expect
      .poll(() => get('/v1/users/transcription-preferences'))
      .toMatchObject({ vocabulary: [] });
    // What was saved is shown again.
    await page.reload();
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Your name' }).inputValue())
      .toBe('Anna');
    await expect
      .poll(() => page.getByRole('combobox', { name: 'At', exact: true }).inputValue())
      .toBe('7');
  });

  it('shows memories of a conversation, and says that nothing was transcribed again', async () => {
    await page.goto(`${server.url}/timeline/market`);
    await page.getByRole('link', { name: 'Lives in Porto' }).waitFor();
    await page.locator('article header').getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Transcripts' }).click();
    const sheet = page.getByRole('dialog', { name: 'Transcripts' });
    await sheet.getByText('There is no earlier transcript.').waitFor();
    await sheet.getByText(/No audio is kept/).waitFor();
    await page.keyboard.press('Escape');
  });

  it('deletes the account, after asking once more', async () => {
    await page.goto(`${server.url}/settings`);
    await page.getByRole('button', { name: 'Delete the account' }).click();
    await page.getByRole('button', { name: 'Delete for good?' }).press('Escape');
    await page.getByRole('button', { name: 'Delete the account' }).click();
    await page.getByRole('button', { name: 'Delete for good?' }).click();
    await page.waitForURL('**/welcome**');
    expect((await server.api('GET', '/v1/conversations')).status).toBe(401);
  });
});
