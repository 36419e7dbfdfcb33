import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { loadTranscript } from '../../src/transcripts/transcript.ts';
import { eventually } from '../fixtures/eventually.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { loadSpeechClips } from '../simulators/speech-clips.ts';
import { ListenClient } from './listen-client.ts';
import { opusFrames, pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const clips = loadSpeechClips();
const DIALOGUE = [
  { speaker: 0, text: 'Good morning. We should talk about the harvest festival today.' },
  { speaker: 1, text: 'I will book the brass band tomorrow. They play until midnight.' },
  { speaker: 0, text: 'Wonderful. Please order twelve wooden tables from the carpenter.' },
];
const SPEECH = synthesise(DIALOGUE, { leadMs: 1_500 });
const SPOKEN = SPEECH.words.map((word) => word.text);

let simulator: DeepgramSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await DeepgramSimulator.start({ clips });
  server = await startTestServer({
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: simulator.url,
  });
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});
afterEach(async () => {
  simulator.faults.splice(0);
  await server.api('POST', '/v1/conversations', {});
});

/** Streams frames, ends the conversation, and answers its stored words with their times. */
async function transcribe(frames: Uint8Array[], query: Record<string, string>, speed = 8) {
  const client = await ListenClient.connect(server.wsUrl, server.token, {
    sample_rate: '16000',
    ...query,
  });
  await client.ready();
  await play(client.socket, frames, speed);
  const ended = await server.api('POST', '/v1/conversations', {});
  expect(ended.status).toBe(200);
  const { id } = (ended.body as { conversation: { id: string } }).conversation;
  await client.close();
  const { store } = server.context;
  const conversation = await store.find(conversations, server.uid, id);
  if (!conversation) throw new Error('conversation is gone');
  const segments = await loadTranscript(store, server.uid, conversation);
  return { client, conversation, segments, words: segments.flatMap((segment) => segment.words) };
}

/** Times are counted from the conversation's first speech; none may be off by more than 0.1 s. */
function expectTimes(
  words: { startMs: number; endMs: number }[],
  expected: readonly { startMs: number; endMs: number }[],
): void {
  const origin = expected[0]?.startMs ?? 0;
  for (const [i, word] of words.entries()) {
    expect(Math.abs(word.startMs - ((expected[i]?.startMs ?? 0) - origin))).toBeLessThanOrEqual(
      100,
    );
    expect(Math.abs(word.endMs - ((expected[i]?.endMs ?? 0) - origin))).toBeLessThanOrEqual(100);
  }
}

