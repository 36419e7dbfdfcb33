import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/audio/wav.ts';
import { importAudio } from '../../src/cli/import/import-audio.ts';
import {
  joinedClips,
  plainWord,
  spokenClip,
  spokenClips,
  TINY_OFFLINE,
  TINY_SPEAKER,
  TINY_STREAMING,
} from '../fixtures/spoken-clips.ts';
import { alignWords } from '../fixtures/word-alignment.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const PAUSE_MS = 1_200;
/** What the model itself gets wrong on all clips, of 127 words. */
const MODEL_ERRORS = 7;

interface Segment {
  id: string;
  text: string;
  speaker: string;
  is_user: boolean;
  person_id: string | null;
  stt_provider: string;
}

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    STT_LOCAL_MODEL: TINY_STREAMING,
    STT_LOCAL_FILE_MODEL: TINY_OFFLINE,
    VOICE_MODEL: TINY_SPEAKER,
  });
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

function wavOf(pcm: Uint8Array): Uint8Array<ArrayBuffer> {
  const samples = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.byteLength >> 1);
  return Uint8Array.from(encodeWav(samples, 16_000));
}

function wavOfClips(names: readonly string[], pauseMs = PAUSE_MS): Uint8Array<ArrayBuffer> {
  return wavOf(joinedClips(names.map(spokenClip), pauseMs).pcm);
}

