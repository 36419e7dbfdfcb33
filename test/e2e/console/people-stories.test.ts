import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  conversationVoiceId,
  conversationVoices,
} from '../../../src/model/people/conversation-voice.ts';
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

  /** A voice without a name in a conversation of the world. */
  const addVoice = (conversationId: string, speaker: number) =>
    server.context.store.transact((tx) =>
      tx.create(conversationVoices, server.uid, {
        id: conversationVoiceId(conversationId, speaker),
        conversationId,
        speaker,
        model: 'test',
        vectors: [],
        speechMs: 8_000,
        clip: { startAt: 0, endAt: 3_000 },
        recognised: null,
        rejected: [],
        ignoredAt: null,
        unknownVoiceId: null,
        createdAt: 0,
        updatedAt: 0,
      }),
    );

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

  it('says in which conversations a person may be heard, and takes yes or no', async () => {
    const match = async (id: string, speaker: number) => {
      const talk = (await get(`/v1/conversations/${id}`)) as {
        structured: { title: string };
        started_at: string;
        transcript_segments: { id: string; speaker_id: number; person_id: string | null }[];
      };
      const said = talk.transcript_segments.filter(({ speaker_id }) => speaker_id === speaker);
      const segment_ids = said.map((segment) => segment.id);
      await server.api('PATCH', `/v1/conversations/${id}/segments/assign-bulk`, {
        segment_ids,
        assign_type: 'person_id',
        value: null,
      });
      return {
        conversation_id: id,
        title: talk.structured.title,
        started_at: talk.started_at ?? new Date().toISOString(),
        speaker_id: speaker,
        talk_seconds: 8,
        segment_ids,
        clip_start: 0,
        clip_end: 3,
        match_level: 'strong',
      };
    };
    await addVoice('physio', 1);
    // No voice model runs in this test: what it would find is answered in its place.
    const matches = [await match('choir', 3), await match('physio', 1)];
    await page.route('**/v1/users/people/omar/voice-matches', (route) => {
      const json = { matches };
      return route.fulfill({ json });
    });
    await page.goto(`${server.url}/people`);
    await page.getByRole('button', { name: /^May also be heard in: Omar/ }).click();
    const list = page.getByRole('list', { name: /sounds like Omar/ });
    await list.getByRole('link', { name: /^Choir rehearsal/ }).waitFor();
    const yes = list.getByRole('button', { name: /^Yes, this is Omar.*: Choir/ });
    await yes.click();
    await expect.poll(() => speakersOf('choir')).toContain('omar');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => speakersOf('choir')).not.toContain('omar');
    await list
      .getByRole('button', { name: /^No, this is not Omar/ })
      .last()
      .click();
    const voices = server.context.store;
    await expect
      .poll(async () => {
        const id = conversationVoiceId('physio', 1);
        return (await voices.find(conversationVoices, server.uid, id))?.rejected;
      })
      .toEqual(['omar']);
    expect(await speakersOf('physio')).not.toContain('omar');
    await page.unroute('**/v1/users/people/omar/voice-matches');
  });

  it('adds a user of the server by a link, and signs the user out everywhere', async () => {
    await page.goto(`${server.url}/settings`);
    const name = page.getByRole('textbox', { name: 'Name of a new user' });
    await name.fill('Lea');
    await name.press('Enter');
    const link = await page.getByText(/\/welcome#code=/).innerText();
    const other = await opened.browser.newContext({ locale: 'en-GB' });
    const asLea = await other.newPage();
    await asLea.goto(link);
    await asLea.waitForURL('**/live');
    // What is for the owner alone is not on Lea's page.
    await asLea.goto(`${server.url}/settings`);
    await asLea.getByText('Hears with').waitFor();
    expect(await asLea.getByText('Users of this server').count()).toBe(0);
    expect(await asLea.getByRole('button', { name: 'Check everything' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Sign Lea out everywhere' }).click();
    await page.getByRole('button', { name: 'Sign out everywhere?' }).click();
    await expect
      .poll(() => asLea.evaluate(`fetch('v1/users/profile').then(({ status }) => status)`))
      .toBe(401);
    await other.close();
  });

  it('shows what the checks find, and makes, downloads and removes a backup', async () => {
    await page.goto(`${server.url}/settings`);
    await page.getByRole('button', { name: 'Check everything' }).click();
    const found = page.getByRole('region', { name: 'What was found' });
    await found.getByText('Document store').waitFor();
    await found.getByText('Everything that is set up works.').waitFor();
    await page.getByRole('button', { name: 'Make a backup' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: /^Download, \d+ MB$/ }).click();
    expect((await download).suggestedFilename()).toMatch(/^omi-backup-.*\.tar\.gz$/);
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('button', { name: 'Make a backup' }).waitFor();
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
