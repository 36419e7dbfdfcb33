import { Encoder } from '@evan/opus';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GLOBAL } from '../../src/model/collection.ts';
import { jobId, jobs, processJob } from '../../src/model/jobs.ts';
import { aacFrames, hasDecoder, lc3Frames } from '../fixtures/coded-speech.ts';
import { eventually } from '../fixtures/eventually.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { WebhookReceiver } from '../simulators/apps/webhook-receiver.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { PushService } from '../simulators/push/push-service.ts';
import { deviceFileName, deviceFiles, recordsOf } from './device-files.ts';
import { pcmFrames } from './play-audio.ts';
import { postFiles, type SyncJob, syncFiles } from './sync-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface Talk {
  id: string;
  status: string;
  started_at: string;
  structured: { title: string; action_items: { description: string; completed: boolean }[] };
  transcript_segments: { id: string; text: string; person_id: string | null; is_user: boolean }[];
}

let recogniser: DeepgramSimulator;
let receiver: WebhookReceiver;
let pushes: PushService;
let server: TestServer;
beforeAll(async () => {
  recogniser = await DeepgramSimulator.start({});
  receiver = await WebhookReceiver.start();
  pushes = await PushService.start();
  server = await startTestServer({
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: recogniser.url,
    ALLOW_LOOPBACK_URLS: 'true',
  });
});
afterAll(async () => {
  await server.stop();
  await pushes.close();
  await receiver.close();
  await recogniser.close();
});
beforeEach(() => {
  receiver.received.length = 0;
  pushes.received.length = 0;
});

/** Each test has hours of its own, so that no conversation meets that of another. */
let hours = 24;
function nextHour(): number {
  hours += 8;
  return Math.floor(Date.now() / 1000 - hours * 3600) * 1000;
}

function talkOf(texts: readonly string[], leadMs = 300) {
  return synthesise(
    texts.map((text, i) => ({ speaker: i % 2, text })),
    { leadMs },
  );
}

async function ok<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await server.api(method, path, body);
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBe(200);
  return answer.body as T;
}

const read = (id: string) => ok<Talk>('GET', `/v1/conversations/${id}`);

async function processed(id: string): Promise<Talk> {
  await eventually(async () => expect((await read(id)).status).toBe('completed'));
  return read(id);
}

/** Lets a conversation that waits for more files be processed at once. */
async function processNow(id: string): Promise<void> {
  await server.context.store.transact(async (tx) => {
    const job = await tx.find(jobs, GLOBAL, jobId(processJob, server.uid, id));
    if (!job) throw new Error('nothing waits to be processed');
    tx.patch(jobs, GLOBAL, job.id, { dueAt: Date.now() });
    tx.emit('job-enqueued', {});
  });
}

function idsOf({ result }: SyncJob): string[] {
  return [...(result?.new_memories ?? []), ...(result?.updated_memories ?? [])];
}

const wordsOf = (talk: Talk) =>
  talk.transcript_segments.flatMap(({ text }) => text.toLowerCase().split(' '));

/** Packets of 10 ms, as an Omi pendant makes them. */
function shortOpusFrames(pcm: Uint8Array): Uint8Array[] {
  const encoder = new Encoder({ channels: 1, sample_rate: 16_000, application: 'audio' });
  encoder.bitrate = 32_000;
  return pcmFrames(pcm, 16_000, 10).map((frame) => {
    const padded = new Uint8Array(320);
    padded.set(frame);
    return encoder.encode(padded).slice();
  });
}

const eightBits = (samples: Int16Array) => Uint8Array.from(samples, (value) => (value >> 8) + 128);

