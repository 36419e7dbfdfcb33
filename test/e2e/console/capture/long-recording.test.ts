import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../../../fixtures/browser.ts';
import { DeepgramSimulator } from '../../../simulators/deepgram-simulator.ts';
import { startTestServer, type TestServer } from '../../test-server.ts';
import { ANY_WORD, SpeakingBrowser } from './speaking-browser.ts';

/** A sentence every five seconds for 12 hours. */
const SEGMENTS = 12 * 720;
const BATCH = 240;
/** Parts that the live view draws at once, with room for its notes. */
const MAX_DRAWN = 170;

/** Lets the test put messages of the server into the page's live socket. */
const INJECTED = `{
  const RealSocket = WebSocket;
  globalThis.WebSocket = class extends RealSocket {
    constructor(...args) {
      super(...args);
      if (String(args[0]).includes('listen')) window.liveSocket = this;
    }
  };
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasks.push(Math.round(duration));
  }).observe({ type: 'longtask' });
}`;

/** Tells the page segments \`from\` to \`to\`, which were said before the words of the test. */
const tell = (from: number, to: number) => `{
  const segments = [];
  for (let n = ${from}; n < ${to}; n += 1) {
    segments.push({
      id: 'long-' + n,
      text: 'Sentence ' + n + ' says that the train is late again today.',
      speaker: 'SPEAKER_0' + (n % 3), speaker_id: n % 3, is_user: n % 3 === 0, person_id: null,
      start: (n - ${SEGMENTS}) * 5, end: (n - ${SEGMENTS}) * 5 + 4,
      translations: [], speech_profile_processed: true, stt_provider: 'test',
    });
  }
  window.liveSocket.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(segments) }));
}`;

describe.skipIf(!hasBrowser)('the live view of a recording of 12 hours', () => {
  let stt: DeepgramSimulator;
  let server: TestServer;
  let browser: SpeakingBrowser;

  beforeAll(async () => {
    stt = await DeepgramSimulator.start({ clips: [] });
    server = await startTestServer({ DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: stt.url });
    browser = await SpeakingBrowser.open(server, 120_000, INJECTED);
    await browser.record();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await stt?.close();
  });

  const log = () => browser.page.getByRole('log');
  const drawn = () => log().locator('> div').count();
  /** Pixels between the end of the words and what is seen. */
  const toEnd = () =>
    browser.page.evaluate<number>(`(() => {
      const { scrollTop, clientHeight, scrollHeight } =
        document.querySelector('[role=log]').parentElement;
      return Math.round(scrollHeight - scrollTop - clientHeight);
    })()`);

  it('draws the newest words alone and follows what is being said', async () => {
    const { page } = browser;
    for (let from = 0; from < SEGMENTS; from += BATCH) {
      await page.evaluate(tell(from, from + BATCH));
    }
    await log()
      .getByText(`Sentence ${SEGMENTS - 1} says`)
      .waitFor();
    expect(await drawn()).toBeLessThan(MAX_DRAWN);
    // What telling all of them at once cost is not what a listener meets.
    await page.evaluate('window.longTasks.length = 0');
    await browser.hear(4);
    const word = new RegExp(`\\bw${browser.heard.numbers.at(-2)}\\b`, 'i');
    await log().getByText(word).last().waitFor();
    await expect.poll(toEnd).toBeLessThan(80);
    expect(await log().getByText(ANY_WORD).last().isVisible()).toBe(true);
    const tasks = await page.evaluate<number[]>('window.longTasks');
    console.log(
      `long tasks, ms: ${
        tasks
          .sort((a, b) => b - a)
          .slice(0, 10)
          .join(' ') || 'none'
      }`,
    );
  }, 180_000);

  it('stays where the reader has scrolled, until the reader goes back', async () => {
    const { page } = browser;
    const earlier = page.getByRole('button', { name: 'Show earlier words' });
    await earlier.click();
    await log()
      .getByText(`Sentence ${SEGMENTS - 200} says`)
      .waitFor();
    await page.getByRole('button', { name: 'Back to live' }).waitFor();
    await browser.hear(2);
    expect(await toEnd()).toBeGreaterThan(1_000);
    await page.getByRole('button', { name: 'Back to live' }).click();
    await expect.poll(toEnd).toBeLessThan(80);
  }, 180_000);
});
