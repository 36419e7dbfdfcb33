import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { listenSessions } from '../../src/model/conversations/listen-session.ts';
import { loadTranscript } from '../../src/transcripts/transcript.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { opusFrames, pcmFrames } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const MIC = 0x01;
const REMOTE = 0x02;
const SAYS = 'Good morning. Please send me the signed contract by Friday.';
/** Begins while the other one still speaks. */
const ANSWERS = 'Certainly. I will send the contract on Thursday afternoon.';

const mic = speak(SAYS, 500, 48_000);
const remote = speak(ANSWERS, 3_000, 48_000);

function speak(text: string, leadMs: number, sampleRate: 16_000 | 48_000) {
  return synthesise([{ speaker: 3, text }], { leadMs, sampleRate });
}

let simulator: DeepgramSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await DeepgramSimulator.start({ clips: [] });
  server = await startTestServer(environment());
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});
afterEach(() => {
  simulator.faults.splice(0);
  simulator.lastingFault = null;
});

function environment() {
  return { DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: simulator.url };
}

async function call(query: Record<string, string> = {}): Promise<ListenClient> {
  const client = await ListenClient.connect(server.wsUrl, server.token, {
    source: 'phone_call',
    call_id: 'call-7',
    sample_rate: '48000',
    codec: 'pcm',
    channels: '2',
    ...query,
  });
  await client.ready();
  return client;
}

function onChannel(id: number, frame: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(id), frame]);
}

/** Both channels at once, frames of 20 ms, at eight times their speed. */
async function talk(client: ListenClient, a: readonly Uint8Array[], b: readonly Uint8Array[]) {
  const startedAt = performance.now();
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    if (client.socket.readyState !== client.socket.OPEN) return;
    const [first, second] = [a[i], b[i]];
    if (first) client.socket.send(onChannel(MIC, first));
    if (second) client.socket.send(onChannel(REMOTE, second));
    const aheadMs = ((i + 1) * 20) / 8 - (performance.now() - startedAt);
    if (aheadMs > 5) await new Promise((resolve) => setTimeout(resolve, aheadMs));
  }
}

async function callConversations() {
  const { items } = await server.context.store.query(conversations, server.uid, {
    query: 'recent',
    limit: 50,
  });
  return items.filter((conversation) => conversation.exclusive);
}

/** The newest call once it is at its end, with its segments. */
async function endedCall() {
  await expect.poll(async () => (await callConversations())[0]?.status).toBe('completed');
  const [conversation] = await callConversations();
  if (!conversation) throw new Error('no call');
  const segments = await loadTranscript(server.context.store, server.uid, conversation);
  return { conversation, segments };
}

function textOf(segments: readonly { speaker: string; text: string }[], speaker: string): string {
  return segments
    .filter((segment) => segment.speaker === speaker)
    .map((segment) => segment.text)
    .join(' ');
}

