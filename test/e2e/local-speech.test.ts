import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversations } from '../../src/model/conversation.ts';
import { loadTranscript } from '../../src/transcripts/transcript.ts';
import {
  joinedClips,
  plainWord,
  spokenClips,
  TINY_STREAMING,
  wordErrors,
} from '../fixtures/spoken-clips.ts';
import { ListenClient } from './listen-client.ts';
import { opusFrames, pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** Silence between two clips and behind the last one, milliseconds. */
const PAUSE_MS = 1_500;
/** What the model itself gets wrong on the clips, of 127 words. */
const MODEL_ERRORS = 7;
const SPEECH = joinedClips(spokenClips(), PAUSE_MS);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ STT_LOCAL_MODEL: TINY_STREAMING });
});
afterAll(() => server.stop());

async function transcribe(
  frames: Uint8Array[],
  query: Record<string, string>,
  speed: number,
  from: TestServer = server,
) {
  const client = await ListenClient.connect(from.wsUrl, from.token, {
    language: 'en',
    sample_rate: '16000',
    ...query,
  });
  await client.ready();
  await play(client.socket, frames, speed);
  const ended = await from.api('POST', '/v1/conversations', {});
  expect(ended.status).toBe(200);
  const { id } = (ended.body as { conversation: { id: string } }).conversation;
  await client.close();
  const { store } = from.context;
  const conversation = await store.find(conversations, from.uid, id);
  if (!conversation) throw new Error('conversation is gone');
  const segments = await loadTranscript(store, from.uid, conversation);
  return { client, conversation, segments, words: segments.flatMap((segment) => segment.words) };
}

describe('speech recognition without a vendor', () => {
  it.each([
    ['pcm16', () => pcmFrames(SPEECH.pcm, 16_000), 12],
    ['opus_fs320', () => opusFrames(SPEECH.pcm), 8],
  ] as const)('%s: loses no word that the model itself hears', async (codec, frames, speed) => {
    const { words, segments } = await transcribe(frames(), { codec }, speed);
    const truth = SPEECH.words.map(({ text }) => text);
    const heard = words.map(({ text }) => plainWord(text));
    const errors = wordErrors(truth, heard);
    const share = ((1 - errors / truth.length) * 100).toFixed(1);
    console.info(`local recognition, ${codec}: ${share} % of ${truth.length} words right`);
    expect(errors).toBeLessThanOrEqual(MODEL_ERRORS + (codec === 'pcm16' ? 0 : 4));
    expect(new Set(segments.map(({ sttProvider }) => sttProvider))).toEqual(new Set(['local']));
  });
});
