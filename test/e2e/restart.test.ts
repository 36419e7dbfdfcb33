import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { opusFrames, pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface WireConversation {
  id: string;
  status: string;
  transcript_segments: { text: string; speaker: string }[];
}

const SPEECH = synthesise([
  { speaker: 0, text: 'The lighthouse keeper wants a new boat engine before summer.' },
  { speaker: 1, text: 'I will call the shipyard tomorrow and ask for a price.' },
]);
const SPOKEN = SPEECH.words.map((word) => word.text);

let simulator: DeepgramSimulator;
beforeAll(async () => {
  simulator = await DeepgramSimulator.start();
});
afterAll(() => simulator.close());

function start(dataDir?: string, env: Record<string, string> = {}): Promise<TestServer> {
  const keys = { DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: simulator.url };
  return startTestServer({ ...keys, ...env }, dataDir);
}

async function listen(server: TestServer, query: Record<string, string>): Promise<ListenClient> {
  const client = await ListenClient.connect(server.wsUrl, server.token, {
    codec: 'pcm16',
    sample_rate: '16000',
    ...query,
  });
  await client.ready();
  return client;
}

function completed(server: TestServer): Promise<WireConversation[]> {
  return server.api('GET', '/v1/conversations').then(({ body }) => body as WireConversation[]);
}

function wordsOf(conversation: WireConversation | undefined): string[] {
  return (conversation?.transcript_segments ?? []).flatMap(({ text }) => text.split(' '));
}

describe('a restart', () => {
  it('lets the last words arrive, and ends the conversation although nobody comes back', async () => {
    const server = await start();
    const client = await listen(server, { conversation_timeout: '2' });
    await play(client.socket, pcmFrames(SPEECH.pcm, 16_000), 8);
    await server.stop({ keepData: true });
    expect(client.closed?.code).toBe(1001);

    const next = await start(server.dataDir);
    await expect.poll(() => completed(next).then((list) => list.length)).toBe(1);
    const [conversation] = await completed(next);
    expect(conversation?.status).toMatch(/completed|processing/);
    expect(wordsOf(conversation)).toEqual(SPOKEN);
    await next.stop();
  });

  it.each([
    ['pcm16', () => pcmFrames(SPEECH.pcm, 16_000)],
    ['opus_fs320', () => opusFrames(SPEECH.pcm)],
  ] as const)(
    '%s: transcribes afterwards what the provider was not there for',
    async (codec, frames) => {
      simulator.lastingFault = { kind: 'handshake', status: 503 };
      const server = await start();
      const client = await listen(server, { conversation_timeout: '2', codec });
      await play(client.socket, frames(), 20);
      await server.stop({ keepData: true });
      simulator.lastingFault = null;

      const next = await start(server.dataDir);
      await expect.poll(() => completed(next).then((list) => list.length)).toBe(1);
      expect(wordsOf((await completed(next))[0])).toEqual(SPOKEN);
      expect(next.context.transcription.sessionCount).toBe(0);
      await next.stop();
    },
    60_000,
  );

  it('goes on with the speakers that were known before', async () => {
    // The provider is lost for good while the second voice speaks.
    const secondVoiceMs = SPEECH.words.find(({ speaker }) => speaker === 1)?.startMs ?? 0;
    simulator.faults.push({ kind: 'drop', afterAudioMs: secondVoiceMs + 2_500 });
    const server = await start();
    const client = await listen(server, { conversation_timeout: '2' });
    await play(
      client.socket,
      pcmFrames(SPEECH.pcm.slice(0, (secondVoiceMs + 2_500) * 32), 16_000),
      8,
    );
    simulator.lastingFault = { kind: 'handshake', status: 503 };
    await play(client.socket, pcmFrames(SPEECH.pcm.slice((secondVoiceMs + 2_500) * 32), 16_000), 8);
    await server.stop({ keepData: true });
    simulator.lastingFault = null;

    const next = await start(server.dataDir);
    await expect.poll(() => completed(next).then((list) => list.length)).toBe(1);
    const [conversation] = await completed(next);
    expect(wordsOf(conversation)).toEqual(SPOKEN);
    const speakers = conversation?.transcript_segments.flatMap(({ text, speaker }) =>
      text.split(' ').map(() => speaker),
    );
    expect(speakers).toEqual(SPEECH.words.map(({ speaker }) => `SPEAKER_${speaker}`));
    await next.stop();
  });

  it('keeps audio for a provider that is configured later', async () => {
    simulator.lastingFault = { kind: 'handshake', status: 401 };
    const server = await start();
    const client = await listen(server, { conversation_timeout: '2' });
    await play(client.socket, pcmFrames(SPEECH.pcm, 16_000), 20);
    await server.stop({ keepData: true });
    simulator.lastingFault = null;

    // A start without any provider neither loses the audio nor the conversation.
    const without = await startTestServer({}, server.dataDir);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await completed(without)).toEqual([]);
    await without.stop({ keepData: true });

    const next = await start(server.dataDir);
    await expect.poll(() => completed(next).then((list) => list.length)).toBe(1);
    expect(wordsOf((await completed(next))[0])).toEqual(SPOKEN);
    await next.stop();
  });

  it('resumes the same conversation when the client is back in time', async () => {
    const server = await start();
    const half = Math.floor(SPEECH.pcm.length / 2 / 640) * 640;
    const first = await listen(server, { conversation_timeout: '60' });
    await play(first.socket, pcmFrames(SPEECH.pcm.slice(0, half), 16_000), 8);
    first.socket.terminate();
    await expect.poll(() => server.context.transcription.sessionCount).toBe(0);
    const second = await listen(server, { conversation_timeout: '60' });
    await play(second.socket, pcmFrames(SPEECH.pcm.slice(half), 16_000), 8);
    await server.api('POST', '/v1/conversations', {});
    await second.close();
    const list = await completed(server);
    expect(list).toHaveLength(1);
    const words = wordsOf(list[0]);
    // The word that the cut went through is lost with its sound; nothing else is.
    const expected = new Set(words);
    expect(SPOKEN.filter((word) => !expected.has(word)).length).toBeLessThanOrEqual(1);
    expect(
      words.filter(
        (word, i) => words.indexOf(word) !== i && SPOKEN.filter((w) => w === word).length < 2,
      ),
    ).toEqual([]);
    await server.stop();
  });
});