/** Sends a file as a form. */
async function upload(me: Account, route: string, field: string, wav: Uint8Array<ArrayBuffer>) {
  const form = new FormData();
  form.append(field, new Blob([wav]), 'sound.wav');
  const headers = { authorization: `Bearer ${me.token}` };
  const answer = await fetch(`${server.url}${route}`, { method: 'POST', headers, body: form });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function transcribe(me: Account, names: readonly string[], query = '') {
  const route = `/v1/stt/transcribe?language=en${query}`;
  const { status, body } = await upload(me, route, 'file', wavOfClips(names));
  expect(status, JSON.stringify(body)).toBe(200);
  return body as { text: string; segments: Segment[] };
}

/** Words of a text that were not said, or said and not written. */
function errorsIn(text: string, said: readonly { text: string }[]): number {
  const timed = (words: readonly string[]) =>
    words.map((word, i) => ({ text: plainWord(word), startMs: i, endMs: i + 1 }));
  const heard = timed(text.split(' '));
  const { lost, added, misheard } = alignWords(timed(said.map((word) => word.text)), heard);
  return lost.length + added.length + misheard.length;
}

describe('files without a vendor', () => {
  it('are transcribed by the model for files, which loses no word in them', async () => {
    const me = await signUp('files');
    const all = joinedClips(spokenClips(), PAUSE_MS);
    const route = '/v1/stt/transcribe?language=en';
    const { status, body } = await upload(me, route, 'file', wavOf(all.pcm));
    expect(status).toBe(200);
    const errors = errorsIn(String(body.text), all.words);
    const share = ((1 - errors / all.words.length) * 100).toFixed(1);
    console.info(`file recognition: ${share} % of ${all.words.length} words right`);
    expect(errors).toBeLessThanOrEqual(MODEL_ERRORS);
    const segments = body.segments as Segment[];
    expect(new Set(segments.map(({ stt_provider }) => stt_provider))).toEqual(new Set(['local']));
  });

  it('have a label for each voice, and the owner is recognised by the profile', async () => {
    const me = await signUp('file-voices');
    const names = ['rms-1', 'slt-1', 'rms-2', 'slt-2', 'rms-3', 'slt-3'];
    const strangers = await transcribe(me, names);
    const labels = strangers.segments.map(({ speaker }) => speaker);
    expect(labels).toEqual([
      'SPEAKER_0',
      'SPEAKER_1',
      'SPEAKER_0',
      'SPEAKER_1',
      'SPEAKER_0',
      'SPEAKER_1',
    ]);
    expect(strangers.segments.some(({ is_user }) => is_user)).toBe(false);
    const profile = wavOfClips(['slt-1', 'slt-2', 'slt-3'], 100);
    expect((await upload(me, '/v3/upload-audio', 'file', profile)).status).toBe(200);
    const known = await transcribe(me, names);
    expect(known.segments.map(({ is_user }) => is_user)).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it('go to the model that is named, and to no other', async () => {
    const me = await signUp('naming');
    for (const model of ['local-tiny-en-streaming', 'tiny-offline', 'local']) {
      const { text } = await transcribe(me, ['slt-1'], `&model=${model}`);
      expect(text).toMatch(/new budget to Priya/i);
    }
    const wav = wavOfClips(['slt-1']);
    const route = '/v1/stt/transcribe?language=en&model=whispering';
    const { status, body } = await upload(me, route, 'file', wav);
    expect(status).toBe(400);
    expect(body.detail).toMatch(
      /no speech service whispering here\. There are: local-tiny-offline, local-tiny-en-streaming/,
    );
  });

  it('become voice messages', async () => {
    const me = await signUp('messages');
    const route = '/v2/voice-message/transcribe?language=en';
    const { status, body } = await upload(me, route, 'files', wavOfClips(['slt-1']));
    expect(status).toBe(200);
    expect(body.transcript).toMatch(/new budget to Priya/i);
  });

  it('are imported as conversations with their speakers', async () => {
    const me = await signUp('importing');
    const folder = await mkdtemp(path.join(tmpdir(), 'omi-backend-test-'));
    try {
      const profile = wavOfClips(['rms-1', 'rms-2', 'rms-3'], 100);
      expect((await upload(me, '/v3/upload-audio', 'file', profile)).status).toBe(200);
      const file = path.join(folder, 'dialogue.wav');
      await writeFile(file, wavOfClips(['dialogue-1', 'rms-1', 'slt-3', 'rms-3', 'slt-2']));
      const { conversations } = await importAudio(server.context, me.uid, file, { language: 'en' });
      const id = conversations[0]?.conversationId;
      const segments = await segmentsOf(me, id ?? '');
      expect(new Set(segments.map(({ speaker }) => speaker))).toEqual(
        new Set(['SPEAKER_0', 'SPEAKER_1']),
      );
      const own = new Set(segments.filter(({ is_user }) => is_user).map(({ speaker }) => speaker));
      expect(own.size).toBe(1);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

async function segmentsOf(me: Account, id: string): Promise<Segment[]> {
  const { status, body } = await server.api('GET', `/v1/conversations/${id}`, undefined, me.token);
  expect(status).toBe(200);
  return (body as { transcript_segments: Segment[] }).transcript_segments;
}

/** Says something in a conversation that is recorded. */
async function converse(me: Account, clips: readonly string[]): Promise<string> {
  const { pcm } = joinedClips(clips.map(spokenClip), PAUSE_MS);
  const query = { language: 'en', codec: 'pcm16', sample_rate: '16000' };
  const client = await ListenClient.connect(server.wsUrl, me.token, query);
  await client.ready();
  await play(client.socket, pcmFrames(pcm, 16_000), 12);
  const { body } = await server.api('POST', '/v1/conversations', {}, me.token);
  await client.close();
  const { id } = (body as { conversation: { id: string } }).conversation;
  const path = `/v1/conversations/${id}/recording`;
  const isRecorded = async () =>
    ((await server.api('GET', path, undefined, me.token)).body as { has_recording?: boolean })
      .has_recording;
  await expect.poll(isRecorded).toBe(true);
  return id;
}

async function retranscribe(me: Account, id: string, model: string): Promise<void> {
  const path = `/v1/conversations/${id}`;
  const ask = () => server.api('POST', `${path}/retranscribe`, { model }, me.token);
  // It is being processed for a while.
  await expect.poll(async () => (await ask()).status).toBe(200);
  const state = async () => {
    const { body } = await server.api('GET', `${path}/transcript-versions`, undefined, me.token);
    return (body as { retranscription: { state: string } }).retranscription.state;
  };
  await expect.poll(state).toBe('none');
}

describe('a recording that is heard again by another local model', () => {
  it('keeps labels, names and corrections, and the voices that are noted with it', async () => {
    const me = await signUp('again');
    const allow = '/v1/users/store-recording-permission?value=true';
    await server.api('POST', allow, undefined, me.token);
    const id = await converse(me, ['slt-1', 'rms-1', 'slt-2', 'rms-2', 'slt-3', 'rms-3']);
    const before = await segmentsOf(me, id);
    const label = before[1]?.speaker;
    const { body: person } = await server.api(
      'POST',
      '/v1/users/people',
      { name: 'Robert' },
      me.token,
    );
    const personId = (person as { id: string }).id;
    const assign = {
      segment_ids: before.filter(({ speaker }) => speaker === label).map((segment) => segment.id),
      assign_type: 'person_id',
      value: personId,
    };
    const route = `/v1/conversations/${id}/segments/assign-bulk`;
    expect((await server.api('PATCH', route, assign, me.token)).status).toBe(200);
    const noted = async () =>
      (await server.context.conversationVoices.list(me.uid, id)).map(({ speaker, vectors }) => ({
        speaker,
        hasVectors: vectors.length > 0,
      }));
    await retranscribe(me, id, 'local-tiny-offline');
    const after = await segmentsOf(me, id);
    expect(after.length).toBeGreaterThanOrEqual(6);
    expect(after.map((segment) => segment.id)).not.toContain(before[0]?.id);
    for (const { speaker, person_id } of after) {
      expect(person_id).toBe(speaker === label ? personId : null);
    }
    expect(new Set(after.map(({ speaker }) => speaker)).size).toBe(2);
    expect(await noted()).toEqual([
      { speaker: 0, hasVectors: true },
      { speaker: 1, hasVectors: true },
    ]);
  });
});
