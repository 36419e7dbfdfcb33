import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launchBrowser, signInByLink } from '../../fixtures/browser.ts';
import { opusFrames } from '../play-audio.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { dropPendant } from './drop-pendant.ts';
import { simulatedPendant } from './simulated-pendant.ts';

const MODELS = fileURLToPath(new URL('../../fixtures/local-models/', import.meta.url));
/** "Can you call Omar today? Yes, I will call Omar at noon. Good." in two voices. */
const SPEECH = `${MODELS}speech/dialogue-1.wav`;
const WAV_HEADER_BYTES = 44;

describe.skipIf(!hasBrowser)('a pendant that is connected to the browser', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  let packets: string[];

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startTestServer({ STT_LOCAL_MODEL: `${MODELS}tiny-en-streaming` }),
      launchBrowser(),
    ]);
    const wav = await readFile(SPEECH);
    packets = opusFrames(wav.subarray(WAV_HEADER_BYTES)).map((packet) =>
      Buffer.from(packet).toString('base64'),
    );
    const context = await browser.newContext({ locale: 'en-GB' });
    await context.addInitScript(simulatedPendant());
    page = await context.newPage();
    await signInByLink(page, server);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const say = (part: readonly string[]) => page.evaluate(`pendant.say(${JSON.stringify(part)})`);

  it('streams Opus that becomes words, shows its battery, and gets the time', async () => {
    await page.getByRole('button', { name: 'Connect a pendant' }).click();
    await page.getByText('Omi connected · Battery 83 %').waitFor();
    expect(await page.evaluate('pendant.times().length')).toBe(1);
    await say(packets.slice(0, packets.length / 2));
    await page.getByText(/Can you call/i).waitFor({ timeout: 60_000 });
  }, 120_000);

  it('shows what its counter says was lost', async () => {
    await page.evaluate('pendant.lose(50)');
    await say(packets.slice(packets.length / 2, packets.length / 2 + 10));
    await page.getByText('1.0 s were lost on the way from the pendant').waitFor();
  });

  it('is connected again after it dropped, in the same conversation', async () => {
    await dropPendant(page);
    await page.getByText(/Omi connected/).waitFor();
    await expect.poll(() => page.evaluate('pendant.isListenedTo()')).toBe(true);
    await say(packets.slice(packets.length / 2 + 10));
    await page.getByText(/noon/i).waitFor({ timeout: 60_000 });
  }, 120_000);

  it('ends the conversation by a double press of its button', async () => {
    await page.evaluate('pendant.press(1)');
    await page.evaluate('pendant.press(2)');
    await page.getByRole('link', { name: 'Open it' }).click({ timeout: 60_000 });
    await page.getByRole('region', { name: 'Transcript' }).getByText(/call/i).first().waitFor();
    const { body } = await server.api('GET', '/v1/conversations');
    expect(body).toHaveLength(1);
  }, 120_000);
});
