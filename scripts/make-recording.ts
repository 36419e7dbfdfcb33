import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import type { Page } from 'playwright-core';
import { setup as buildFirst } from '../test/build-first.ts';
import { fillConsoleWorld } from '../test/e2e/console/console-world.ts';
import { startTestServer } from '../test/e2e/test-server.ts';
import { launchBrowser, microphoneOf, signInByLink } from '../test/fixtures/browser.ts';

new Command('npm run screenshots:recording --')
  .description(
    'Writes the animated recording of the README, from the real console: a WAV file is played as the microphone, its words are recognised on this machine, and the conversation is opened. Needs Chromium and ffmpeg.',
  )
  .parse();
buildFirst();
const MODELS = join(import.meta.dirname, '../test/fixtures/local-models');
const TARGET = join(import.meta.dirname, '../docs/images/recording.webp');
const SIZE = { width: 1120, height: 700 };
const FRAMES_A_SECOND = 4;

/** Takes a picture several times a second until `stop`. Returns how many it took. */
function film(page: Page, folder: string): { stop: () => Promise<number> } {
  let isRunning = true;
  const filmed = (async () => {
    let frames = 0;
    for (; isRunning; frames += 1) {
      const due = Date.now() + 1000 / FRAMES_A_SECOND;
      const picture = await page.screenshot();
      await writeFile(join(folder, `${String(frames).padStart(4, '0')}.png`), picture);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - Date.now())));
    }
    return frames;
  })();
  return {
    stop: () => {
      isRunning = false;
      return filmed;
    },
  };
}

const folder = await mkdtemp(join(tmpdir(), 'omi-recording-'));
const [server, browser] = await Promise.all([
  startTestServer({ STT_LOCAL_MODEL: join(MODELS, 'tiny-en-streaming') }),
  launchBrowser(microphoneOf(join(MODELS, 'speech/dialogue-1.wav'))),
]);
try {
  await fillConsoleWorld(server.context.store, server.uid, Date.now());
  const context = await browser.newContext({ viewport: SIZE, locale: 'en-GB' });
  const page = await context.newPage();
  await signInByLink(page, server);
  const filming = film(page, folder);
  await page.getByRole('button', { name: 'Record' }).click();
  await page.getByText(/noon/i).waitFor({ timeout: 60_000 });
  await page.waitForTimeout(1_500);
  await page.getByRole('button', { name: 'End', exact: true }).click();
  await page.getByRole('link', { name: 'Open it' }).click({ timeout: 60_000 });
  await page.getByRole('region', { name: 'Transcript' }).getByText(/noon/i).waitFor();
  await page.waitForTimeout(1_500);
  await page.getByRole('link', { name: /spring market/ }).click();
  await page.getByText('The bridge is closed until the tenth').waitFor();
  await page.waitForTimeout(1_500);
  await page.getByRole('link', { name: 'Ask', exact: true }).click();
  await page.getByText('What did I promise Ben?').waitFor();
  await page.waitForTimeout(2_000);
  const frames = await filming.stop();
  const pictures = join(folder, '%04d.png');
  const rate = String(FRAMES_A_SECOND);
  const coding = ['-c:v', 'libwebp', '-lossless', '0', '-q:v', '70', '-loop', '0'];
  const args = ['-y', '-loglevel', 'error', '-framerate', rate, '-i', pictures, ...coding, TARGET];
  await promisify(execFile)('ffmpeg', args);
  process.stdout.write(`${TARGET} (${frames} frames)\n`);
} finally {
  await browser.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