describe('a call with a channel for each side', () => {
  it('keeps apart who said what, by channel, and is processed when it is over', async () => {
    const client = await call();
    await talk(client, pcmFrames(mic.pcm, 48_000), pcmFrames(remote.pcm, 48_000));
    await client.close();
    const { conversation, segments } = await endedCall();
    expect(conversation).toMatchObject({ callId: 'call-7', source: 'phone_call' });
    expect(textOf(segments, 'SPEAKER_00')).toBe(SAYS);
    expect(textOf(segments, 'SPEAKER_01')).toBe(ANSWERS);
    for (const segment of segments) {
      expect(segment.isUser).toBe(segment.speaker === 'SPEAKER_00');
      expect(segment.startMs).toBeGreaterThanOrEqual(0);
    }
    // The order and the distance in time of what was said are kept between the channels.
    const words = segments.flatMap((segment) => segment.words);
    const said = words.find((word) => word.text === 'Good')?.startMs ?? 0;
    const answered = words.find((word) => word.text === 'Certainly.')?.startMs ?? 0;
    const apart = (remote.words[0]?.startMs ?? 0) - (mic.words[0]?.startMs ?? 0);
    expect(Math.abs(answered - said - apart)).toBeLessThan(150);
  });

  it('gives the provider each channel at 16 kHz, and no vocabulary', async () => {
    const before = simulator.connections.length;
    const client = await call();
    await talk(client, pcmFrames(mic.pcm, 48_000), pcmFrames(remote.pcm, 48_000));
    await client.close();
    await endedCall();
    const made = simulator.connections.slice(before);
    expect(made).toHaveLength(2);
    for (const { query } of made) {
      expect(query.get('sample_rate')).toBe('16000');
      expect(query.has('keyterm')).toBe(false);
    }
  });

  it('takes Opus on each channel', async () => {
    const a = speak(SAYS, 500, 16_000);
    const b = speak(ANSWERS, 3_000, 16_000);
    const client = await call({ codec: 'opus', sample_rate: '16000' });
    await talk(client, opusFrames(a.pcm), opusFrames(b.pcm));
    await client.close();
    const { segments } = await endedCall();
    expect(textOf(segments, 'SPEAKER_00')).toBe(SAYS);
    expect(textOf(segments, 'SPEAKER_01')).toBe(ANSWERS);
  });

  it('drops what is on no channel', async () => {
    const client = await call();
    const frames = pcmFrames(mic.pcm, 48_000);
    for (const frame of frames) {
      client.socket.send(onChannel(0x00, frame));
      client.socket.send(onChannel(0x03, frame));
    }
    await client.close();
    await expect
      .poll(async () => (await callConversations()).some((c) => c.status === 'in_progress'))
      .toBe(false);
  });

  it('is always a conversation of its own, which nobody else resumes or ends', async () => {
    const pendant = await ListenClient.connect(server.wsUrl, server.token, {
      custom_stt: 'enabled',
    });
    await pendant.ready();
    pendant.suggest([{ text: 'I am on the phone in a minute, wait here.', start: 0, end: 2 }]);
    await pendant.until(() => pendant.segments.size === 1);
    const first = await call();
    const second = await call();
    const live = await callConversations();
    expect(live.filter((c) => c.status === 'in_progress')).toHaveLength(2);
    // A pendant that comes back goes on in its own conversation.
    await pendant.close();
    const again = await ListenClient.connect(server.wsUrl, server.token, {
      custom_stt: 'enabled',
    });
    await again.ready();
    const ended = await server.api('POST', '/v1/conversations', {});
    expect(JSON.stringify(ended.body)).toContain('on the phone in a minute');
    expect((await callConversations()).filter((c) => c.status === 'in_progress')).toHaveLength(2);
    await Promise.all([again.close(), first.close(), second.close()]);
    // Nothing was said in either.
    await expect
      .poll(async () => (await callConversations()).some((c) => c.status === 'in_progress'))
      .toBe(false);
  });

  it('tells start-up once, and tells segments of both channels', async () => {
    const client = await call();
    await talk(client, pcmFrames(mic.pcm, 48_000), pcmFrames(remote.pcm, 48_000));
    await client.until(
      () => client.text().split(' ').length === `${SAYS} ${ANSWERS}`.split(' ').length,
    );
    expect(client.statuses()).toEqual([
      'initiating',
      'in_progress_conversations_processing',
      'stt_initiating',
      'ready',
    ]);
    expect(new Set([...client.segments.values()].map((segment) => segment.speaker))).toEqual(
      new Set(['SPEAKER_00', 'SPEAKER_01']),
    );
    await client.close();
    await endedCall();
  });

  it('loses and doubles nothing when the provider hangs up', async () => {
    simulator.faults.push(
      { kind: 'drop', afterAudioMs: 2_500 },
      { kind: 'drop', afterAudioMs: 4_000 },
    );
    const client = await call();
    await talk(client, pcmFrames(mic.pcm, 48_000), pcmFrames(remote.pcm, 48_000));
    await client.close();
    const { segments } = await endedCall();
    expect(textOf(segments, 'SPEAKER_00')).toBe(SAYS);
    expect(textOf(segments, 'SPEAKER_01')).toBe(ANSWERS);
  });

  it('is transcribed after a restart, by channel, where no provider was there', async () => {
    simulator.lastingFault = { kind: 'handshake', status: 503 };
    const client = await call({ call_id: 'call-8' });
    await talk(client, pcmFrames(mic.pcm, 48_000), pcmFrames(remote.pcm, 48_000));
    await client.until(() => client.statuses().includes('stt_unavailable'));
    await server.stop({ keepData: true });
    simulator.lastingFault = null;
    server = await startTestServer(environment(), server.dataDir);
    const { conversation, segments } = await endedCall();
    expect(conversation.callId).toBe('call-8');
    expect(textOf(segments, 'SPEAKER_00')).toBe(SAYS);
    expect(textOf(segments, 'SPEAKER_01')).toBe(ANSWERS);
    expect(segments.every((s) => s.isUser === (s.speaker === 'SPEAKER_00'))).toBe(true);
    const left = await server.context.store.query(listenSessions, server.uid, {
      query: 'ofConversation',
      limit: 10,
    });
    expect(left.items).toEqual([]);
  });
});
