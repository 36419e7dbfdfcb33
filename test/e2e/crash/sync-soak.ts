import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';
import { type DeviceFileUpload, deviceFiles } from '../device-files.ts';
import { ListenClient } from '../listen-client.ts';
import { opusFrames, play } from '../play-audio.ts';
import { formOf } from '../sync-client.ts';
import { ChildServer } from './child-server.ts';

const FILES = 50;
/** The part of the talk that is recorded live, milliseconds from its beginning. */
const LIVE = { from: 30_000, until: 40_000 };
const FILES_PER_REQUEST = 5;
/** Longest wait for all words of a run, milliseconds. */
const LIMIT_MS = 120_000;

/** A run with kills: what was found in the end, and how often the server was killed. */
export interface SyncRun {
  conversations: number;
  spoken: number;
  heard: number;
  missing: string[];
  twice: string[];
  kills: number;
  seconds: number;
}

export interface SyncSoakOptions {
  runs: number;
  /** Kills in each run. */
  kills: number;
  onRun?: (run: SyncRun) => void;
}

/**
 * Sends one talk as 50 files in random order, two of them twice, with a live conversation in the middle, and
 * kills the server meanwhile. What was not answered is sent again, as the app does.
 */
export async function runSyncSoak({ runs, kills, onRun }: SyncSoakOptions): Promise<SyncRun[]> {
  const speech = await DeepgramSimulator.start({});
  const results: SyncRun[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      const result = await oneRun(speech.url, kills, run);
      results.push(result);
      onRun?.(result);
    }
  } finally {
    await speech.close();
  }
  return results;
}

async function oneRun(speechUrl: string, kills: number, run: number): Promise<SyncRun> {
  const begun = performance.now();
  const directory = await mkdtemp(path.join(tmpdir(), 'omi-sync-soak-'));
  const env = { DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: speechUrl };
  let server = await ChildServer.start(directory, env);
  const token = server.token ?? '';
  let killed = 0;
  const restart = async () => {
    await server.kill();
    killed += 1;
    server = await ChildServer.start(directory, env);
  };
  try {
    const talk = talkOf(run);
    const startAt = await speakLive(server, token, talk.pcm);
    const requests = inRequests(
      deviceFiles(talk.pcm, { startAt, fileMs: fileMsOf(talk.durationMs) }),
      run,
    );
    const killBefore = new Set(
      Array.from({ length: kills }, (_, i) =>
        Math.floor(((i + 1) * requests.length) / (kills + 1)),
      ),
    );
    for (const [i, files] of requests.entries()) {
      const sending = send(() => server, token, files);
      if (killBefore.has(i)) {
        await sleep(Math.random() * 400);
        await restart();
      }
      await sending;
    }
    const spoken = talk.words.map(({ text }) => text);
    const found = await settle(() => server, token, { spoken: spoken.length, startAt });
    const seconds = Math.round((performance.now() - begun) / 1000);
    return {
      ...judge(spoken, found.words),
      conversations: found.conversations,
      kills: killed,
      seconds,
    };
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** A talk in which each word is its own. */
function talkOf(run: number) {
  const utterances = Array.from({ length: 28 }, (_, i) => ({
    speaker: i % 2,
    text: `${Array.from({ length: 8 }, (_, k) => `r${run}w${i * 8 + k}`).join(' ')}.`,
  }));
  return synthesise(utterances, { leadMs: 300 });
}

function fileMsOf(durationMs: number): number {
  return Math.ceil(durationMs / FILES / 20) * 20;
}

/** Sends the middle of the talk as it is spoken. Returns when the talk began by the clock of the device. */
async function speakLive(server: ChildServer, token: string, pcm: Uint8Array): Promise<number> {
  const client = await ListenClient.connect(server.wsUrl, token, {
    sample_rate: '16000',
    codec: 'opus_fs320',
  });
  await client.ready();
  // What a device sends was recorded now, however long the connection took.
  const startAt = Date.now() - LIVE.from;
  await play(client.socket, opusFrames(pcm).slice(LIVE.from / 20, LIVE.until / 20), 20);
  await client.close();
  return startAt;
}

/** The files in random order, two of them twice, a few in each request. */
function inRequests(files: readonly DeviceFileUpload[], run: number): DeviceFileUpload[][] {
  const sent = [...files, ...files.slice(run % 40, (run % 40) + 2)];
  for (let i = sent.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    const [a, b] = [sent[i], sent[j]];
    if (a && b) [sent[i], sent[j]] = [b, a];
  }
  const requests: DeviceFileUpload[][] = [];
  for (let i = 0; i < sent.length; i += FILES_PER_REQUEST) {
    requests.push(sent.slice(i, i + FILES_PER_REQUEST));
  }
  return requests;
}

/** Sends files until the server has taken them; a request without an answer is sent again. */
async function send(
  server: () => ChildServer,
  token: string,
  files: readonly DeviceFileUpload[],
): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(`${server().url}/v2/sync-local-files`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: formOf(files),
      });
      if (response.status === 202) return;
    } catch {
      // The server was killed while it read the files.
    }
    await sleep(200);
  }
}

interface Listed {
  status: string;
  started_at: string;
  transcript_segments: { text: string }[];
}

async function settle(
  server: () => ChildServer,
  token: string,
  { spoken, startAt }: { spoken: number; startAt: number },
): Promise<{ conversations: number; words: string[] }> {
  const until = Date.now() + LIMIT_MS;
  let found: { conversations: number; words: string[] } = { conversations: 0, words: [] };
  let stood = 0;
  while (Date.now() < until && stood < 3) {
    await sleep(1_000);
    const response = await fetch(
      `${server().url}/v1/conversations?limit=200&include_discarded=true&statuses=in_progress,processing,completed,failed`,
      { headers: { authorization: `Bearer ${token}` } },
    );
    const listed = ((await response.json()) as Listed[]).filter(
      ({ started_at: at }) => Date.parse(at) > startAt - 3_600_000,
    );
    const words = listed.flatMap(({ transcript_segments: segments }) =>
      segments.flatMap(({ text }) => text.split(' ').map((word) => word.toLowerCase())),
    );
    const isDone = words.length >= spoken && listed.every(({ status }) => status === 'completed');
    stood = isDone && words.length === found.words.length ? stood + 1 : 0;
    found = { conversations: listed.length, words };
  }
  return found;
}

function judge(spoken: readonly string[], heard: readonly string[]) {
  const counts = new Map<string, number>();
  for (const word of heard) counts.set(word, (counts.get(word) ?? 0) + 1);
  return {
    spoken: spoken.length,
    heard: heard.length,
    missing: spoken.filter((word) => !counts.has(word)),
    twice: [...counts].flatMap(([word, count]) => (count > 1 ? [word] : [])),
  };
}
