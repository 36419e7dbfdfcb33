import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import { eventually } from '../fixtures/eventually.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const SPEECH = synthesise([{ speaker: 0, text: 'Nobody is there to hear a word of this today.' }]);
const SECONDS = SPEECH.pcm.length / 2 / 16_000;

interface WireConversation {
  id: string;
  status: string;
  transcript_segments: unknown[];
  gaps: { start: number; end: number; reason: string }[];
}

describe('audio that was never heard', () => {
  let simulator: DeepgramSimulator;
  let server: TestServer;
  const env = () => ({ DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: simulator.url });
  beforeAll(async () => {
    simulator = await DeepgramSimulator.start();
    server = await startTestServer(env());
  });
  afterAll(async () => {
    await server.stop();
    await simulator.close();
  });

  async function speak(): Promise<ListenClient> {
    const query = { sample_rate: '16000', codec: 'pcm16', conversation_timeout: '2' };
    const client = await ListenClient.connect(server.wsUrl, server.token, query);
    await client.ready();
    await play(client.socket, pcmFrames(SPEECH.pcm, 16_000), 20);
    return client;
  }

  async function theConversation(): Promise<WireConversation | undefined> {
    const { body } = await server.api('GET', '/v1/conversations?limit=1');
    const [first] = body as WireConversation[];
    if (!first) return undefined;
    return (await server.api('GET', `/v1/conversations/${first.id}`)).body as WireConversation;
  }

  it('is a gap of its conversation where the log was deleted before anybody heard it', async () => {
    simulator.lastingFault = { kind: 'refuse' };
    const client = await speak();
    await client.until(() => client.statuses().includes('stt_unavailable'));
    await client.close();
    await eventually(() => expect(server.context.transcription.sessionCount).toBe(0));
    await server.stop({ keepData: true });
    const { dataDir } = server;
    // Three days later: long after another disk that might have the log would have been waited for.
    const later: Clock = { ...systemClock, now: () => Date.now() + 72 * 3_600_000 };
    const settings = { ...env(), AUDIO_LOG_MAX_AGE_HOURS: '1' };
    server = await startTestServer(settings, dataDir, undefined, later);
    // What the sweeper does every quarter of an hour.
    const deleted = await server.context.audioLog.sweep(later.now());
    expect(deleted).toHaveLength(1);
    simulator.lastingFault = null;
    await eventually(async () => {
      const conversation = await theConversation();
      expect(conversation).toMatchObject({ status: 'completed', transcript_segments: [] });
      expect(conversation?.gaps).toHaveLength(1);
    });
    const gap = (await theConversation())?.gaps[0];
    expect(gap?.reason).toMatch(/^audio-(deleted|lost)$/);
    expect((gap?.end ?? 0) - (gap?.start ?? 0)).toBeCloseTo(SECONDS, 1);
  });

  it('is none where all was heard', async () => {
    const client = await speak();
    await client.close();
    await eventually(async () => {
      const conversation = await theConversation();
      expect(conversation?.transcript_segments.length).toBeGreaterThan(0);
      expect(conversation).toMatchObject({ gaps: [] });
    });
  });
});
