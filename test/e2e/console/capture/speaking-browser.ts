import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser, microphoneOf, signInByLink } from '../../../fixtures/browser.ts';
import type { TestServer } from '../../test-server.ts';
import { HeardWords, PLAIN_MICROPHONE } from './heard-words.ts';
import { wordNumbers, writeNumberedSpeech } from './numbered-speech.ts';

/** One of the numbered words. */
export const ANY_WORD = /\bw\d+\b/i;

/** A browser whose microphone hears numbered words, from the first one on when it is opened. */
export class SpeakingBrowser {
  readonly #directory: string;
  readonly #browser: Browser;
  readonly #server: TestServer;
  readonly context: BrowserContext;
  readonly page: Page;
  /** The words that its pages have stored to be sent. */
  readonly heard: HeardWords;

  private constructor(
    parts: { directory: string; browser: Browser; context: BrowserContext; page: Page },
    server: TestServer,
    heard: HeardWords,
  ) {
    this.#directory = parts.directory;
    this.#browser = parts.browser;
    this.#server = server;
    this.context = parts.context;
    this.page = parts.page;
    this.heard = heard;
  }

  /**
   * Opens the console, signed in.
   * @param script runs in each page before its own scripts
   */
  static async open(server: TestServer, speechMs: number, script = ''): Promise<SpeakingBrowser> {
    const directory = await mkdtemp(path.join(tmpdir(), 'omi-backend-speaking-'));
    const speech = await writeNumberedSpeech(path.join(directory, 'w.wav'), speechMs);
    const browser = await launchBrowser(microphoneOf(speech.path));
    const context = await browser.newContext({ locale: 'en-GB', permissions: ['microphone'] });
    const heard = new HeardWords();
    await context.exposeFunction('storedPackets', (packets: string[]) =>
      heard.push(packets.map((packet) => Buffer.from(packet, 'base64'))),
    );
    await context.addInitScript(PLAIN_MICROPHONE + script);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await signInByLink(page, server);
    return new SpeakingBrowser({ directory, browser, context, page }, server, heard);
  }

  /** Presses the button, and waits until the first words are on the screen. */
  async record(): Promise<void> {
    await this.page.getByRole('button', { name: 'Record', exact: true }).click();
    await this.page.getByText(ANY_WORD).waitFor();
  }

  /** Waits until `count` more words were stored in the browser. */
  async hear(count: number): Promise<void> {
    const until = this.heard.numbers.length + count;
    while (this.heard.numbers.length < until) await this.page.waitForTimeout(100);
  }

  /** Ends the recording. Returns the numbers of the words of its conversation. */
  async end(): Promise<number[]> {
    await this.page.getByRole('button', { name: 'End', exact: true }).click();
    const open = this.page.getByRole('link', { name: 'Open it' });
    await open.waitFor();
    const id = (await open.getAttribute('href'))?.split('/').at(-1) ?? '';
    return storedNumbers(this.#server, id);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** The numbers of the words that a conversation has. */
export async function storedNumbers(server: TestServer, id: string): Promise<number[]> {
  const { body } = await server.api('GET', `/v1/conversations/${id}`);
  const { transcript_segments: segments } = body as { transcript_segments: { text: string }[] };
  return wordNumbers(segments.map(({ text }) => text).join(' '));
}
