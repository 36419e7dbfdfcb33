import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { listenSessions } from '../../src/model/conversations/listen-session.ts';
import { loadTranscript } from '../../src/transcripts/transcript.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const SPEECH = synthesise(
  [
    { speaker: 0, text: 'The train to the coast leaves at seven in the morning.' },
    { speaker: 1, text: 'Then we should pack the blue suitcase tonight.' },
    { speaker: 0, text: 'Remember to bring the tickets and the map.' },
  ],
  { leadMs: 500 },
);
const FRAMES = pcmFrames(SPEECH.pcm, 16_000);
const FRAME_MS = 20;

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

async function connect(): Promise<ListenClient> {
  const client = await ListenClient.connect(server.wsUrl, server.token, {
    sample_rate: '16000',
    codec: 'pcm16',
  });
  await client.ready();
  return client;
}

/** Frame in the middle of the word with this number. */
function middleOf(word: number): number {
  const { startMs, endMs } = SPEECH.words[word] ?? { startMs: 0, endMs: 0 };
  return Math.round((startMs + endMs) / 2 / FRAME_MS);
}

/** True if `all` has the words of `wanted` in their order, whatever else it has. */
function hasInOrder(all: readonly string[], wanted: readonly string[]): boolean {
  let at = 0;
  for (const word of all) if (word === wanted[at]) at += 1;
  return at === wanted.length;
}

describe('a client that was cut off in mid-word', () => {
  it('goes on in the same conversation, and loses no word by sending its last second again', async () => {
    const cuts = [middleOf(6), middleOf(15)];
    let from = 0;
    for (const cut of [...cuts, FRAMES.length]) {
      const client = await connect();
      // As fast as it is spoken: the times of two connections are told apart by the clock on the wall.
      await play(client.socket, FRAMES.slice(from, cut), 1);
      if (cut === FRAMES.length) await client.close();
      else client.socket.terminate();
      from = Math.max(0, cut - 1_000 / FRAME_MS);
    }
    const { store } = server.context;
    await expect
      .poll(
        async () =>
          (await store.query(listenSessions, server.uid, { query: 'ofConversation', limit: 9 }))
            .items.length,
      )
      .toBe(0);
    const live = await store.query(conversations, server.uid, { query: 'recent', limit: 9 });
    expect(live.items).toHaveLength(1);
    const [conversation] = live.items;
    if (!conversation) throw new Error('no conversation');
    const segments = await loadTranscript(store, server.uid, conversation);
    const words = segments.flatMap((segment) => segment.words);
    expect(
      hasInOrder(
        words.map((word) => word.text),
        SPEECH.words.map((word) => word.text),
      ),
    ).toBe(true);
    // Sent again twice, a second each: no more than what fits into that is there twice.
    expect(words.length - SPEECH.words.length).toBeLessThanOrEqual(12);
    for (const [i, word] of words.entries()) {
      expect(word.startMs).toBeGreaterThanOrEqual((words[i - 1]?.startMs ?? 0) - 1_500);
    }
  });
});

describe('a client that leaves without a word', () => {
  beforeAll(async () => {
    await server.api('POST', '/v1/conversations', {});
  });

  it('leaves no conversation that seems to be live', async () => {
    const client = await connect();
    client.socket.send(new Uint8Array(640));
    expect(await inProgress()).toHaveLength(1);
    await client.close();
    await expect.poll(inProgress).toEqual([]);
  });

  it('does not end the conversation of another connection of the user', async () => {
    const [first, second] = [await connect(), await connect()];
    await first.close();
    await expect.poll(async () => (await inProgress()).length).toBe(1);
    await second.close();
    await expect.poll(inProgress).toEqual([]);
  });
});

async function inProgress(): Promise<unknown[]> {
  const { body } = await server.api('GET', '/v1/conversations?statuses=in_progress');
  return body as unknown[];
}
