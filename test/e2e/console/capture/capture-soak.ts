import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { launchBrowser, microphoneOf } from '../../../fixtures/browser.ts';
import { DeepgramSimulator } from '../../../simulators/deepgram-simulator.ts';
import { ChildServer } from '../../crash/child-server.ts';
import { generator } from '../../crash/crash-series.ts';
import { BreakableNetwork, CUTS } from './breakable-network.ts';
import { HeardWords, PLAIN_MICROPHONE } from './heard-words.ts';
import { wordNumbers, writeNumberedSpeech } from './numbered-speech.ts';

export interface CaptureSoakOptions {
  durationMs: number;
  cuts: number;
  /** Longest cut, milliseconds. */
  longestCutMs: number;
  seed: number;
  log: (line: string) => void;
}

export interface CaptureSoakOutcome {
  /** Words in what the browser has recorded, and those that the server has stored. */
  spoken: number;
  stored: number;
  cuts: number;
  conversations: number;
  /** Connections of the live socket. */
  connections: number;
  /** What was found wrong; empty if every word is stored once. */
  problems: string[];
}

type Deed = 'cut' | 'reload' | 'kill';
/** Longest wait for the end of the conversation. */
const SETTLE_MS = 180_000;

/**
 * Records numbered words in a real browser from a WAV file as its microphone, while the network is cut at
 * random, the page is loaded again once and the server is killed once with SIGKILL.
 */
