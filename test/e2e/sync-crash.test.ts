import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ChildServer } from './crash/child-server.ts';
import { deviceFiles } from './device-files.ts';
import { jobOf, postFiles } from './sync-client.ts';

let recogniser: DeepgramSimulator;
let directory: string;
beforeAll(async () => {
  recogniser = await DeepgramSimulator.start({});
  directory = await mkdtemp(path.join(tmpdir(), 'omi-sync-crash-'));
});
afterAll(async () => {
  await recogniser.close();
  await rm(directory, { recursive: true, force: true });
});

it('files that were taken are transcribed, each word once, though the server was killed', async () => {
  const env = { DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: recogniser.url };
  const talk = synthesise(
    Array.from({ length: 12 }, (_, i) => ({
      speaker: i % 2,
      text: `${Array.from({ length: 8 }, (_, k) => `k${i * 8 + k}`).join(' ')}.`,
    })),
    { leadMs: 300 },
  );
  const startAt = Math.floor(Date.now() / 1000 - 86_400) * 1000;
  const files = deviceFiles(talk.pcm, { startAt, fileMs: 2_000 });
  let server = await ChildServer.start(directory, env);
  const token = server.token ?? '';
  try {
    const { status, body } = await postFiles({ url: server.url, token }, files);
    expect(status).toBe(202);
    // In the middle of the first run of files.
    await expect.poll(() => recogniser.connections.length).toBeGreaterThan(0);
    await server.kill();
    server = await ChildServer.start(directory, env);
    const job = await jobOf({ url: server.url, token }, body.job_id);
    expect(job).toMatchObject({ status: 'completed', failed_segments: 0 });
    const response = await fetch(`${server.url}/v1/conversations?limit=50`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const listed = (await response.json()) as { transcript_segments: { text: string }[] }[];
    const words = listed.flatMap(({ transcript_segments: segments }) =>
      segments.flatMap(({ text }) => text.toLowerCase().split(' ')),
    );
    const made = listed.filter(({ transcript_segments: { length } }) => length > 0);
    expect([...words].sort()).toEqual(talk.words.map(({ text }) => text.toLowerCase()).sort());
    expect(made).toHaveLength(1);
  } finally {
    await server.stop();
  }
}, 120_000);