/** G.711 µ-law: sign, exponent and four bits of the value. Source: ITU-T G.711. */
function muLaw(samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, (value) => {
    const magnitude = Math.min(Math.abs(value), 32_635) + 132;
    const exponent = 24 - Math.clz32(magnitude >> 0);
    const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    return ~((value < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
  });
}

const blocks = (bytes: Uint8Array, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.slice(i * size, (i + 1) * size),
  );

describe('a file of a device', () => {
  const talk = talkOf(['The lighthouse needs a new lamp.', 'Good, I will order one tomorrow.']);
  const codecs: [string, () => Uint8Array[], boolean][] = [
    ['opus', () => shortOpusFrames(talk.pcm), true],
    ['pcm16', () => pcmFrames(talk.pcm, 16_000), true],
    ['pcm8', () => blocks(eightBits(talk.samples), 320), true],
    ['mulaw', () => blocks(muLaw(talk.samples), 320), true],
    ['aac', () => aacFrames(talk.samples, 16_000), hasDecoder('ffmpeg')],
    ['lc3_fs1030', () => lc3Frames(talk.samples, 16_000), hasDecoder('liblc3')],
  ];

  for (const [codec, framesOf, isHere] of codecs) {
    it.skipIf(!isHere)(`in ${codec} gives every word once, at its time`, async () => {
      const startAt = nextHour();
      const file = { name: deviceFileName(startAt, codec), bytes: recordsOf(framesOf()) };
      const job = await syncFiles(server, [file]);
      expect(job.files).toMatchObject([{ status: 'completed', problem: null }]);
      const made = await read(idsOf(job)[0] ?? '');
      expect(wordsOf(made)).toEqual(talk.words.map(({ text }) => text.toLowerCase()));
      const firstWordAt = startAt + (talk.words[0]?.startMs ?? 0);
      expect(Math.abs(Date.parse(made.started_at) - firstWordAt)).toBeLessThan(300);
    });
  }
});

describe('a talk out of files', () => {
  it('is announced once, as a live one is', async () => {
    await ok('POST', '/v1/users/developer/webhook/memory_created', { url: receiver.url });
    const { public_key: key } = await ok<{ public_key: string }>('GET', '/v1/push/key');
    await ok('POST', '/v1/push/subscriptions', pushes.subscribe(key, 'phone'));
    const startAt = nextHour();
    const talk = talkOf([
      'I will send the map of the island to the mayor tomorrow.',
      'Please call the mason before Friday about the harbour wall.',
    ]);
    const [first, ...rest] = deviceFiles(talk.pcm, { startAt, fileMs: 2_000 });
    if (!first) throw new Error('no files');
    const [id = ''] = idsOf(await syncFiles(server, [first, ...rest]));
    await processed(id);
    // Talks of the tests before may be announced late.
    const told = () =>
      receiver.received.filter(
        ({ body }) => (JSON.parse(body.toString()) as { id: string }).id === id,
      );
    const pushed = () =>
      pushes.received.filter(({ message }) => JSON.stringify(message).includes(`timeline/${id}`));
    await eventually(() => expect(told()).toHaveLength(1));
    await eventually(() => expect(pushed()).toHaveLength(1));
    // The same files again are no news.
    await syncFiles(server, [first, ...rest]);
    await processed(id);
    expect(told()).toHaveLength(1);
    expect(pushed()).toHaveLength(1);
  });

  it('that grows by later files is processed once more, and edits stay', async () => {
    const startAt = nextHour();
    const early = talkOf(['I will send the plan of the harbour to the council tomorrow.']);
    const late = talkOf(['Please order the lamp of the lighthouse before Friday.']);
    const files = deviceFiles(early.pcm, { startAt, fileMs: 60_000 });
    const [id = ''] = idsOf(await syncFiles(server, files));
    const before = await processed(id);
    const [segment] = before.transcript_segments;
    const { id: person } = await ok<{ id: string }>('POST', '/v1/users/people', { name: 'Dana' });
    await ok('PATCH', `/v1/conversations/${id}/title?title=Harbour%20day`);
    await ok('PATCH', `/v1/conversations/${id}/starred?starred=true`);
    const text = 'I will send the plan of the port to the council tomorrow.';
    await ok('PATCH', `/v1/conversations/${id}/segments/text`, { segment_id: segment?.id, text });
    await ok('PATCH', `/v1/conversations/${id}/segments/assign-bulk`, {
      segment_ids: [segment?.id],
      assign_type: 'person_id',
      value: person,
    });
    await ok('PATCH', `/v1/conversations/${id}/action-items`, { items_idx: [0], values: [true] });
    const more = deviceFiles(late.pcm, { startAt: startAt + 40_000, fileMs: 60_000 });
    expect(idsOf(await syncFiles(server, more))).toEqual([id]);
    await processNow(id);
    await eventually(async () => {
      const grown = await processed(id);
      expect(grown.structured.action_items.length).toBeGreaterThan(1);
    });
    const after = await read(id);
    expect(after.structured.title).toBe('Harbour day');
    expect(after).toMatchObject({ starred: true });
    expect(after.structured.action_items[0]).toMatchObject({ completed: true });
    expect(after.transcript_segments[0]).toMatchObject({ text, person_id: person });
    expect(wordsOf(after).join(' ')).toContain('order the lamp of the lighthouse');
  });

  it('tells how far it is, file by file, while the speech service is away', async () => {
    const startAt = nextHour();
    const talk = talkOf(Array.from({ length: 10 }, (_, i) => `Sentence number ${i} of the talk.`));
    const files = deviceFiles(talk.pcm, { startAt, fileMs: 2_000 });
    // The first run of files is heard, the next one is not.
    recogniser.faults.push(null);
    recogniser.lastingFault = { kind: 'handshake', status: 503 };
    const { body } = await postFiles(server, files);
    const path = `/v2/sync-local-files/${String(body.job_id)}`;
    await eventually(async () => {
      const job = await ok<SyncJob>('GET', path);
      expect(job).toMatchObject({ status: 'processing', total_segments: files.length });
      expect(job.processed_segments).toBeGreaterThan(0);
      expect(job.processed_segments).toBeLessThan(files.length);
      const done = job.files.filter(({ status }) => status === 'completed');
      expect(done).toHaveLength(job.processed_segments);
      expect(job.result).toBeUndefined();
    });
    recogniser.lastingFault = null;
  });
});