describe('audio becomes a conversation through Deepgram', () => {
  it.each([
    ['pcm16', () => pcmFrames(SPEECH.pcm, 16_000), {}],
    [
      'pcm8',
      () => pcmFrames(synthesise(DIALOGUE, { leadMs: 1_500, sampleRate: 8000 }).pcm, 8_000),
      { sample_rate: '8000' },
    ],
    ['opus_fs320', () => opusFrames(SPEECH.pcm), {}],
  ] as const)('%s: every word once, at its time, by its speaker', async (codec, frames, query) => {
    const { client, words, segments, conversation } = await transcribe(frames(), {
      codec,
      ...query,
    });
    expect(words.map((word) => word.text)).toEqual(SPOKEN);
    expectTimes(words, SPEECH.words);
    expect(new Set(segments.map((segment) => segment.speaker))).toEqual(
      new Set(['SPEAKER_0', 'SPEAKER_1']),
    );
    // What the client saw live is what is stored.
    expect(client.text().split(' ')).toEqual(SPOKEN);
    expect(conversation.status).toBe('completed');
    expect(conversation.structured.actionItems.map((i) => i.description).join(' ')).toMatch(
      /brass band/i,
    );
    // The same task would not be noted again while it is open.
    await server.api('DELETE', `/v1/conversations/${conversation.id}?cascade=true`);
  });

  it('sends Opus on undecoded, several packets a message', async () => {
    await transcribe(opusFrames(SPEECH.pcm), { codec: 'opus_fs320' });
    const connection = simulator.connections.at(-1);
    expect(connection?.query.has('encoding')).toBe(false);
  });

  it.skipIf(clips.length === 0)('hears real speech at its times', async () => {
    for (const clip of clips) {
      const frames = pcmFrames(new Uint8Array(clip.samples.buffer.slice(0)), clip.sampleRate);
      const { words } = await transcribe(frames, { codec: 'pcm16' }, 4);
      expect(words.map((word) => word.text.toLowerCase().replace(/[.,?]/g, ''))).toEqual(
        clip.words.map((word) => word.text),
      );
      expectTimes(words, clip.words);
    }
  });

  it('loses and doubles nothing when the provider hangs up in mid-word', async () => {
    simulator.faults.push(
      { kind: 'drop', afterAudioMs: 4_000 },
      { kind: 'close', afterAudioMs: 3_000, code: 1011, reason: 'internal' },
      { kind: 'handshake', status: 503 },
    );
    const before = simulator.connections.length;
    const { words, segments } = await transcribe(
      pcmFrames(SPEECH.pcm, 16_000),
      { codec: 'pcm16' },
      4,
    );
    expect(simulator.connections.length - before).toBeGreaterThanOrEqual(3);
    expect(words.map((word) => word.text)).toEqual(SPOKEN);
    expectTimes(words, SPEECH.words);
    expect(new Set(segments.map((s) => s.speaker)).size).toBe(2);
  });

  /** Everything stored that was said since `since`, over all conversations, in spoken order. */
  async function storedSince(since: number): Promise<string[]> {
    const { store } = server.context;
    const { items } = await store.query(conversations, server.uid, { query: 'recent', limit: 10 });
    const fresh = items.filter((c) => c.createdAt >= since).reverse();
    const transcripts = await Promise.all(fresh.map((c) => loadTranscript(store, server.uid, c)));
    return transcripts.flat().flatMap(({ words }) => words.map((word) => word.text));
  }

  it('loses no word that the end of a conversation cuts in two', async () => {
    const since = server.context.clock.now();
    const client = await ListenClient.connect(server.wsUrl, server.token, { sample_rate: '16000' });
    await client.ready();
    const frames = pcmFrames(SPEECH.pcm, 16_000);
    const harvest = SPEECH.words[6];
    const middleMs = ((harvest?.startMs ?? 0) + (harvest?.endMs ?? 0)) / 2;
    const half = Math.round(middleMs / 20);
    await play(client.socket, frames.slice(0, half), 20);
    const heardMs = () => simulator.connections.at(-1)?.audioMs ?? 0;
    await eventually(() => expect(heardMs()).toBeGreaterThan(middleMs - 60));
    expect((await server.api('POST', '/v1/conversations', {})).status).toBe(200);
    await play(client.socket, frames.slice(half), 20);
    await client.close();
    await eventually(async () => expect(await storedSince(since)).toHaveLength(SPOKEN.length));
    expect(await storedSince(since)).toEqual(SPOKEN);
  });

  it('hears what came after the end of a conversation, though the client left before its last words', async () => {
    const since = server.context.clock.now();
    simulator.faults.push({ kind: 'late-results', delayMs: 600 });
    const client = await ListenClient.connect(server.wsUrl, server.token, { sample_rate: '16000' });
    await client.ready();
    const frames = pcmFrames(SPEECH.pcm, 16_000);
    const half = Math.round(((SPEECH.words[9]?.endMs ?? 0) + 200) / 20);
    await play(client.socket, frames.slice(0, half), 20);
    const closing = () => simulator.connections.at(-1)?.control ?? [];
    const ended = server.api('POST', '/v1/conversations', {});
    await eventually(() => expect(closing()).toContain('CloseStream'));
    for (const frame of frames.slice(half)) client.socket.send(frame);
    await client.close();
    await ended;
    await eventually(async () => expect(await storedSince(since)).toHaveLength(SPOKEN.length));
    expect(await storedSince(since)).toEqual(SPOKEN);
  });

  it('keeps the audio of a session whose provider is down, and transcribes it later', async () => {
    simulator.lastingFault = { kind: 'handshake', status: 503 };
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      sample_rate: '16000',
      codec: 'pcm16',
      conversation_timeout: '2',
    });
    await client.ready();
    await play(client.socket, pcmFrames(SPEECH.pcm, 16_000), 20);
    await client.until(() => client.statuses().includes('stt_unavailable'));
    expect(client.segments.size).toBe(0);
    // The idle time passes, but a conversation with unheard audio is not thrown away.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    simulator.lastingFault = null;
    await client.until(() => client.text().split(' ').length === SPOKEN.length);
    expect(client.text().split(' ')).toEqual(SPOKEN);
    expect(client.statuses()).toContain('stt_recovered');
    await client.close();
  });
});
