import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launchBrowser, microphoneOf, signInByLink } from '../../fixtures/browser.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

const MODELS = fileURLToPath(new URL('../../fixtures/local-models/', import.meta.url));
/** "Can you call Omar today? Yes, I will call Omar at noon. Good." in two voices. */
const SPEECH = `${MODELS}speech/dialogue-1.wav`;

describe.skipIf(!hasBrowser)('recording in the browser', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  /** Conversations that the page's live sockets named, and requests that ended one. */
  const streams: (string | null)[] = [];
  const ended: string[] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startTestServer({ STT_LOCAL_MODEL: `${MODELS}tiny-en-streaming` }),
      launchBrowser(microphoneOf(SPEECH)),
    ]);
    await server.api('POST', '/v1/users/store-recording-permission?value=true');
    const context = await browser.newContext({ locale: 'en-GB', permissions: ['microphone'] });
    // A page that is slow to load its audio code must not lose what is said meanwhile.
    await context.addInitScript(`{
      const { addModule } = AudioWorklet.prototype;
      AudioWorklet.prototype.addModule = async function (...args) {
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        await addModule.apply(this, args);
      };
    }`);
    // From where on which file is played.
    await context.addInitScript(`{
      window.played = [];
      const { play } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.play = function () {
        window.played.push({ source: this.src, time: this.currentTime });
        return play.call(this);
      };
    }`);
    page = await context.newPage();
    page.on('websocket', (socket) => {
      streams.push(new URL(socket.url()).searchParams.get('client_conversation_id'));
    });
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (request.method() === 'POST' && pathname.startsWith('/v1/conversations')) {
        ended.push(pathname);
      }
    });
    await signInByLink(page, server);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('shows the words as they are spoken and ends in a conversation', async () => {
    await page.getByRole('button', { name: 'Record' }).click();
    await page.getByText(/Can you call Omar/i).waitFor({ timeout: 60_000 });
    await page.getByText(/call Omar at noon/i).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByRole('link', { name: 'Open it' }).click({ timeout: 60_000 });
    await page.waitForURL('**/timeline/*');
    const transcript = page.getByRole('region', { name: 'Transcript' });
    await transcript.getByText(/Can you call Omar/i).waitFor();
    await transcript.getByText(/call Omar at noon/i).waitFor();
    const { body } = await server.api('GET', '/v1/conversations');
    expect(body).toHaveLength(1);
    await expect
      .poll(() => server.api('GET', '/v1/conversations?statuses=in_progress'))
      .toMatchObject({ body: [] });
    // The page named the conversation, and ended it by that name.
    const [{ id }] = body as [{ id: string }];
    expect(streams).toEqual([id]);
    expect(ended).toEqual([`/v1/conversations/${id}/finalize`]);
  }, 180_000);

  it('plays a word that is clicked and marks what is heard', async () => {
    const transcript = page.getByRole('region', { name: 'Transcript' });
    await page.getByRole('region', { name: 'Recording' }).waitFor({ timeout: 60_000 });
    // All words that are ever marked: a busy machine draws too seldom to look for one of them in time.
    await page.evaluate(`{
      window.marked = [];
      new MutationObserver(() => {
        const word = document.querySelector('[aria-current=true]')?.textContent;
        if (word && word !== window.marked.at(-1)) window.marked.push(word);
      }).observe(document.body, { subtree: true, childList: true, attributes: true });
    }`);
    await transcript
      .getByText(/^omar$/i)
      .last()
      .click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    // The word that was clicked, and one after it.
    await expect
      .poll(() => page.evaluate<string[]>('window.marked'))
      .toEqual(expect.arrayContaining([expect.stringMatching(/^(at|noon|good)/i)]));
  });

  it('goes to the words behind a sentence of the overview, and plays them', async () => {
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await page
      .getByRole('region', { name: 'Overview' })
      .getByRole('button', { name: /^Show the words/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.locator('mark [aria-current=true]').first().waitFor();
  });

  it('plays the very words of a citation beside the answer', async () => {
    await page.goto(`${server.url}/ask?chat=new`);
    const question = page.getByRole('textbox', { name: /Ask/ });
    await question.fill('When will I call Omar?');
    await question.press('Enter');
    await page.getByRole('button', { name: /^\[1\]/ }).click();
    const passage = page.getByRole('complementary', { name: 'Source' });
    await passage.getByRole('button', { name: 'Play', exact: true }).waitFor();
    const cited = passage.locator('mark', { hasText: /call omar at noon/i });
    await cited.getByText(/^noon/i).click();
    await passage.getByRole('button', { name: 'Pause' }).waitFor();
    const [played] = (await page.evaluate('window.played.slice(-1)')) as [
      { source: string; time: number },
    ];
    const [{ id }] = (await server.api('GET', '/v1/conversations')).body as [{ id: string }];
    const { audio, segments } = (await server.api('GET', `/v1/conversations/${id}/playback`))
      .body as {
      audio: { signed_url: string; start: number }[];
      segments: { words: { text: string; start: number }[] }[];
    };
    const words = segments.flatMap((segment) => segment.words);
    const noon = words.find(({ text }) => /noon/i.test(text));
    // Each answer signs its links anew, so that the same file has other links.
    const sound = async (url = '') =>
      Buffer.from(await (await fetch(new URL(url, server.url))).arrayBuffer());
    const file = await sound(audio[0]?.signed_url);
    expect(file.length).toBeGreaterThan(1_000);
    expect((await sound(played.source)).equals(file)).toBe(true);
    expect(played.time).toBeCloseTo((noon?.start ?? 0) - (audio[0]?.start ?? 0), 2);
  });

  it('leaves nothing in the outbox of the browser', async () => {
    // A text: these sources are checked without the types of a browser.
    const left = await page.evaluate<number>(`new Promise((resolve, reject) => {
      const request = indexedDB.open('omi-capture');
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const count = request.result.transaction('frames').objectStore('frames').count();
        count.onsuccess = () => resolve(count.result);
      };
    })`);
    expect(left).toBe(0);
  });

  it('begins from every screen, and says there that it runs', async () => {
    await page.goto(`${server.url}/tasks`);
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.waitForURL('**/live');
    await page.getByRole('button', { name: 'End', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Tasks', exact: true }).click();
    await page.getByRole('button', { name: 'Recording', exact: true }).click();
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page
      .getByRole('button', { name: 'Record', exact: true })
      .and(page.locator('[aria-disabled=false]'))
      .waitFor();
    await page.getByRole('link', { name: 'Tasks', exact: true }).click();
    await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
  });
});
