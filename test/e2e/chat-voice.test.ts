import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { encodeWav } from '../../src/audio/wav.ts';
import { voiceUsages } from '../../src/model/usage/voice-usage.ts';
import { VOICE_BUDGET_MS } from '../../src/voice-messages/voice-budget.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { readChatStream } from './chat-stream-parser.ts';
import { addConversation } from './chat-world.ts';
import { opusFrames, pcmFrames } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const TEXT = 'What was said about the greenhouse roof?';
const SPEECH = synthesise([{ speaker: 0, text: TEXT }]);
const SECONDS = Math.floor(Date.now() / 1000) - 10;
const NAME = `audio_omi_opus_16000_1_fs320_${SECONDS}.bin`;

let simulator: DeepgramSimulator;
let server: TestServer;
let other: { uid: string; token: string };

beforeAll(async () => {
  simulator = await DeepgramSimulator.start({});
  server = await startTestServer({
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: simulator.url,
  });
  const { id } = await server.context.accounts.createUser('other');
  other = { uid: id, token: (await server.context.accounts.createToken(id, 'test')).token };
  await addConversation(
    server,
    server.uid,
    { id: 'roof', createdAt: Date.now() },
    'The greenhouse',
    [{ text: 'The greenhouse roof leaks in three places.' }],
  );
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

/** A recording of the app: each packet after its length. */
function binOf(frames: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(frame.length);
      return [length, frame];
    }),
  );
}

/** Unsigned 8-bit samples of 16-bit ones. */
function narrow(samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, (sample) => (sample >> 8) + 128);
}

