import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseWav } from '../../src/audio/wav.ts';
import { openSqlite } from '../../src/kernel/sqlite/open-sqlite.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ChildServer } from './crash/child-server.ts';
import { readState } from './crash/stored-state.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames, play } from './play-audio.ts';

const SPEECH = synthesise([{ speaker: 0, text: 'I will book the brass band tomorrow.' }]);

let simulator: DeepgramSimulator;
let dataDir: string;
let server: ChildServer;
beforeAll(async () => {
  simulator = await DeepgramSimulator.start();
});
afterAll(() => simulator.close());
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'omi-recording-crash-'));
  server = await start();
});
afterEach(async () => {
  await server.kill();
  await rm(dataDir, { recursive: true, force: true });
});

const start = () =>
  ChildServer.start(dataDir, {
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: simulator.url,
  });

async function filesUnder(folder: string): Promise<string[]> {
  const root = path.join(dataDir, folder);
  if (!existsSync(root)) return [];
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** True once the recording is committed, seen from outside of the server. */
function isCommitted(): boolean {
  const db = openSqlite(path.join(dataDir, 'store.sqlite'), { readonly: true });
  try {
    return db.prepare<[], { n: number }>('SELECT count(*) AS n FROM recordings').get()?.n !== 0;
  } finally {
    db.close();
  }
}

/** What is still to be done; a look at the conversation's end may be due later, and the summary of the day is. */
async function leftBehind() {
  const { jobs, listenSessions } = await readState(dataDir);
  const left = jobs.filter(({ id }) => !/^(?:finalise|daily-summary):/.test(id));
  return { jobs: left, listenSessions };
}

/** Speaks, and kills the server the moment `reached` is true of what it has written. */
async function killWhen(token: string, reached: () => boolean | Promise<boolean>): Promise<void> {
  const query = { sample_rate: '16000', codec: 'pcm16' };
  const client = await ListenClient.connect(server.wsUrl, token, query);
  await client.ready();
  await play(client.socket, pcmFrames(SPEECH.pcm, 16_000), 10);
  await api(token, 'POST', '/v1/conversations');
  client.socket.close();
  while (!(await reached())) await new Promise((resolve) => setImmediate(resolve));
  await server.kill();
}

async function api(token: string, method: string, route: string): Promise<Response> {
  const response = await fetch(`${server.url}${route}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.ok).toBe(true);
  return response;
}

describe('kill -9 while a recording is made', () => {
  it.each([
    ['its file is written', async () => (await filesUnder('blobs')).length > 0],
    ['it is committed', isCommitted],
  ])(
    'once %s: there is one recording of everything, and no log is left',
    async (_, reached) => {
      const token = server.token ?? '';
      await api(token, 'POST', '/v1/users/store-recording-permission?value=true');
      await killWhen(token, reached);
      server = await start();
      await expect
        .poll(async () => [(await filesUnder('audio-log')).length, isCommitted()], {
          interval: 100,
        })
        .toEqual([0, true]);
      const listed = await api(token, 'GET', '/v1/conversations');
      const [conversation, ...others] = (await listed.json()) as {
        id: string;
        audio_files: { id: string }[];
      }[];
      expect(others).toEqual([]);
      expect(conversation?.audio_files).toHaveLength(1);
      const route = `/v1/sync/audio/${conversation?.id}/${conversation?.audio_files[0]?.id}`;
      const wav = Buffer.from(await (await api(token, 'GET', route)).arrayBuffer());
      expect(parseWav(wav).durationMs).toBeCloseTo(SPEECH.durationMs, -2);
      expect((await filesUnder('blobs')).filter((name) => /\.(ogg|wav)$/.test(name))).toHaveLength(
        1,
      );
      // A job of the killed server is taken up again once its lease has ended.
      await expect.poll(async () => (await leftBehind()).jobs, { interval: 500 }).toEqual([]);
      expect((await leftBehind()).listenSessions).toBe(0);
      await server.stop();
    },
    120_000,
  );
});
