import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { type DeviceFileUpload, deviceFileName, deviceFiles } from './device-files.ts';
import { ListenClient } from './listen-client.ts';
import { opusFrames, play } from './play-audio.ts';
import { postFiles, syncFiles } from './sync-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface Listed {
  id: string;
  status: string;
  source: string;
  started_at: string;
  finished_at: string;
  structured: { title: string };
  transcript_segments: { text: string; start: number; end: number; speaker: string }[];
}

let simulator: DeepgramSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await DeepgramSimulator.start({});
  server = await startTestServer({
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: simulator.url,
  });
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

/** Sentences of numbered words, so that each word of the talk is its own. */
function talkOf(count: number, prefix = 'w', leadMs = 300) {
  const utterances = Array.from({ length: Math.ceil(count / 8) }, (_, i) => ({
    speaker: i % 2,
    text: `${Array.from({ length: 8 }, (_, k) => `${prefix}${i * 8 + k}`).join(' ')}.`,
  }));
  return synthesise(utterances, { leadMs });
}

async function conversation(id: string): Promise<Listed> {
  const { status, body } = await server.api('GET', `/v1/conversations/${id}`);
  expect(status).toBe(200);
  return body as Listed;
}

async function conversationsBetween(from: number, to: number): Promise<Listed[]> {
  const { body } = await server.api(
    'GET',
    '/v1/conversations?limit=200&include_discarded=true&statuses=in_progress,processing,completed,failed',
  );
  return (body as Listed[]).filter(({ started_at }) => {
    const at = Date.parse(started_at);
    return at >= from && at <= to;
  });
}

const wordsOf = ({ transcript_segments: segments }: Listed) =>
  segments.flatMap(({ text }) => text.split(' ').map((word) => word.toLowerCase()));

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const result = [...items];
  let state = seed;
  for (let i = result.length - 1; i > 0; i -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const j = state % (i + 1);
    const [a, b] = [result[i], result[j]];
    if (a !== undefined && b !== undefined) [result[i], result[j]] = [b, a];
  }
  return result;
}

const hoursAgo = (hours: number) => Math.floor(Date.now() / 1000 - hours * 3600) * 1000;

