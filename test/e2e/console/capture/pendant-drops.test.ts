import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launchBrowser, signInByLink } from '../../../fixtures/browser.ts';
import { DeepgramSimulator } from '../../../simulators/deepgram-simulator.ts';
import { opusFrames } from '../../play-audio.ts';
import { startTestServer, type TestServer } from '../../test-server.ts';
import { dropPendant } from '../drop-pendant.ts';
import { simulatedPendant } from '../simulated-pendant.ts';
import { writeNumberedSpeech } from './numbered-speech.ts';
import { storedNumbers } from './speaking-browser.ts';

const WAV_HEADER_BYTES = 44;
/** Packets of 20 ms in ten seconds. */
const TEN_SECONDS = 500;

describe.skipIf(!hasBrowser)('a pendant over bad Bluetooth', () => {
  let stt: DeepgramSimulator;
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    stt = await DeepgramSimulator.start({ clips: [] });
    [server, browser] = await Promise.all([
      startTestServer({ DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: stt.url }),
      launchBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await stt?.close();
  });

  async function open(script: string): Promise<Page> {
    const context = await browser.newContext({ locale: 'en-GB' });
    await context.addInitScript(script);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await signInByLink(page, server);
    return page;
  }

  it('is said to be impossible in a browser without Bluetooth, which records by microphone', async () => {
    const page = await open(
      `Object.defineProperty(Navigator.prototype, 'bluetooth', { get: () => undefined });`,
    );
    await page.getByRole('button', { name: 'Connect a pendant' }).click();
    await page.getByText('This browser has no Web Bluetooth.').waitFor();
    await page.getByRole('button', { name: 'Record' }).waitFor();
  });

  it('loses no word and doubles none though the connection drops every ten seconds', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'omi-backend-pendant-'));
    const speech = await writeNumberedSpeech(path.join(directory, 'w.wav'), 30_000);
    const wav = await readFile(speech.path);
    await rm(directory, { recursive: true, force: true });
    const packets = opusFrames(wav.subarray(WAV_HEADER_BYTES)).map((packet) =>
      Buffer.from(packet).toString('base64'),
    );
    const page = await open(simulatedPendant());
    await page.getByRole('button', { name: 'Connect a pendant' }).click();
    let drops = 0;
    for (let at = 0; at < packets.length; at += TEN_SECONDS) {
      await expect.poll(() => page.evaluate('pendant.isListenedTo()')).toBe(true);
      await page.evaluate(`pendant.say(${JSON.stringify(packets.slice(at, at + TEN_SECONDS))})`);
      await dropPendant(page);
      drops += 1;
    }
    await page.getByText(/Omi connected/).waitFor();
    await page.getByRole('button', { name: 'End', exact: true }).click();
    const link = page.getByRole('link', { name: 'Open it' });
    await link.waitFor();
    const id = (await link.getAttribute('href'))?.split('/').at(-1) ?? '';
    const stored = await storedNumbers(server, id);
    expect(drops).toBeGreaterThan(2);
    expect(stored).toEqual(Array.from({ length: speech.count }, (_, index) => index));
  });
});
