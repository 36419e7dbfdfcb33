import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canEncodeOpus } from '../../src/audio/ogg-encode.ts';
import { OggOpusWriter } from '../../src/audio/ogg-opus.ts';
import { encodeWav, parseWav } from '../../src/audio/wav.ts';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { listenSessions } from '../../src/model/conversations/listen-session.ts';
import { loadTranscript } from '../../src/transcripts/transcript.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { opusFrames, pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const SPEECH = synthesise(
  [
    { speaker: 0, text: 'Good morning. We should talk about the harvest festival today.' },
    { speaker: 1, text: 'I will book the brass band tomorrow. They play until midnight.' },
  ],
  { leadMs: 1_500 },
);
const SPOKEN = SPEECH.words.map((word) => word.text);

interface AudioFile {
  id: string;
  uid: string;
  conversation_id: string;
  chunk_timestamps: number[];
  started_at: string;
  duration: number;
}

let simulator: DeepgramSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await DeepgramSimulator.start({});
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
  await server.api('DELETE', '/v1/users/store-recording-permission');
});

const allow = () => server.api('POST', '/v1/users/store-recording-permission?value=true');

/** A conversation of the spoken words, its session over. */
async function converse(frames: Uint8Array[], codec: string): Promise<string> {
  const query = { sample_rate: '16000', codec };
  const client = await ListenClient.connect(server.wsUrl, server.token, query);
  await client.ready();
  await play(client.socket, frames, 10);
  const ended = await server.api('POST', '/v1/conversations', {});
  expect(ended.status).toBe(200);
  await client.close();
  return (ended.body as { conversation: { id: string } }).conversation.id;
}

/** Waits until nothing of a session is left to do. */
async function settled(): Promise<void> {
  const { store } = server.context;
  const open = async () =>
    (await store.query(listenSessions, server.uid, { query: 'ofConversation', limit: 10 })).items;
  await expect.poll(async () => (await open()).length).toBe(0);
}

async function audioFilesOf(id: string): Promise<AudioFile[]> {
  const { body } = await server.api('GET', `/v1/conversations/${id}`);
  return (body as { audio_files: AudioFile[] }).audio_files;
}

async function blobKeys(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of server.context.blobs.list('recordings/')) keys.push(key);
  return keys;
}

