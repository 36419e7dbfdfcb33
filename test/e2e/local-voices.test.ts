import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/audio/wav.ts';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { loadTranscript } from '../../src/transcripts/transcript.ts';
import { joinedClips, spokenClip, TINY_SPEAKER, TINY_STREAMING } from '../fixtures/spoken-clips.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const PAUSE_MS = 1_500;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ STT_LOCAL_MODEL: TINY_STREAMING, VOICE_MODEL: TINY_SPEAKER });
});
afterAll(() => server.stop());

interface Account {
  uid: string;
  token: string;
}

async function signUp(name: string): Promise<Account> {
  const { accounts } = server.context;
  const { id } = await accounts.createUser(name);
  return { uid: id, token: (await accounts.createToken(id, 'test')).token };
}

/** Streams clips, ends the conversation and returns it with its segments. */
async function converse(me: Account, clips: readonly string[], query: Record<string, string> = {}) {
  const { pcm } = joinedClips(clips.map(spokenClip), PAUSE_MS);
  const client = await ListenClient.connect(server.wsUrl, me.token, {
    language: 'en',
    codec: 'pcm16',
    sample_rate: '16000',
    ...query,
  });
  await client.ready();
  await play(client.socket, pcmFrames(pcm, 16_000), 12);
  const ended = await server.api('POST', '/v1/conversations', {}, me.token);
  expect(ended.status).toBe(200);
  const { id } = (ended.body as { conversation: { id: string } }).conversation;
  await client.close();
  const { store } = server.context;
  const conversation = await store.find(conversations, me.uid, id);
  if (!conversation) throw new Error('conversation is gone');
  const segments = await loadTranscript(store, me.uid, conversation);
  return { id, client, segments };
}

/** A recording of one voice, as the app uploads it. */
function recording(clips: readonly string[]): FormData {
  const { pcm } = joinedClips(clips.map(spokenClip), 100);
  const samples = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.byteLength >> 1);
  const form = new FormData();
  form.append('file', new Blob([Uint8Array.from(encodeWav(samples, 16_000))]), 'profile.wav');
  return form;
}

async function enrol(me: Account, clips: readonly string[]): Promise<void> {
  const answer = await fetch(`${server.url}/v3/upload-audio`, {
    method: 'POST',
    headers: { authorization: `Bearer ${me.token}` },
    body: recording(clips),
  });
  expect(answer.status).toBe(200);
}

describe('voices without a vendor', () => {
  it('tells the speakers of a stream apart', async () => {
    const me = await signUp('two-voices');
    const { segments } = await converse(me, ['slt-1', 'rms-1', 'slt-2', 'rms-2']);
    const speakers = segments.map(({ speaker }) => speaker);
    expect(speakers.length).toBeGreaterThanOrEqual(4);
    const said = (speaker: string) =>
      segments.filter((segment) => segment.speaker === speaker).length;
    expect(new Set(speakers)).toEqual(new Set(['SPEAKER_0', 'SPEAKER_1']));
    expect(said('SPEAKER_0')).toBe(2);
    expect(said('SPEAKER_1')).toBe(2);
  });

  it('recognises the owner by the profile, in words that were stored before', async () => {
    const me = await signUp('enrolled');
    await enrol(me, ['slt-1', 'slt-2', 'slt-3']);
    const { segments } = await converse(me, ['dialogue-1', 'slt-3', 'rms-3', 'rms-1', 'slt-1']);
    const label = segments[0]?.speaker;
    for (const segment of segments) expect(segment.isUser).toBe(segment.speaker === label);
    expect(new Set(segments.map(({ speaker }) => speaker)).size).toBe(2);
  });
});
