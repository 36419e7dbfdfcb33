import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { loadTranscript } from '../../src/transcripts/transcript.ts';
import {
  joinedClips,
  plainWord,
  spokenClip,
  spokenClips,
  TINY_STREAMING,
} from '../fixtures/spoken-clips.ts';
import { alignWords } from '../fixtures/word-alignment.ts';
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
    const heard = words.map((word) => ({ ...word, text: plainWord(word.text) }));
    const { lost, added, misheard, lateMs } = alignWords(SPEECH.words, heard);
    const errors = lost.length + added.length + misheard.length;
    const share = ((1 - errors / SPEECH.words.length) * 100).toFixed(1);
    console.info(
      `local recognition, ${codec}: ${share} % of ${SPEECH.words.length} words right, ` +
        `${atMost(lateMs, 0.98)} ms off (98 %), ${atMost(lateMs, 1)} ms at most`,
    );
    expect(errors).toBeLessThanOrEqual(MODEL_ERRORS + (codec === 'pcm16' ? 0 : 4));
    expect(atMost(lateMs, 0.98)).toBeLessThan(200);
    expect(new Set(segments.map(({ sttProvider }) => sttProvider))).toEqual(new Set(['local']));
  });

  it('tells words while they are spoken, in real time, and finds them afterwards', async () => {
    const clip = joinedClips([spokenClip('slt-1')], 3_000);
    const { client, segments, conversation } = await transcribe(
      pcmFrames(clip.pcm, 16_000),
      { codec: 'pcm16', partials: 'enabled' },
      1,
    );
    const text = segments.map((segment) => segment.text).join(' ');
    expect(text).toMatch(/new budget to Priya/i);
    // They were there before the conversation was ended, and the first of them before the last.
    expect(client.text()).toBe(text);
    expect(client.events.map(({ type }) => type)).toContain('partial_transcript');
    expect(client.statuses()).not.toContain('stt_lagging');
    const query = { query: 'budget for Priya' };
    const { body } = await server.api('POST', '/v1/conversations/search', query);
    const { items } = body as { items: { id: string }[] };
    expect(items.map(({ id }) => id)).toContain(conversation.id);
  });
});

/** What that share of the values does not exceed, whole milliseconds. */
function atMost(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN);
}
