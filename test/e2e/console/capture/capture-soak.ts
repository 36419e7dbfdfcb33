import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../../fixtures/browser.ts';
import { DeepgramSimulator } from '../../../simulators/deepgram-simulator.ts';
import { ChildServer } from '../../crash/child-server.ts';
import { generator } from '../../crash/crash-series.ts';
import { BreakableNetwork, CUTS } from './breakable-network.ts';
import { type NumberedSpeech, wordNumbers, writeNumberedSpeech } from './numbered-speech.ts';

export interface CaptureSoakOptions {
  durationMs: number;
  cuts: number;
  /** Longest cut, milliseconds. */
  longestCutMs: number;
  seed: number;
  log: (line: string) => void;
}

export interface CaptureSoakOutcome {
  /** Words that the microphone certainly gave, before and after the reload, and that are stored. */
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
const FRAME_MS = 20;

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
  const browser = await launchBrowser([
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${speech.path}%noloop`,
  ]);
  try {
    const context = await browser.newContext({ locale: 'en-GB', permissions: ['microphone'] });
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
    let framesBeforeReload = 0;
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
        framesBeforeReload = await recordedFrames(page);
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
    const frames = await recordedFrames(page);
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByRole('link', { name: 'Open it' }).waitFor({ timeout: SETTLE_MS });
    const stored = await storedWords(server, token);
    const parts = [framesBeforeReload * FRAME_MS, (frames - framesBeforeReload) * FRAME_MS];
    return { ...judge(speech, parts, stored), cuts: options.cuts, connections };
  } finally {
    await browser.close();
    await network.stop();
    await server.kill();
    await stt.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** A microphone that changes nothing: what is spoken are tones, which a filter of noise would remove. */
const PLAIN_MICROPHONE = `{
  const { getUserMedia } = MediaDevices.prototype;
  MediaDevices.prototype.getUserMedia = function () {
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return getUserMedia.call(this, { audio });
  };
}`;

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

/** How many frames the browser has stored of its recording so far. */
function recordedFrames(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve, reject) => {
    const request = indexedDB.open('omi-capture');
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const all = request.result.transaction('recordings').objectStore('recordings').getAll();
      all.onsuccess = () => resolve(all.result[0]?.frames ?? 0);
    };
  })`);
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

/** The file begins again with the reload: its words must be there from the first on, twice. */
function judge(
  speech: NumberedSpeech,
  parts: readonly number[],
  { conversations, numbers }: { conversations: number; numbers: number[] },
): Omit<CaptureSoakOutcome, 'cuts' | 'connections'> {
  const problems: string[] = [];
  if (conversations !== 1) problems.push(`${conversations} conversations instead of one`);
  const second = numbers.lastIndexOf(0);
  const heard = [numbers.slice(0, second), numbers.slice(second)];
  let spoken = 0;
  for (const [index, ms] of parts.entries()) {
    const own = heard[index] ?? [];
    const name = index === 0 ? 'before the reload' : 'after the reload';
    for (const [place, number] of own.entries()) {
      if (number === place) continue;
      problems.push(`${name}: w${number} instead of w${place}`);
      break;
    }
    // The recording begins at most with the silence before the first word.
    const least = speech.ends.filter((end) => end < ms).length;
    const most = speech.ends.filter((end) => end < ms + speech.leadMs).length;
    spoken += least;
    if (own.length < least || own.length > most) {
      problems.push(`${name}: ${own.length} words instead of ${least} to ${most}`);
    }
  }
  return { spoken, stored: numbers.length, conversations, problems };
}

function portOf({ url }: ChildServer): number {
  return Number(new URL(url).port);
}

function secondsSince(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}