export async function runCaptureSoak(options: CaptureSoakOptions): Promise<CaptureSoakOutcome> {
  const directory = await mkdtemp(path.join(tmpdir(), 'omi-backend-capture-'));
  const speech = await writeNumberedSpeech(path.join(directory, 'w.wav'), options.durationMs);
  const stt = await DeepgramSimulator.start({ clips: [] });
  const env = { DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: stt.url };
  const dataDir = path.join(directory, 'data');
  await mkdir(dataDir);
  const start = () => ChildServer.start(dataDir, env);
  let server = await start();
  const token = server.token ?? '';
  const network = await BreakableNetwork.start(portOf(server));
  const browser = await launchBrowser(microphoneOf(speech.path));
  try {
    const context = await browser.newContext({ locale: 'en-GB', permissions: ['microphone'] });
    /** What the browser has stored, before and after the reload. */
    const heard: HeardWords[] = [new HeardWords()];
    await context.exposeFunction('storedPackets', (packets: string[]) =>
      heard.at(-1)?.push(packets.map((packet) => Buffer.from(packet, 'base64'))),
    );
    await context.addInitScript(PLAIN_MICROPHONE);
    const page = await context.newPage();
    let connections = 0;
    page.on('websocket', () => {
      connections += 1;
    });
    page.on('pageerror', (error) => options.log(`page: ${error.message}`));
    await signIn(page, network.url, token);
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByRole('button', { name: 'End', exact: true }).waitFor();
    const began = performance.now();
    const deeds: Record<Deed, (random: () => number) => Promise<void>> = {
      cut: async (random) => {
        const how = CUTS[Math.floor(random() * CUTS.length)] ?? 'closed';
        const ms = 300 + random() * (options.longestCutMs - 300);
        options.log(`${secondsSince(began)} s: cut, ${how}, ${(ms / 1000).toFixed(1)} s`);
        network.cut(how);
        await sleep(ms);
        network.mend();
      },
      reload: async () => {
        options.log(`${secondsSince(began)} s: reload`);
        await page.reload();
        const goOn = page.getByRole('button', { name: 'Go on' });
        await goOn.waitFor();
        heard.push(new HeardWords());
        await goOn.click();
      },
      kill: async (random) => {
        options.log(`${secondsSince(began)} s: kill -9`);
        await server.kill();
        await sleep(random() * 3_000);
        server = await start();
        network.moveTo(portOf(server));
      },
    };
    const random = generator(options.seed);
    for (const [deed, atMs] of planOf(options, random)) {
      await sleep(Math.max(0, atMs - (performance.now() - began)));
      await deeds[deed](random);
    }
    await sleep(Math.max(0, options.durationMs - (performance.now() - began)));
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    // The last samples come to the encoder, and from there to here.
    await sleep(1_000);
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByRole('link', { name: 'Open it' }).waitFor({ timeout: SETTLE_MS });
    const stored = await storedWords(server, token);
    const said = heard.map(({ numbers }) => numbers);
    return { ...judge(said, stored), cuts: options.cuts, connections };
  } finally {
    await browser.close();
    await network.stop();
    await server.kill();
    await stt.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** What is done when: the cuts in equal parts of the time, each anywhere in its part. */
function planOf(options: CaptureSoakOptions, random: () => number): [Deed, number][] {
  const { durationMs, cuts, longestCutMs } = options;
  const deeds: Deed[] = Array.from({ length: cuts }, () => 'cut');
  // One of them before the middle and one behind it: a kill in the first words would test little.
  const early = Math.floor(random() * (cuts / 2));
  const late = Math.ceil(cuts / 2) + Math.floor(random() * (cuts / 2));
  deeds.splice(late, 0, random() < 0.5 ? 'kill' : 'reload');
  deeds.splice(early, 0, deeds.includes('kill') ? 'reload' : 'kill');
  const slot = (durationMs - longestCutMs) / deeds.length;
  return deeds.map((deed, index) => [deed, (index + 0.2 + random() * 0.6) * slot]);
}

async function signIn(page: Page, url: string, token: string): Promise<void> {
  await page.goto(`${url}/welcome`);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/live');
}

async function storedWords(
  server: ChildServer,
  token: string,
): Promise<{ conversations: number; numbers: number[] }> {
  const list = (await get(server, token, '/v1/conversations?include_discarded=true')) as {
    id: string;
  }[];
  const texts: string[] = [];
  for (const { id } of list) {
    const found = (await get(server, token, `/v1/conversations/${id}`)) as {
      transcript_segments: { text: string }[];
    };
    texts.push(...found.transcript_segments.map(({ text }) => text));
  }
  return { conversations: list.length, numbers: wordNumbers(texts.join(' ')) };
}

async function get(server: ChildServer, token: string, route: string): Promise<unknown> {
  const response = await fetch(`${server.url}${route}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return await response.json();
}

/**
 * Every word once, in its order. The page is loaded anew within a word: that one may be there or not, and so may the
 * one after the last that the page could still tell of.
 */
function judge(
  [before = [], after = []]: readonly number[][],
  { conversations, numbers }: { conversations: number; numbers: number[] },
): Omit<CaptureSoakOutcome, 'cuts' | 'connections'> {
  const problems: string[] = [];
  if (conversations !== 1) problems.push(`${conversations} conversations instead of one`);
  const untold =
    numbers[before.length] === (before.at(-1) ?? -1) + 1 ? [numbers[before.length]] : [];
  const possible = [before, before.slice(0, -1), [...before, ...untold]];
  const said = [
    ...(possible.find((told) => sameNumbers([...told, ...after], numbers)) ?? before),
    ...after,
  ];
  const wrong = said.findIndex((number, place) => number !== numbers[place]);
  if (wrong >= 0 || numbers.length !== said.length) {
    const place = wrong >= 0 ? wrong : said.length;
    const near = (all: readonly unknown[]) =>
      all.slice(Math.max(0, place - 3), place + 5).join(' ');
    problems.push(
      `${numbers.length} words instead of ${said.length}; at ${place}: ${near(numbers)} instead of ${near(said)}`,
    );
  }
  return { spoken: said.length, stored: numbers.length, conversations, problems };
}

function sameNumbers(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((number, place) => number === b[place]);
}

function portOf({ url }: ChildServer): number {
  return Number(new URL(url).port);
}

function secondsSince(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}