function fetchAudio(path: string, headers: Record<string, string> = {}, token = server.token) {
  return fetch(`${server.url}${path}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

async function storedWords(id: string) {
  const { store } = server.context;
  const conversation = await store.find(conversations, server.uid, id);
  if (!conversation) throw new Error('conversation is gone');
  const segments = await loadTranscript(store, server.uid, conversation);
  return segments.flatMap((segment) => segment.words);
}

function oggOf(packets: Uint8Array[]): Uint8Array {
  const options = { serial: 7, channels: 1, inputSampleRate: 16_000, preSkip: 0 } as const;
  const writer = new OggOpusWriter(options);
  return Buffer.concat([writer.headers(), writer.pages(packets), writer.end()]);
}

const CODECS = [
  ['opus_fs320', () => opusFrames(SPEECH.pcm), 'audio/ogg'],
  ['pcm16', () => pcmFrames(SPEECH.pcm, 16_000), null],
] as const;

/** Every word of the playback lies in a file whose link leads to the stored bytes. */
async function expectWordsInPlace(id: string, stored: Buffer): Promise<void> {
  const { body } = await server.api('GET', `/v1/conversations/${id}/playback`);
  const { audio, segments } = body as {
    audio: { signed_url: string; start: number; end: number }[];
    segments: { words: { text: string; start: number; end: number }[] }[];
  };
  const [file] = audio;
  if (!file) throw new Error('no audio');
  expect((await bytesOf(await fetch(file.signed_url))).equals(stored)).toBe(true);
  const heard = segments.flatMap(({ words }) => words);
  expect(heard.map(({ text }) => text)).toEqual(SPOKEN);
  for (const [index, word] of heard.entries()) {
    const spoken = SPEECH.words[index];
    expect(word.start - file.start).toBeCloseTo((spoken?.startMs ?? 0) / 1000, 0);
    expect(word.end).toBeLessThanOrEqual(file.end);
  }
}

describe.each(CODECS)('a recording of %s', (codec, frames, contentType) => {
  it('is kept, played by ranges, and deleted with its conversation', async () => {
    await allow();
    const id = await converse(frames(), codec);
    await settled();
    const [file, ...others] = await audioFilesOf(id);
    expect(others).toEqual([]);
    if (!file) throw new Error('no recording');
    expect(file).toMatchObject({ uid: server.uid, conversation_id: id, provider: 'gcp' });
    expect(file.duration).toBeCloseTo(SPEECH.pcm.length / 32_000, 1);
    expect(file.chunk_timestamps[0]).toBeCloseTo(Date.parse(file.started_at) / 1000, 2);
    const has = await server.api('GET', `/v1/conversations/${id}/recording`);
    expect(has.body).toEqual({ has_recording: true });

    const path = `/v1/sync/audio/${id}/${file.id}`;
    const whole = await fetchAudio(path);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('audio/wav');
    expect(whole.headers.get('accept-ranges')).toBe('bytes');
    expect(whole.headers.get('content-disposition')).toContain(`${file.id}.wav`);
    const wav = await bytesOf(whole);
    expect(whole.headers.get('content-length')).toBe(String(wav.length));
    expect(parseWav(wav).durationMs / 1000).toBeCloseTo(file.duration, 3);
    const pcm = await bytesOf(await fetchAudio(`${path}?format=pcm`));
    expect(pcm.equals(wav.subarray(44))).toBe(true);

    for (const [start, end] of [
      [0, 0],
      [10, 99],
      [43, 1_001],
      [99_999, 130_002],
      [wav.length - 5, wav.length - 1],
    ] as const) {
      const part = await fetchAudio(path, { range: `bytes=${start}-${end}` });
      expect(part.status).toBe(206);
      expect(part.headers.get('content-range')).toBe(`bytes ${start}-${end}/${wav.length}`);
      expect((await bytesOf(part)).equals(wav.subarray(start, end + 1))).toBe(true);
    }
    const outside = await fetchAudio(path, { range: `bytes=${wav.length}-` });
    expect(outside.status).toBe(416);
    expect(outside.headers.get('content-range')).toBe(`bytes */${wav.length}`);

    const original = await fetchAudio(`${path}?format=original`);
    const stored = await bytesOf(original);
    const expectedType = contentType ?? ((await canEncodeOpus()) ? 'audio/ogg' : 'audio/wav');
    expect(original.headers.get('content-type')).toBe(expectedType);
    if (expectedType === 'audio/ogg') expect(stored.length).toBeLessThan(wav.length / 4);

    const urls = await server.api('GET', `/v1/sync/audio/${id}/urls`);
    const [link] = (urls.body as { audio_files: { signed_url: string; status: string }[] })
      .audio_files;
    expect(link?.status).toBe('cached');
    const linked = await bytesOf(await fetch(link?.signed_url ?? ''));
    expect(linked.equals(stored)).toBe(true);
    await expectWordsInPlace(id, linked);
    const precache = await server.api('POST', `/v1/sync/audio/${id}/precache`);
    expect(precache.body).toEqual({ status: 'started', audio_file_count: 1 });

    const other = await server.context.accounts.createUser(`other-${codec}`);
    const { token } = await server.context.accounts.createToken(other.id, 'test');
    expect((await fetchAudio(path, {}, token)).status).toBe(404);

    expect(await blobKeys()).toHaveLength(1);
    expect((await server.api('DELETE', `/v1/conversations/${id}`)).status).toBe(204);
    expect((await fetchAudio(path)).status).toBe(404);
    // It can be restored for some minutes, unless it is erased at once.
    expect(await blobKeys()).toHaveLength(1);
    const erased = await server.api('DELETE', `/v1/deletions/conversation/${id}`);
    expect(erased.status).toBe(204);
    expect(await blobKeys()).toEqual([]);
  });
});

describe('what was recorded', () => {
  it.each(CODECS)(
    '%s is transcribed again to the same words at the same times',
    async (codec, frames) => {
      await allow();
      const id = await converse(frames(), codec);
      await settled();
      const before = await storedWords(id);
      expect(before.map((word) => word.text)).toEqual(SPOKEN);
      const { body } = await server.api('GET', `/v1/conversations/${id}`);
      type Segments = { transcript_segments: { id: string; text: string }[] };
      const [segment] = (body as Segments).transcript_segments;
      const edit = { segment_id: segment?.id, text: 'What the user made of it.' };
      const edited = await server.api('PATCH', `/v1/conversations/${id}/segments/text`, edit);
      expect(edited.status).toBe(200);

      const again = await server.api('POST', `/v1/conversations/${id}/retranscribe`);
      expect(again).toEqual({ status: 200, body: { status: 'started' } });
      const path = `/v1/conversations/${id}/transcript-versions`;
      const listed = async () =>
        (await server.api('GET', path)).body as {
          retranscription: { state: string };
          versions: { id: string; segment_count: number; stt_providers: string[] }[];
        };
      await expect.poll(async () => (await listed()).retranscription.state).toBe('none');
      // The correction stands, and the rest is heard again.
      const corrected = segment?.text.split(' ').length ?? 0;
      const after = await storedWords(id);
      expect(after.map((word) => word.text)).toEqual(SPOKEN.slice(corrected));
      const transcript = (await server.api('GET', `/v1/conversations/${id}`)).body as Segments;
      expect(transcript.transcript_segments[0]).toMatchObject({ id: segment?.id, text: edit.text });
      for (const [i, word] of after.entries()) {
        const first = before[corrected + i];
        expect(Math.abs(word.startMs - (first?.startMs ?? 0))).toBeLessThanOrEqual(50);
        expect(Math.abs(word.endMs - (first?.endMs ?? 0))).toBeLessThanOrEqual(50);
      }
      const { versions } = await listed();
      expect(versions).toHaveLength(1);
      expect(versions[0]?.stt_providers).toEqual(['deepgram']);
      const kept = await server.api('GET', `${path}/${versions[0]?.id}`);
      expect(JSON.stringify(kept.body)).toContain(edit.text);
      const read = async () => (await server.api('GET', `/v1/conversations/${id}`)).body;
      await expect.poll(read).toMatchObject({ status: 'completed' });
      expect(JSON.stringify(await read())).toContain(edit.text);
      await server.api('DELETE', `/v1/conversations/${id}`);
      expect((await server.api('GET', `${path}/${versions[0]?.id}`)).status).toBe(404);
    },
    90_000,
  );

  it('cannot be transcribed again where nothing was', async () => {
    const id = await converse(pcmFrames(SPEECH.pcm, 16_000), 'pcm16');
    await settled();
    const again = await server.api('POST', `/v1/conversations/${id}/retranscribe`);
    expect(again.status).toBe(404);
    expect((await storedWords(id)).map((word) => word.text)).toEqual(SPOKEN);
  });
});

describe('a single file', () => {
  async function transcribe(file: Uint8Array, query = '') {
    const form = new FormData();
    form.append('file', new Blob([Buffer.from(file)]), 'speech');
    const response = await fetch(`${server.url}/v1/stt/transcribe${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}` },
      body: form,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  const samples = new Int16Array(SPEECH.pcm.slice().buffer);

  it.each([
    ['WAV', () => encodeWav(samples, 16_000)],
    ['Ogg/Opus', () => oggOf(opusFrames(SPEECH.pcm))],
  ])(
    '%s becomes text and segments',
    async (_, file) => {
      const { status, body } = await transcribe(file(), '?language=en');
      expect(status).toBe(200);
      expect(body.text).toBe(SPOKEN.join(' '));
      const segments = body.segments as { start: number; end: number; speaker: string }[];
      expect(segments[0]?.start).toBeCloseTo((SPEECH.words[0]?.startMs ?? 0) / 1000, 1);
      expect(segments.at(-1)?.end).toBeCloseTo((SPEECH.words.at(-1)?.endMs ?? 0) / 1000, 1);
      expect(new Set(segments.map(({ speaker }) => speaker)).size).toBe(2);
      expect(await blobKeys()).toEqual([]);
    },
    60_000,
  );

  it('that is no audio is refused with the reason', async () => {
    const { status, body } = await transcribe(Buffer.from('no audio at all'));
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('It is no sound file of a known kind');
    expect((await server.api('POST', '/v1/stt/transcribe')).status).toBe(422);
  });

  it('is an error where no provider is configured', async () => {
    const bare = await startTestServer();
    try {
      const form = new FormData();
      form.append('file', new Blob([Buffer.from(encodeWav(samples, 16_000))]), 'a.wav');
      const response = await fetch(`${bare.url}/v1/stt/transcribe`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bare.token}` },
        body: form,
      });
      expect(response.status).toBe(503);
      expect(await response.text()).toContain('No speech-to-text service is configured');
    } finally {
      await bare.stop();
    }
  });
});

describe('without permission', () => {
  it('nothing is kept', async () => {
    const id = await converse(pcmFrames(SPEECH.pcm, 16_000), 'pcm16');
    await settled();
    expect(await audioFilesOf(id)).toEqual([]);
    expect(await blobKeys()).toEqual([]);
    const { body } = await server.api('POST', `/v1/sync/audio/${id}/precache`);
    expect(body).toMatchObject({ status: 'no_audio' });
  });

  it('that is taken back, what was kept is erased', async () => {
    await allow();
    const id = await converse(opusFrames(SPEECH.pcm), 'opus_fs320');
    await settled();
    expect(await blobKeys()).toHaveLength(1);
    await server.api('DELETE', '/v1/users/store-recording-permission');
    expect(await blobKeys()).toEqual([]);
    expect(await audioFilesOf(id)).toEqual([]);
    expect((await storedWords(id)).map((word) => word.text)).toEqual(SPOKEN);
  });
});
