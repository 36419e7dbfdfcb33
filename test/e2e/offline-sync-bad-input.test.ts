import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/kernel/errors.ts';
import { syncFiles as syncFileCollection } from '../../src/model/conversations/sync-file.ts';
import { eventually } from '../fixtures/eventually.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { type DeviceFileUpload, deviceFileName, deviceFiles } from './device-files.ts';
import { RawSocket } from './misbehaviour.ts';
import { postFiles, syncFiles } from './sync-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const ROUTE = '/v2/sync-local-files';

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
afterEach(() => {
  vi.restoreAllMocks();
});

/** Each test has hours of its own, so that no conversation meets that of another. */
let hours = 24;
function nextHour(): number {
  hours += 8;
  return Math.floor(Date.now() / 1000 - hours * 3600) * 1000;
}

function talkOf(prefix: string, count = 16) {
  const texts = Array.from({ length: count / 8 }, (_, i) =>
    Array.from({ length: 8 }, (_, k) => `${prefix}${i * 8 + k}`).join(' '),
  );
  return synthesise(
    texts.map((text) => ({ speaker: 0, text: `${text}.` })),
    { leadMs: 300 },
  );
}

/** Files of the blob store, finished and not. */
async function storedFiles(): Promise<string[]> {
  const folder = path.join(server.dataDir, 'blobs');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function knownFiles(): Promise<number> {
  const request = { query: 'byAge', limit: 1_000 } as const;
  return (await server.context.store.query(syncFileCollection, server.uid, request)).items.length;
}

/** Sends a request that is refused, and checks that it leaves nothing behind. */
async function expectNothingStored(send: () => Promise<unknown>): Promise<void> {
  const before = { files: (await storedFiles()).length, known: await knownFiles() };
  await send();
  await eventually(async () => {
    expect({ files: (await storedFiles()).length, known: await knownFiles() }).toEqual(before);
  });
}

/** The beginning of an upload by hand: a head that announces `length` bytes, and the first of them. */
async function beginUpload(length: number, file: DeviceFileUpload): Promise<RawSocket> {
  const client = await RawSocket.connect(server);
  client.socket.write(
    [
      `POST ${ROUTE} HTTP/1.1`,
      'Host: localhost',
      `Authorization: Bearer ${server.token}`,
      'Content-Type: multipart/form-data; boundary=x',
      `Content-Length: ${length}`,
      '\r\n',
    ].join('\r\n'),
  );
  client.socket.write(
    `--x\r\nContent-Disposition: form-data; name="files"; filename="${file.name}"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n',
  );
  client.socket.write(file.bytes);
  return client;
}

async function wordsBetween(from: number, to: number): Promise<string[]> {
  const { body } = await server.api('GET', '/v1/conversations?limit=200&include_discarded=true');
  return (body as { started_at: string; transcript_segments: { text: string }[] }[])
    .filter(({ started_at: at }) => Date.parse(at) >= from && Date.parse(at) <= to)
    .flatMap(({ transcript_segments: segments }) => segments.flatMap(({ text }) => text.split(' ')))
    .map((word) => word.toLowerCase().replace('.', ''));
}

describe('an upload that is too large', () => {
  it('of 2 GB is refused by its header, before anything is stored', () =>
    expectNothingStored(async () => {
      const bytes = Buffer.alloc(1_000);
      const client = await beginUpload(2 ** 31, { name: deviceFileName(nextHour()), bytes });
      await eventually(() => expect(client.received.toString()).toMatch(/^HTTP\/1\.1 413 /));
      expect(client.received.toString()).toContain('larger than 1024 MB; send less at once');
      client.socket.destroy();
    }));

  it('in its number of files is refused with the number that can be sent', () =>
    expectNothingStored(async () => {
      const startAt = nextHour();
      const files = Array.from({ length: 5_000 }, (_, i) => ({
        name: deviceFileName(startAt + i * 1_000),
        bytes: Buffer.from([1, 0, 0, 0, 0x48]),
      }));
      const { status, body } = await postFiles(server, files);
      expect(status).toBe(413);
      expect(body.detail).toMatch(/more than 400 files; send them in several requests/);
    }));
});

describe('a client that dies in the middle of an upload', () => {
  it('leaves nothing half stored, and the same files are taken afterwards', async () => {
    const startAt = nextHour();
    const [file] = deviceFiles(talkOf('died').pcm, { startAt, fileMs: 60_000 });
    if (!file) throw new Error('no file');
    await expectNothingStored(async () => {
      const client = await beginUpload(10_000_000, file);
      await eventually(async () => {
        const unfinished = path.join(server.dataDir, 'blobs', '.unfinished');
        expect(await readdir(unfinished)).toHaveLength(1);
      });
      client.socket.destroy();
    });
    expect((await syncFiles(server, [file])).status).toBe('completed');
    expect(await wordsBetween(startAt - 1_000, startAt + 60_000)).toContain('died0');
  });
});

describe('a full disk', () => {
  const full = () => new AppError('disk-full', 'The disk of the server is full.');

  it('while files are stored refuses the whole request, which can be repeated', async () => {
    const startAt = nextHour();
    const files = deviceFiles(talkOf('full').pcm, { startAt, fileMs: 2_000 });
    const { blobs } = server.context;
    const put = blobs.put.bind(blobs);
    let stored = 0;
    const spy = vi.spyOn(blobs, 'put').mockImplementation(async (key, data) => {
      stored += 1;
      if (stored > 1) throw full();
      return await put(key, data);
    });
    await expectNothingStored(async () => {
      const answer = await postFiles(server, files);
      expect(answer).toMatchObject({ status: 503, body: { code: 'disk-full' } });
      expect(answer.body.detail).toBe('The disk of the server is full.');
    });
    spy.mockRestore();
    expect((await syncFiles(server, files)).status).toBe('completed');
    expect(await wordsBetween(startAt - 1_000, startAt + 60_000)).toHaveLength(16);
  });

  it('of the database refuses the whole request, and no file of it is kept', async () => {
    const files = deviceFiles(talkOf('db').pcm, { startAt: nextHour(), fileMs: 2_000 });
    const { store } = server.context;
    await expectNothingStored(async () => {
      const spy = vi.spyOn(store, 'transact').mockRejectedValue(full());
      const answer = await postFiles(server, files);
      spy.mockRestore();
      expect(answer).toMatchObject({ status: 503, body: { code: 'disk-full' } });
    });
  });

  it('that hides whether the files were taken loses none of them when they are sent again', async () => {
    const startAt = nextHour();
    const files = deviceFiles(talkOf('lost').pcm, { startAt, fileMs: 2_000 });
    const { store } = server.context;
    const transact = store.transact.bind(store);
    let failed = false;
    const spy = vi.spyOn(store, 'transact').mockImplementation(async (work) => {
      const known = await knownFiles();
      const result = await transact(work);
      if (failed || (await knownFiles()) === known) return result;
      failed = true;
      throw new AppError('provider-unavailable', 'The answer of the database was lost.');
    });
    expect((await postFiles(server, files)).status).toBe(503);
    spy.mockRestore();
    const request = { query: 'byStart', from: startAt, limit: 10 } as const;
    const { items } = await store.query(syncFileCollection, server.uid, request);
    const taken = items.filter(({ name }) => files.some((file) => file.name === name));
    expect(taken).toHaveLength(files.length);
    for (const { blobKey } of taken) {
      expect(await server.context.blobs.head(blobKey ?? '')).toBeDefined();
    }
    const job = await syncFiles(server, files);
    expect(job).toMatchObject({ status: 'completed', failed_segments: 0 });
    expect(await wordsBetween(startAt - 1_000, startAt + 60_000)).toHaveLength(16);
  });
});

describe('names and clocks that are wrong', () => {
  it('are refused one by one, with a reason for each', async () => {
    const startAt = nextHour();
    const [good] = deviceFiles(talkOf('clock').pcm, { startAt, fileMs: 60_000 });
    if (!good) throw new Error('no file');
    const { bytes } = good;
    const wrong: Record<string, RegExp> = {
      'audio_omi_opus_16000_1_fs320_17.bin': /before 2024/,
      'audio_omi_opus_16000_1_fs320_4070908800.bin': /in the future/,
      'audio_omi_opus_16000_1_fs320_99999999999999999999.bin': /invalid timestamp/,
      'audio_omi_opus_16000_1_fs320_-1770000000.bin': /invalid timestamp/,
      'audio_omi_opus_16000_1_fs320_1e9.bin': /invalid timestamp/,
      'audio_omi_opus.bin': /invalid timestamp/,
      'x.bin': /missing timestamp/,
      '.bin': /missing timestamp/,
      [`${'long'.repeat(100)}.wav`]: /must end with \.bin/,
    };
    const names = Object.keys(wrong);
    const job = await syncFiles(server, [good, ...names.map((name) => ({ name, bytes }))]);
    expect(job).toMatchObject({ status: 'partial_failure', successful_segments: 1 });
    expect(job.failed_segments).toBe(names.length);
    for (const [name, reason] of Object.entries(wrong)) {
      const told = job.files.find((file) => file.name === name.slice(-255));
      expect(told?.problem, name).toMatch(reason);
    }
  });

  it('lead out of no folder', async () => {
    const at = Math.floor(nextHour() / 1000);
    const [{ bytes } = { bytes: new Uint8Array(0) }] = deviceFiles(talkOf('path').pcm, {
      startAt: at * 1000,
      fileMs: 60_000,
    });
    const names = [`../../../store_${at}.bin`, `/etc/passwd_${at}.bin`, `C:\\boot_${at}.bin`];
    for (const name of names) {
      const job = await syncFiles(server, [{ name, bytes }]);
      expect(job.status).toBe('completed');
      expect(job.files[0]?.name).not.toMatch(/[\\/]/);
    }
    const there = await readdir(server.dataDir);
    expect(there.filter((name) => name.includes(String(at)))).toEqual([]);
  });

  it('of a codec that the bytes are not of lose no words', async () => {
    const startAt = nextHour();
    const opus = deviceFiles(talkOf('codec').pcm, { startAt, fileMs: 60_000 });
    const named = opus.map(({ name, bytes }) => ({
      name: name.replace('opus_fs320', 'pcm16'),
      bytes,
    }));
    expect((await syncFiles(server, named)).status).toBe('completed');
    expect(await wordsBetween(startAt - 1_000, startAt + 60_000)).toHaveLength(16);
    const { pcm } = talkOf('raw');
    const raw = { name: deviceFileName(nextHour()), bytes: pcm };
    const job = await syncFiles(server, [raw]);
    expect(job).toMatchObject({ status: 'failed', failed_segments: 1 });
    expect(job.files[0]?.problem).toMatch(/holds no Opus packets, although its name says so/);
  });
});

describe('files of overlapping times', () => {
  it('that hold the same speech give each word once', async () => {
    const startAt = nextHour();
    const talk = talkOf('twice', 48);
    const half = Math.floor(talk.durationMs / 2 / 1000) * 1000;
    const bytesOf = (ms: number) => ms * 32;
    const part = (fromMs: number, untilMs: number) =>
      deviceFiles(talk.pcm.subarray(bytesOf(fromMs), bytesOf(untilMs)), {
        startAt: startAt + fromMs,
        fileMs: 600_000,
      });
    const files = [...part(0, half + 4_000), ...part(half - 4_000, talk.durationMs)];
    expect((await syncFiles(server, files)).status).toBe('completed');
    const words = await wordsBetween(startAt - 1_000, startAt + talk.durationMs);
    const whole = talk.words.map(({ text }) => text.replace('.', ''));
    expect(whole.filter((word) => !words.includes(word))).toEqual([]);
    expect(words.filter((word, i) => words.indexOf(word) !== i)).toEqual([]);
  });

  it('that hold different speech give the words of both', async () => {
    const startAt = nextHour();
    const one = deviceFiles(talkOf('left').pcm, { startAt, fileMs: 600_000 });
    const two = deviceFiles(talkOf('right').pcm, { startAt, fileMs: 600_000 });
    expect((await syncFiles(server, [...one, ...two])).status).toBe('completed');
    const words = await wordsBetween(startAt - 1_000, startAt + 60_000);
    expect(words.filter((word) => word.startsWith('left'))).toHaveLength(16);
    expect(words.filter((word) => word.startsWith('right'))).toHaveLength(16);
  });
});
