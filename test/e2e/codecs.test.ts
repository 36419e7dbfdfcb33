import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { loadTranscript } from '../../src/transcripts/transcript.ts';
import { aacFrames, hasDecoder, lc3Frames } from '../fixtures/coded-speech.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const SPEECH = synthesise(
  [
    { speaker: 0, text: 'Good morning. We should talk about the harvest festival today.' },
    { speaker: 1, text: 'I will book the brass band tomorrow. They play until midnight.' },
  ],
  { leadMs: 1_000 },
);
const SPOKEN = SPEECH.words.map((word) => word.text);
const hasFfmpeg = hasDecoder('ffmpeg');
const hasLc3 = hasDecoder('liblc3');

let simulator: DeepgramSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await DeepgramSimulator.start({ clips: [] });
  server = await startTestServer({
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: simulator.url,
  });
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

/** Sends frames of `frameMs` at eight times their speed. */
async function send(client: ListenClient, frames: readonly Uint8Array[], frameMs: number) {
  const startedAt = performance.now();
  for (const [i, frame] of frames.entries()) {
    client.socket.send(frame);
    const aheadMs = ((i + 1) * frameMs) / 8 - (performance.now() - startedAt);
    if (aheadMs > 5) await new Promise((resolve) => setTimeout(resolve, aheadMs));
  }
}

async function connect(codec: string): Promise<ListenClient> {
  const client = await ListenClient.connect(server.wsUrl, server.token, {
    sample_rate: '16000',
    codec,
  });
  await client.ready();
  return client;
}

async function wordsOf(id: string) {
  const { store } = server.context;
  const conversation = await store.find(conversations, server.uid, id);
  if (!conversation) throw new Error('conversation is gone');
  const segments = await loadTranscript(store, server.uid, conversation);
  return segments.flatMap((segment) => segment.words);
}

async function transcribe(codec: string, frames: readonly Uint8Array[], frameMs: number) {
  const client = await connect(codec);
  await send(client, frames, frameMs);
  const ended = await server.api('POST', '/v1/conversations', {});
  await client.close();
  return wordsOf((ended.body as { conversation: { id: string } }).conversation.id);
}

function expectSpeech(words: { text: string; startMs: number }[]): void {
  expect(words.map((word) => word.text)).toEqual(SPOKEN);
  const origin = SPEECH.words[0]?.startMs ?? 0;
  for (const [i, word] of words.entries()) {
    const expected = (SPEECH.words[i]?.startMs ?? 0) - origin;
    expect(Math.abs(word.startMs - expected)).toBeLessThanOrEqual(100);
  }
}

describe('coded audio that needs a decoder of the machine', () => {
  it.skipIf(!hasFfmpeg)('aac: every word once, at its time', async () => {
    expectSpeech(await transcribe('aac', aacFrames(SPEECH.samples, 16_000), 64));
  });

  it.skipIf(!hasLc3)('lc3_fs1030: every word once, at its time', async () => {
    expectSpeech(await transcribe('lc3_fs1030', lc3Frames(SPEECH.samples, 16_000), 10));
  });

  it.skipIf(!hasFfmpeg)('aac: what a provider missed is decoded again', async () => {
    simulator.faults.push({ kind: 'drop', afterAudioMs: 3_000 });
    expectSpeech(await transcribe('aac', aacFrames(SPEECH.samples, 16_000), 64));
  });

  it.skipIf(!hasLc3)(
    'lc3: what was logged before a crash is transcribed after it',
    async () => {
      simulator.lastingFault = { kind: 'handshake', status: 503 };
      const client = await connect('lc3_fs1030');
      await send(client, lc3Frames(SPEECH.samples, 16_000), 10);
      await client.until(() => client.statuses().includes('stt_unavailable'));
      await server.stop({ keepData: true });
      simulator.lastingFault = null;
      server = await startTestServer(
        { DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: simulator.url },
        server.dataDir,
      );
      await expect
        .poll(
          async () => {
            const list = await server.api(
              'GET',
              '/v1/conversations?statuses=in_progress,processing,completed&limit=1',
            );
            const [newest] = list.body as { id: string }[];
            return newest ? (await wordsOf(newest.id)).map((word) => word.text) : [];
          },
          { interval: 250 },
        )
        .toEqual(SPOKEN);
    },
    60_000,
  );

  it('refuses a rate that the codec does not have, in words', async () => {
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      sample_rate: '44100',
      codec: 'lc3_fs1030',
    });
    await client.until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(1003);
    expect(client.statuses()).toContain('unsupported_codec');
    const status = client.events.find((event) => event.status === 'unsupported_codec');
    expect(status?.status_text).toMatch(/44100 Hz/);
  });

  it.each(['linear16', 'pcm_s16le', ''])('hears PCM that is called %j', async (codec) => {
    await server.api('POST', '/v1/conversations', {});
    const client = await connect(codec);
    await send(client, pcmFrames(SPEECH.pcm, 16_000), 20);
    await client.until(() => client.text().includes('until midnight.'));
    expect(client.text()).toBe(SPOKEN.join(' '));
    await server.api('POST', '/v1/conversations', {});
    await client.close();
  });

  it('refuses what has an unknown name and is no PCM, in words', async () => {
    const client = await connect('wunderbar');
    const noise = new Uint8Array(32_000);
    for (let at = 0; at < noise.length; at += 1) noise[at] = Math.random() * 256;
    client.socket.send(noise);
    await client.until(() => client.closed !== undefined);
    expect(client.closed).toEqual({ code: 1003, reason: 'Unknown codec' });
    const status = client.events.find((event) => event.status === 'unsupported_codec');
    expect(status?.status_text).toMatch(/^Unknown codec; known are pcm, .* no signed 16-bit/);
  });

  it.skipIf(!hasLc3)('says so where the frames are no LC3', async () => {
    const client = await connect('lc3_fs1030');
    for (let i = 0; i < 30; i += 1) client.socket.send(new Uint8Array(31));
    await client.until(() => client.statuses().includes('audio_invalid'));
    await client.close();
  });
});
