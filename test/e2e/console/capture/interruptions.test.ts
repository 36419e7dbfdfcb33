import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../../../fixtures/browser.ts';
import { DeepgramSimulator } from '../../../simulators/deepgram-simulator.ts';
import { startTestServer, type TestServer } from '../../test-server.ts';
import { ANY_WORD, SpeakingBrowser } from './speaking-browser.ts';

const DAY_MS = 86_400_000;

/** The device's clock is three days behind. */
const SLOW_CLOCK = `{
  const { now } = Date;
  Date.now = () => now() - ${3 * DAY_MS};
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...args) { args.length === 0 ? super(Date.now()) : super(...args); }
    static now() { return now() - ${3 * DAY_MS}; }
  };
}`;

/** The microphone can be pulled out; as long as \`noOther\` is set the browser has no other one. */
const UNPLUGGABLE = `{
  const { getUserMedia } = MediaDevices.prototype;
  let tracks = [];
  MediaDevices.prototype.getUserMedia = async function (constraints) {
    if (window.noOther) throw new DOMException('Requested device not found', 'NotFoundError');
    const stream = await getUserMedia.call(this, constraints);
    tracks = stream.getTracks();
    return stream;
  };
  window.unplug = () => {
    for (const track of tracks) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  };
}`;

describe.skipIf(!hasBrowser)('a recording that something comes between', () => {
  let stt: DeepgramSimulator;
  let server: TestServer;
  let browser: SpeakingBrowser;

  beforeAll(async () => {
    stt = await DeepgramSimulator.start({ clips: [] });
    server = await startTestServer({ DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: stt.url });
  });
  afterEach(async () => {
    await browser?.close();
  });
  afterAll(async () => {
    await server?.stop();
    await stt?.close();
  });

  it('goes on while its session is revoked, asks to sign in again, then sends every word once', async () => {
    browser = await SpeakingBrowser.open(server, 40_000);
    const { page } = browser;
    await browser.record();
    await revokeSessions(server);
    await page.getByText('The session has ended.').waitFor();
    await browser.hear(4);
    await page.getByRole('link', { name: 'Sign in to send it.' }).click();
    await page.getByText('Recording goes on in this browser.').waitFor();
    await browser.hear(2);
    await page.getByLabel('Token').fill(server.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Listening', { exact: true }).waitFor();
    await browser.hear(2);
    await expectEachWordOnce(browser);
  });

  it('is led to the sign-in page from another screen, and goes on meanwhile', async () => {
    browser = await SpeakingBrowser.open(server, 40_000);
    const { page } = browser;
    await browser.record();
    await page.getByRole('link', { name: 'Tasks' }).click();
    await page.getByRole('heading', { name: 'Tasks' }).waitFor();
    await revokeSessions(server);
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByText('Recording goes on in this browser.').waitFor();
    await browser.hear(4);
    await page.getByLabel('Token').fill(server.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'People' }).waitFor();
    await page.getByRole('link', { name: 'Live' }).click();
    await page.getByText('Listening', { exact: true }).waitFor();
    await expectEachWordOnce(browser);
  });

  it('is shown by a second tab, which neither records beside it nor sends it again', async () => {
    browser = await SpeakingBrowser.open(server, 60_000);
    const { page, context } = browser;
    const early = await context.newPage();
    early.setDefaultTimeout(60_000);
    let sockets = 0;
    early.on('websocket', () => {
      sockets += 1;
    });
    await early.goto(`${server.url}/live`);
    await early.getByRole('button', { name: 'Record' }).waitFor();
    await page.bringToFront();
    await browser.record();
    await early.getByText(ANY_WORD).waitFor();
    await early.getByText('Another tab is recording. This one follows.').waitFor();
    const late = await context.newPage();
    late.setDefaultTimeout(60_000);
    await late.goto(`${server.url}/live`);
    await late.getByText(ANY_WORD).waitFor();
    expect(await late.getByRole('button', { name: 'Record' }).isDisabled()).toBe(true);
    await page.bringToFront();
    await browser.hear(3);
    await expectEachWordOnce(browser);
    await late.getByRole('link', { name: 'Open it' }).waitFor();
    await early.getByRole('link', { name: 'Open it' }).waitFor();
    expect(sockets).toBe(0);
  });

  it('is taken over by another tab once its own is closed', async () => {
    browser = await SpeakingBrowser.open(server, 60_000);
    const { page, context } = browser;
    const other = await context.newPage();
    other.setDefaultTimeout(60_000);
    await other.goto(`${server.url}/live`);
    await page.bringToFront();
    await browser.record();
    await browser.hear(2);
    await other.getByText(ANY_WORD).waitFor();
    await page.close();
    await other.getByRole('button', { name: 'Go on' }).waitFor();
    await other.getByRole('button', { name: 'End', exact: true }).click();
    await other.getByRole('link', { name: 'Open it' }).waitFor();
    const href = await other.getByRole('link', { name: 'Open it' }).getAttribute('href');
    const { body } = await server.api('GET', `/v1/conversations/${href?.split('/').at(-1)}`);
    expect(JSON.stringify(body)).toMatch(/\bw1\b.*\bw2\b/i);
  });

  it('has its words at the right time, although the clock of the device is wrong by days', async () => {
    browser = await SpeakingBrowser.open(server, 30_000, SLOW_CLOCK);
    const { page } = browser;
    const before = Date.now();
    await browser.record();
    await expectEachWordOnce(browser);
    await page.getByRole('link', { name: 'Open it' }).click();
    await page.waitForURL('**/timeline/*');
    const id = page.url().split('/').at(-1);
    const { body } = await server.api('GET', `/v1/conversations/${id}`);
    const startedAt = Date.parse((body as { started_at: string }).started_at);
    expect(startedAt).toBeGreaterThan(before - 60_000);
    expect(startedAt).toBeLessThan(Date.now());
    // The list's newest day is the server's today.
    await page.getByRole('heading', { level: 2, name: 'Today' }).waitFor();
    await page.getByRole('button', { name: 'Today' }).click();
    await page.getByRole('heading', { level: 2, name: 'Today' }).waitFor();
    expect(await page.getByText('No conversation matches').count()).toBe(0);
    const today = new Date();
    const isoToday = [today.getFullYear(), today.getMonth() + 1, today.getDate()]
      .map((part) => String(part).padStart(2, '0'))
      .join('-');
    expect(new URL(page.url()).searchParams.get('from')).toBe(isoToday);
    await page.getByRole('link', { name: 'Calendar' }).click();
    const marked = page.locator('[aria-current="date"]');
    await marked.waitFor();
    expect((await marked.innerText()).trim()).toBe(String(today.getDate()));
  });

  it('begins without a network and has its words at the time when they were spoken', async () => {
    browser = await SpeakingBrowser.open(server, 30_000, SLOW_CLOCK);
    const { page, context } = browser;
    await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
    await context.setOffline(true);
    const before = Date.now();
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await browser.hear(8);
    const after = Date.now();
    await context.setOffline(false);
    await page.getByText(ANY_WORD).waitFor();
    await expectEachWordOnce(browser);
    const href = await page.getByRole('link', { name: 'Open it' }).getAttribute('href');
    const { body } = await server.api('GET', `/v1/conversations/${href?.split('/').at(-1)}`);
    const startedAt = Date.parse((body as { started_at: string }).started_at);
    expect(startedAt).toBeGreaterThan(before - 1_000);
    // The first word comes well before the last one that was said without a network.
    expect(startedAt).toBeLessThan(after);
  });

  it('says what to do if the microphone is denied', async () => {
    browser = await SpeakingBrowser.open(server, 5_000, DENIED);
    const { page } = browser;
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByText('The browser may not use the microphone. Allow it in').waitFor();
    await page.evaluate('window.denied = false');
    await browser.record();
    await expectEachWordOnce(browser);
  });

  it('goes on with another microphone if its own is unplugged, and pauses if there is none', async () => {
    browser = await SpeakingBrowser.open(server, 60_000, UNPLUGGABLE);
    const { page } = browser;
    await browser.record();
    await browser.hear(2);
    await page.evaluate('window.unplug()');
    await page.getByText(/The microphone is gone\. .+ goes on\./).waitFor();
    await browser.hear(3);
    await page.evaluate('window.noOther = true; window.unplug()');
    await page.getByText('The microphone is gone. Connect it and go on.').waitFor();
    await page.evaluate('window.noOther = false');
    await page.getByRole('button', { name: 'Go on' }).click();
    await browser.hear(3);
    const stored = await browser.end();
    expect(stored).toEqual(browser.heard.numbers.slice(0, stored.length));
    // Each microphone speaks from the beginning on.
    const began = stored.filter(
      (number, place) => place === 0 || number < (stored[place - 1] ?? 0),
    );
    expect(began).toHaveLength(3);
  });

  it('says that the microphone is silent', async () => {
    browser = await SpeakingBrowser.open(server, 3_000);
    const { page } = browser;
    await browser.record();
    await page.getByText('No sound from the microphone.').waitFor();
    await expectEachWordOnce(browser);
  });
});

/** The browser refuses the microphone until \`denied\` is taken away. */
const DENIED = `{
  const { getUserMedia } = MediaDevices.prototype;
  window.denied = true;
  MediaDevices.prototype.getUserMedia = async function (constraints) {
    if (window.denied) throw new DOMException('Permission denied', 'NotAllowedError');
    return await getUserMedia.call(this, constraints);
  };
}`;

async function revokeSessions({ context, uid }: TestServer): Promise<void> {
  for (const { id, kind } of await context.browserSessions.list(uid)) {
    if (kind === 'session') await context.browserSessions.revoke(uid, id);
  }
}

/** Ends the recording: the conversation has what the browser has recorded, from the first word on, each once. */
async function expectEachWordOnce(browser: SpeakingBrowser): Promise<void> {
  const stored = await browser.end();
  expect(stored.length).toBeGreaterThan(1);
  expect(stored).toEqual(browser.heard.numbers.slice(0, stored.length));
  expect(browser.heard.numbers.length - stored.length).toBeLessThan(2);
  expect(stored).toEqual(stored.map((_, index) => (stored[0] ?? 0) + index));
}