function post(
  path: string,
  files: Record<string, Uint8Array>,
  parts: { language?: string; token?: string } = {},
): Promise<Response> {
  const form = new FormData();
  for (const [name, bytes] of Object.entries(files)) {
    form.append('files', new Blob([Buffer.from(bytes)]), name);
  }
  if (parts.language) form.append('language', parts.language);
  return fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${parts.token ?? server.token}` },
    body: form,
  });
}

const askByVoice = (name: string, bytes: Uint8Array, token?: string) =>
  post('/v2/voice-messages', { [name]: bytes }, token ? { token } : {});

async function errorOf(response: Response): Promise<[number, unknown]> {
  return [response.status, ((await response.json()) as { detail: unknown }).detail];
}

describe('asking by voice', () => {
  it('streams the question as it was understood, then the answer, and cites what was found first', async () => {
    const response = await askByVoice(NAME, binOf(opusFrames(SPEECH.pcm)));
    expect(response.status).toBe(200);
    const answer = await readChatStream(response);
    expect(answer.asked).toMatchObject({ text: TEXT, sender: 'human', type: 'text', app_id: null });
    expect(answer.pieces.map(({ kind }) => kind).slice(0, 2)).toEqual(['message', 'think']);
    expect(answer.text).toContain('The greenhouse roof leaks in three places.');
    expect(answer.done.memories).toMatchObject([{ id: 'roof' }]);
    // Nothing is stripped.
    expect(answer.done.text).toBe(answer.text);
    const stored = (await server.api('GET', '/v2/messages')).body as { id: string }[];
    expect(stored.slice(0, 2).map(({ id }) => id)).toEqual([answer.done.id, answer.asked.id]);
  });

  it.each([
    [`audio_omi_pcm16_16000_1_${SECONDS}.bin`, () => SPEECH.pcm],
    [`audio_phone_pcm8_16000_1_${SECONDS}.bin`, () => narrow(SPEECH.samples)],
  ])('takes %s', async (name, bytes) => {
    const answer = await readChatStream(await askByVoice(name, bytes()));
    expect(answer.asked?.text).toBe(TEXT);
  });

  it('uses the first file alone, and says nothing if nobody spoke', async () => {
    const silence = new Uint8Array(32_000 * 2);
    const [first, second] = [`a_pcm16_16000_1_${SECONDS}.bin`, `b_pcm16_16000_1_${SECONDS}.bin`];
    const response = await post('/v2/voice-messages', { [first]: silence, [second]: SPEECH.pcm });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('refuses what is no recording', async () => {
    const bin = binOf(opusFrames(SPEECH.pcm));
    for (const name of [
      'audio.bin',
      `audio_fs320_${SECONDS}.wav`,
      'audio_fs320_1600000000.bin',
      `audio_fs320_${SECONDS + 86_400}.bin`,
      `a_pcm16_999999_1_${SECONDS}.bin`,
    ]) {
      expect(await errorOf(await askByVoice(name, bin)), name).toEqual([400, 'Paths is invalid']);
    }
    expect(await errorOf(await post('/v2/voice-messages', {}))).toEqual([400, 'Paths is invalid']);
    const short = binOf(opusFrames(SPEECH.pcm).slice(0, 10));
    expect(await errorOf(await askByVoice(NAME, short))).toEqual([400, 'Wav path is invalid']);
    const noise = new Uint8Array(10_000).fill(7);
    expect(await errorOf(await askByVoice(NAME, noise))).toEqual([400, 'Wav path is invalid']);
  });

  it('finds nothing of another user', async () => {
    const response = await askByVoice(NAME, binOf(opusFrames(SPEECH.pcm)), other.token);
    const answer = await readChatStream(response);
    expect(answer.asked.text).toBe(TEXT);
    expect(answer.text).not.toContain('leaks');
    expect(answer.done.memories).toEqual([]);
  });
});

describe('transcribing for the input field', () => {
  const raw = (bytes: Uint8Array, query: Record<string, string> = {}) =>
    fetch(`${server.url}/v2/voice-message/transcribe?${new URLSearchParams(query)}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.token}`,
        'content-type': 'application/octet-stream',
      },
      body: Buffer.from(bytes),
    });
  const lastQuery = () => simulator.connections.at(-1)?.query;

  it('takes WAV and recordings of the app, and keeps nothing', async () => {
    const before = await server.api('GET', '/v2/messages');
    const wav = encodeWav(SPEECH.samples, 16_000);
    const one = await post('/v2/voice-message/transcribe', { 'audio.wav': wav });
    expect(await one.json()).toEqual({ transcript: TEXT, language: 'en' });
    const two = await post('/v2/voice-message/transcribe', {
      [NAME]: binOf(opusFrames(SPEECH.pcm)),
      'audio.wav': wav,
    });
    expect(await two.json()).toEqual({ transcript: `${TEXT} ${TEXT}`, language: 'en' });
    expect(await server.api('GET', '/v2/messages')).toEqual(before);
  });

  it('takes raw PCM, also of two channels', async () => {
    const own = await raw(SPEECH.pcm, { language: 'en' });
    // Which language it was is told only if several were listened for.
    expect(await own.json()).toEqual({ transcript: TEXT });
    const stereo = new Int16Array(SPEECH.samples.length * 2);
    for (const [i, sample] of SPEECH.samples.entries()) stereo.set([sample, sample], i * 2);
    const query = { channels: '2', keywords: 'Larkspur, x,Dahlia', sample_rate: '16000' };
    const answer = await raw(new Uint8Array(stereo.buffer), query);
    expect(await answer.json()).toEqual({ transcript: TEXT, language: 'en' });
    expect(lastQuery()?.getAll('keyterm').slice(0, 2)).toEqual(['Larkspur', 'Dahlia']);
  });

  it('listens for the language that is asked for, else the user’s own rule', async () => {
    await raw(SPEECH.pcm, { language: 'de' });
    expect(lastQuery()?.get('language')).toBe('de');
    await raw(SPEECH.pcm, { language: 'auto' });
    expect(lastQuery()?.get('language')).toBe('multi');
    await raw(SPEECH.pcm);
    expect(lastQuery()?.get('language')).toBe('multi');
    await server.api('PATCH', '/v1/users/language', { language: 'pl' });
    await raw(SPEECH.pcm, { language: ' ' });
    expect(lastQuery()?.get('language')).toBe('pl');
    await server.api('PATCH', '/v1/users/language', { language: 'en' });
    const form = await post(
      '/v2/voice-message/transcribe',
      { 'a.wav': encodeWav(SPEECH.samples, 16_000) },
      { language: 'it' },
    );
    expect(form.status).toBe(200);
    expect(lastQuery()?.get('language')).toBe('it');
  });

  it('says what is wrong with a request', async () => {
    expect(await errorOf(await post('/v2/voice-message/transcribe', {}))).toEqual([
      400,
      'No files provided',
    ]);
    const broken = await post('/v2/voice-message/transcribe', {
      'a.wav': Buffer.from('RIFFnothing'),
    });
    expect(broken.status).toBe(400);
    expect(await errorOf(await raw(new Uint8Array(0)))).toEqual([400, 'No audio data provided']);
    for (const query of [{ sample_rate: '4000' }, { channels: '3' }, { encoding: 'opus' }]) {
      expect((await raw(SPEECH.pcm, query as Record<string, string>)).status).toBe(422);
    }
    const json = await server.api('POST', '/v2/voice-message/transcribe', { files: [] });
    expect(json.body).toEqual({ detail: 'No audio data provided', code: 'bad-request' });
  });

  it('ends with the budget of the day, on every route', async () => {
    const { store } = server.context;
    const spent = [{ at: Date.now(), ms: VOICE_BUDGET_MS - 100 }];
    const usage = { id: 'current', spent, updatedAt: Date.now() };
    await store.transact((tx) => tx.put(voiceUsages, server.uid, usage));
    const exhausted = [429, 'Daily transcription budget exhausted'];
    expect(await errorOf(await raw(SPEECH.pcm))).toEqual(exhausted);
    expect(await errorOf(await askByVoice(NAME, binOf(opusFrames(SPEECH.pcm))))).toEqual(exhausted);
    spent[0] = { at: Date.now(), ms: VOICE_BUDGET_MS + 1 };
    await store.transact((tx) => tx.put(voiceUsages, server.uid, usage));
    const stream = await VoiceClient.connect(server);
    expect(await stream.end()).toEqual({ code: 1008, reason: exhausted[1] });
    await store.transact((tx) => tx.delete(voiceUsages, server.uid, 'current'));
    expect((await raw(SPEECH.pcm)).status).toBe(200);
  });
});

interface Spoken {
  speaker: string;
  start: number;
  end: number;
  text: string;
  is_user: boolean;
  person_id: null;
}

/** A client of the voice stream. */
class VoiceClient {
  readonly spoken: Spoken[] = [];
  readonly #ended: Promise<{ code: number; reason: string }>;
  readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.spoken.push(...(JSON.parse(String(data)) as Spoken[])));
    this.#ended = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  static connect(
    { wsUrl, token }: { wsUrl: string; token: string },
    query: Record<string, string> = {},
  ): Promise<VoiceClient> {
    const path = `/v2/voice-message/transcribe-stream?${new URLSearchParams(query)}`;
    const headers = { authorization: `Bearer ${token}` };
    const client = new VoiceClient(new WebSocket(`${wsUrl}${path}`, { headers }));
    return new Promise((resolve, reject) => {
      client.socket.on('open', () => resolve(client));
      client.socket.on('error', reject);
    });
  }

  end(): Promise<{ code: number; reason: string }> {
    return this.#ended;
  }

  get text(): string {
    return this.spoken.map(({ text }) => text).join(' ');
  }
}

describe('the stream of a voice message', () => {
  it('tells words as they come, and the rest on `finalize`, as often as it is asked', async () => {
    const client = await VoiceClient.connect(server);
    const frames = pcmFrames(SPEECH.pcm, 16_000, 100);
    for (const round of [1, 2]) {
      // Pieces of odd sizes, as a network makes them.
      for (const frame of frames) {
        client.socket.send(frame.subarray(0, 33));
        client.socket.send(frame.subarray(33));
      }
      client.socket.send('finalize');
      const said = Array(round).fill(TEXT).join(' ');
      await expect.poll(() => client.text).toBe(said);
    }
    client.socket.send('hello?');
    for (const segment of client.spoken) {
      expect(Object.keys(segment)).toEqual([
        'speaker',
        'start',
        'end',
        'text',
        'is_user',
        'person_id',
      ]);
      expect(segment).toMatchObject({ speaker: 'SPEAKER_0', is_user: false, person_id: null });
    }
    const last = client.spoken.at(-1);
    // The second time goes on where the first ended.
    expect(last?.end).toBeGreaterThan(SPEECH.durationMs / 1000);
    expect(last?.end).toBeLessThan((2 * SPEECH.durationMs) / 1000);
    client.socket.close();
    expect((await client.end()).code).toBe(1005);
  });

  it('is closed with the reason for a query that it cannot serve', async () => {
    const refused = async (query: Record<string, string>) =>
      (await VoiceClient.connect(server, query)).end();
    expect(await refused({ codec: 'opus' })).toEqual({
      code: 1008,
      reason: 'Unsupported codec; only linear16 is supported',
    });
    expect((await refused({ sample_rate: '4000' })).code).toBe(1008);
    expect((await refused({ channels: '3' })).reason).toBe('channels must be 1 or 2');
  });

  it('needs a token, and takes no frame over its size', async () => {
    await expect(VoiceClient.connect({ ...server, token: 'nobody' })).rejects.toThrow('403');
    const client = await VoiceClient.connect(server);
    client.socket.send(Buffer.alloc(5 * 2 ** 20 + 1));
    expect((await client.end()).code).toBe(1009);
  });

  it('says that the service is not there', async () => {
    const bare = await startTestServer();
    try {
      const client = await VoiceClient.connect(bare);
      expect(await client.end()).toEqual({
        code: 1011,
        reason: 'Transcription service unavailable',
      });
      const form = new FormData();
      form.append('files', new Blob([Buffer.from(SPEECH.pcm)]), `a_pcm16_16000_1_${SECONDS}.bin`);
      const answer = await fetch(`${bare.url}/v2/voice-message/transcribe`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bare.token}` },
        body: form,
      });
      expect(answer.status).toBe(503);
    } finally {
      await bare.stop();
    }
  });
});