describe('files of a device', () => {
  it('become one conversation with every word once, also if they are sent twice', async () => {
    const startAt = hoursAgo(30);
    const talk = talkOf(64);
    const files = deviceFiles(talk.pcm, { startAt, fileMs: 4_000 });
    const accepted = await postFiles(server, files.slice(0, 3));
    expect(accepted).toEqual({
      status: 202,
      body: {
        job_id: expect.any(String),
        status: 'queued',
        total_files: 3,
        total_segments: 3,
        poll_after_ms: 3000,
      },
    });
    const job = await syncFiles(server, files);
    expect(job).toMatchObject({ status: 'completed', failed_segments: 0 });
    const [id = ''] = [
      ...(job.result?.new_memories ?? []),
      ...(job.result?.updated_memories ?? []),
    ];
    const again = await syncFiles(server, files.slice(1, 3));
    expect(again.result).toMatchObject({ new_memories: [], updated_memories: [id], errors: [] });
    const made = await conversation(id);
    expect(wordsOf(made)).toEqual(talk.words.map(({ text }) => text));
    expect(made.source).toBe('omi');
    const firstWordAt = startAt + (talk.words[0]?.startMs ?? 0);
    expect(Math.abs(Date.parse(made.started_at) - firstWordAt)).toBeLessThan(200);
    expect(new Set(made.transcript_segments.map(({ speaker }) => speaker)).size).toBe(2);
    expect(await conversationsBetween(startAt - 60_000, startAt + 3_600_000)).toHaveLength(1);
    await expect.poll(async () => (await conversation(id)).status).toBe('completed');
  });

  it('join a conversation that is live in their middle, in any order', async () => {
    const talk = talkOf(150, 'live');
    const frames = opusFrames(talk.pcm);
    const liveFrom = 20_000;
    const liveUntil = 32_000;
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      sample_rate: '16000',
      codec: 'opus_fs320',
    });
    await client.ready();
    const startAt = Date.now() - liveFrom;
    await play(client.socket, frames.slice(liveFrom / 20, liveUntil / 20), 20);
    await client.close();
    const fileMs = Math.ceil(talk.durationMs / 50 / 1000) * 1000;
    const files = deviceFiles(talk.pcm, { startAt, fileMs });
    const sent = shuffled([...files, ...files.slice(3, 5)], 7);
    const uploads: DeviceFileUpload[][] = [];
    for (let i = 0; i < sent.length; i += 5) uploads.push(sent.slice(i, i + 5));
    for (const upload of uploads) {
      expect((await syncFiles(server, upload)).status).toBe('completed');
    }
    const found = await conversationsBetween(startAt - 10_000, Date.now() + 3_600_000);
    expect(found).toHaveLength(1);
    const made = await conversation(found[0]?.id ?? '');
    const heard = wordsOf(made);
    const spoken = talk.words.map(({ text }) => text);
    expect([...heard].sort()).toEqual([...spoken].sort());
  }, 60_000);

  it('lose no word if a short file was there before those on both sides of it', async () => {
    const startAt = hoursAgo(34);
    const talk = talkOf(32, 'mid');
    const files = deviceFiles(talk.pcm, { startAt, fileMs: 1_960 });
    // Names have whole seconds: the first and the third file seem to be one second apart.
    const at = 1;
    await syncFiles(server, files.slice(at, at + 1));
    await syncFiles(server, [...files.slice(0, at), ...files.slice(at + 1)]);
    const found = await conversationsBetween(startAt - 60_000, startAt + 600_000);
    const spoken = talk.words.map(({ text }) => text);
    expect([...found.flatMap(wordsOf)].sort()).toEqual([...spoken].sort());
  }, 60_000);

  it('say what cannot be read, and give the words of the rest', async () => {
    const startAt = hoursAgo(40);
    const talk = talkOf(24, 'ok');
    const [good, half] = deviceFiles(talk.pcm, { startAt, fileMs: 6_000 });
    if (!good || !half) throw new Error('no files');
    const cut = { name: half.name, bytes: half.bytes.slice(0, half.bytes.length >> 1) };
    const noise = { name: deviceFileName(startAt + 60_000), bytes: Buffer.alloc(900, 'no audio ') };
    const empty = { name: deviceFileName(startAt + 70_000), bytes: new Uint8Array(0) };
    const nineteenSeventy = { name: 'audio_omi_opus_16000_1_fs160_17.bin', bytes: good.bytes };
    const job = await syncFiles(server, [good, cut, noise, empty, nineteenSeventy]);
    expect(job).toMatchObject({
      status: 'partial_failure',
      successful_segments: 2,
      failed_segments: 3,
    });
    const problems = Object.fromEntries(job.files.map(({ name, problem }) => [name, problem]));
    expect(problems[good.name]).toBeNull();
    expect(problems[cut.name]).toMatch(/ends in the middle of a packet, after \d\.\d s/);
    expect(problems[noise.name]).toMatch(/holds no Opus packets/);
    expect(problems[empty.name]).toBe('The file is empty.');
    expect(problems[nineteenSeventy.name]).toMatch(/invalid timestamp: it lies before 2024/);
    const refused = await postFiles(server, [{ name: 'notes.txt', bytes: good.bytes }]);
    expect(refused.status).toBe(400);
    expect(refused.body.detail).toContain('Invalid file format notes.txt');
  });

  it('are answered with their conversations by the route of older apps', async () => {
    const startAt = hoursAgo(50);
    const files = deviceFiles(talkOf(16, 'old').pcm, { startAt, fileMs: 5_000, codec: 'pcm16' });
    const { status, body } = await postFiles(server, files, '/v1/sync-local-files');
    expect(status).toBe(200);
    expect(body).toMatchObject({ updated_memories: [], failed_segments: 0 });
    expect(body.new_memories).toHaveLength(1);
  });

  it('are known to nobody but their user', async () => {
    const { body } = await postFiles(
      server,
      deviceFiles(talkOf(8).pcm, { startAt: hoursAgo(60), fileMs: 4_000 }),
    );
    const other = await server.context.accounts.createUser('somebody');
    const path = `/v2/sync-local-files/${String(body.job_id)}`;
    const { token } = await server.context.accounts.createToken(other.id, 'test');
    const answer = await server.api('GET', path, undefined, token);
    expect(answer).toEqual({
      status: 404,
      body: { detail: 'Sync job not found or expired', code: 'not-found' },
    });
  });
});
