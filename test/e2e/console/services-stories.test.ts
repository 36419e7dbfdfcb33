import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, signInByLink } from '../../fixtures/browser.ts';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';
import { OpenAiSimulator } from '../../simulators/openai-simulator.ts';
import { SonioxSimulator } from '../../simulators/soniox-simulator.ts';
import type { TestServer } from '../test-server.ts';
import { SIZES } from './console-screens.ts';
import { type OpenConsole, openConsole } from './open-console.ts';

const DEEPGRAM_KEY = 'the-key-of-the-browser-4711';
const MODEL_KEY = 'the-key-of-the-model-2342';
const PATIENT = { timeout: 60_000 };

/** The settings of services in the console, with simulators of the vendors. */
describe.skipIf(!hasBrowser)('who hears and who understands, set in the console', () => {
  let deepgram: DeepgramSimulator;
  let soniox: SonioxSimulator;
  let model: OpenAiSimulator;
  let opened: OpenConsole;
  let server: TestServer;
  let page: Page;

  beforeAll(async () => {
    deepgram = await DeepgramSimulator.start({ apiKey: DEEPGRAM_KEY });
    soniox = await SonioxSimulator.start();
    model = await OpenAiSimulator.start({ apiKey: MODEL_KEY, models: ['small-one', 'large-one'] });
    opened = await openConsole({
      env: {
        DEEPGRAM_BASE_URL: deepgram.url,
        SONIOX_BASE_URL: soniox.url,
        SONIOX_API_KEY: soniox.apiKey,
        DETECT_MODEL_SERVERS: 'false',
      },
    });
    ({ server } = opened);
    // Axe wants a page of a context of its own.
    const still = { locale: 'en-GB', viewport: SIZES.desktop, reducedMotion: 'reduce' } as const;
    page = await (await opened.browser.newContext(still)).newPage();
    page.setDefaultTimeout(60_000);
    await signInByLink(page, server);
  });
  afterAll(async () => {
    await opened?.close();
    await deepgram?.close();
    await soniox?.close();
    await model?.close();
  });

  const rowOf = (title: string) => page.getByRole('listitem').filter({ hasText: title });
  /** What new sessions are heard with, in order. */
  const hears = async () =>
    ((await server.api('GET', '/v1/server')).body as { hears: string[] }).hears;
  const findings = async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`);
  };

  it('checks a pasted key at once, in the first run', async () => {
    await page.goto(`${server.url}/first-run`);
    const field = page.getByLabel('Key of Deepgram', { exact: true });
    const save = page.getByRole('button', { name: 'Check and save' }).first();
    await field.fill('a-wrong-key');
    await save.click();
    await page.getByText('Deepgram does not accept the API key').waitFor();
    await field.fill(` ${DEEPGRAM_KEY} `);
    await field.press('Enter');
    await page.getByText(/^Accepted/).waitFor();
    await page.getByText(/Ends in 4711/).waitFor();
    expect(await field.inputValue()).toBe('');
    await page.getByText('Set by SONIOX_API_KEY; change it there.').waitFor();
  });

  it('sets the language model in the next step, or says what is wrong with it', async () => {
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByLabel('Address, with /v1').fill(model.baseUrl);
    await page.getByLabel('Key of Language model').fill('a-wrong-key');
    await page.getByRole('button', { name: 'Check and save' }).click();
    await page.getByText('does not accept the key (HTTP 401)').waitFor();
    await page.getByLabel('Key of Language model').fill(MODEL_KEY);
    await page.getByLabel('Model', { exact: true }).fill('large-one');
    await page.getByRole('button', { name: 'Check and save' }).click();
    await page.getByText(/^Accepted/).waitFor();
    await page.getByText('large-one').first().waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Who are you?').waitFor();
  });

  it('moves a service by buttons and by keys, and switches it off', async () => {
    await page.goto(`${server.url}/settings`);
    await page.getByRole('heading', { name: 'Speech services' }).waitFor();
    await rowOf('This server').getByText('Needs a model').waitFor();
    expect((await hears()).slice(0, 2)).toEqual(['deepgram', 'soniox']);
    await page.getByRole('button', { name: 'Move Soniox up' }).click();
    await page.getByText('Soniox is 1 of 3 now.').waitFor();
    await expect.poll(async () => (await hears())[0], PATIENT).toBe('soniox');
    // At the top the other button has the focus.
    const focused = () => page.evaluate('document.activeElement.getAttribute("aria-label")');
    await expect.poll(focused, PATIENT).toBe('Move Soniox down');
    await page.keyboard.press('ArrowDown');
    await page.getByText('Soniox is 2 of 3 now.').waitFor();
    await expect.poll(async () => (await hears())[0], PATIENT).toBe('deepgram');
    await page.getByRole('checkbox', { name: 'Use Deepgram' }).click();
    await expect.poll(async () => (await hears())[0], PATIENT).toBe('soniox');
    await rowOf('Deepgram').getByText('Not asked').waitFor();
    await page.reload();
    const box = page.getByRole('checkbox', { name: 'Use Deepgram' });
    await expect.poll(() => box.isChecked(), PATIENT).toBe(false);
  });

  it('offers to save a key that cannot be checked, and removes it after a question', async () => {
    await deepgram.pause();
    const field = page.getByLabel('Key of Deepgram', { exact: true });
    await field.fill('a-key-nobody-checked-9999');
    await field.press('Enter');
    await page.getByText(/could not be checked/).waitFor();
    await page.getByRole('button', { name: 'Save without a check' }).click();
    await page.getByText(/Ends in 9999/).waitFor();
    await page.getByText(/^Not checked:/).waitFor();
    expect(await findings()).toEqual([]);
    await deepgram.resume();
    await page.getByRole('button', { name: 'Check Deepgram again' }).click();
    await page.getByText(/^Refused:/).waitFor();
    await page.getByRole('button', { name: 'Remove the key of Deepgram' }).click();
    await page.getByRole('button', { name: 'Remove the key?' }).click();
    await page.getByText(/Ends in 9999/).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Remove the language model' }).click();
    await page.getByRole('button', { name: 'Use rules instead?' }).click();
    await page.getByText('None yet: rules are used').waitFor();
  });

  it('is clean for axe in the dark and on a phone, and speaks German', async () => {
    const context = await opened.browser.newContext({
      locale: 'de-DE',
      viewport: SIZES.phone,
      colorScheme: 'dark',
      reducedMotion: 'reduce',
      storageState: await page.context().storageState(),
    });
    const german = await context.newPage();
    await german.goto(`${server.url}/settings`);
    await german.getByRole('heading', { name: 'Sprachdienste', exact: true }).waitFor();
    await german.getByRole('heading', { name: 'Sprachmodell' }).waitFor();
    await german.getByText('Von SONIOX_API_KEY festgelegt; ändere es dort.').waitFor();
    const { violations } = await new AxeBuilder({ page: german }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await context.close();
  });

  it('shows nothing of it to others', async () => {
    const { accounts } = server.context;
    const { id } = await accounts.createUser('Lea');
    const { code } = await server.context.browserSessions.createLink(id, 'terminal');
    const context = await opened.browser.newContext({ locale: 'en-GB' });
    const other = await context.newPage();
    await other.goto(`${server.url}/welcome#code=${code}`);
    await other.waitForURL('**/live');
    await other.goto(`${server.url}/settings`);
    await other.getByText('Hears with').waitFor();
    expect(await other.getByRole('heading', { name: 'Speech services' }).count()).toBe(0);
    expect(await other.getByRole('heading', { name: 'Keys of speech vendors' }).count()).toBe(0);
    await context.close();
  });
});
