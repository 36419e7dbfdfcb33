import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { SonioxSimulator } from '../simulators/soniox-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const DEEPGRAM_KEY = 'deepgram-key-that-only-its-vendor-reads-4711';
const SONIOX_KEY = 'soniox-key-that-only-its-vendor-reads-0815';
const MODEL_KEY = 'model-key-that-only-its-server-reads-2342';
const SPEECH = synthesise([{ speaker: 0, text: 'Please order twelve wooden tables.' }], {
  leadMs: 500,
});

interface Settings {
  problem: string | null;
  speech_services: {
    set_by: string | null;
    services: { name: string; vendor: string; on: boolean; usable: boolean }[];
  };
  speech_keys: {
    vendor: string;
    variable: string;
    set_by: string | null;
    last_four: string | null;
    set_at: string | null;
    check: { verdict: string; text: string } | null;
  }[];
  language_model: {
    set_by: string | null;
    base_url: string | null;
    has_key: boolean;
    last_four: string | null;
    model_in_use: string | null;
    check: { verdict: string; text: string } | null;
  };
}

describe('settings that the owner stores on the server', () => {
  let deepgram: DeepgramSimulator;
  let soniox: SonioxSimulator;
  let model: OpenAiSimulator;
  let server: TestServer;
  let env: Record<string, string>;
  let owner: string;
  let stranger: string;
  const log: string[] = [];
  const answers: string[] = [];

  beforeAll(async () => {
    deepgram = await DeepgramSimulator.start({ apiKey: DEEPGRAM_KEY, idleTimeoutMs: 120_000 });
    soniox = await SonioxSimulator.start({ apiKey: SONIOX_KEY });
    model = await OpenAiSimulator.start({ apiKey: MODEL_KEY, models: ['small-one', 'large-one'] });
    env = {
      DEEPGRAM_BASE_URL: deepgram.url,
      SONIOX_BASE_URL: soniox.url,
      ENCRYPTION_SECRET: 'a secret that has more than thirty-two bytes',
      LOG_LEVEL: 'trace',
    };
    await start();
  });
  afterAll(async () => {
    await server?.stop();
    await deepgram?.close();
    await soniox?.close();
    await model?.close();
  });

  async function start(dataDir?: string, more: Record<string, string> = {}): Promise<void> {
    const writer = { write: (line: string) => void log.push(line) };
    server = await startTestServer({ ...env, ...more }, dataDir, writer);
    const { accounts } = server.context;
    const known = await accounts.findUserByName('owner');
    const ownerId = known?.id ?? (await accounts.createUser('owner')).id;
    owner = (await accounts.createToken(ownerId, 'test')).token;
    const other = (await accounts.findUserByName('other')) ?? (await accounts.createUser('other'));
    stranger = (await accounts.createToken(other.id, 'test')).token;
  }

  const call = async (method: string, route: string, body?: unknown, token = owner) => {
    const answer = await server.api(method, `/v1/server/settings${route}`, body, token);
    answers.push(JSON.stringify(answer.body));
    return { status: answer.status, body: answer.body as Settings & { detail: string } };
  };
  const keyOf = ({ speech_keys: keys }: Settings, vendor: string) =>
    keys.find((key) => key.vendor === vendor);

  /** Sets who is asked, in order. */
  const ask = (wanted: Record<string, boolean>) =>
    call('PUT', '/speech-services', {
      services: Object.entries(wanted).map(([name, on]) => ({ name, on })),
    });

  /** Speaks in a new live session, and returns which vendors heard it. */
  async function heardBy(client?: ListenClient): Promise<(string | null)[]> {
    const query = { codec: 'pcm16', sample_rate: '16000' };
    const speaker = client ?? (await ListenClient.connect(server.wsUrl, owner, query));
    if (!client) await speaker.ready();
    await play(speaker.socket, pcmFrames(SPEECH.pcm, 16_000), 8);
    // The end of a conversation brings its last words.
    const words = async () => {
      await server.api('POST', '/v1/conversations', {}, owner);
      return speaker.text();
    };
    await expect.poll(words, { timeout: 60_000, interval: 500 }).toContain('tables');
    await speaker.close();
    return [...new Set([...speaker.segments.values()].map(({ stt_provider: by }) => by))];
  }

  it('are for the owner alone', async () => {
    for (const [method, route, body] of [
      ['GET', ''],
      ['PUT', '/speech-services', { services: [{ name: 'dg-nova-3', on: false }] }],
      ['PUT', '/keys/deepgram', { key: DEEPGRAM_KEY }],
      ['DELETE', '/keys/deepgram'],
      ['POST', '/keys/deepgram/check'],
      ['PUT', '/language-model', { base_url: model.baseUrl }],
      ['DELETE', '/language-model'],
      ['POST', '/language-model/check'],
    ] as const) {
      expect((await call(method, route, body, stranger)).status, `${method} ${route}`).toBe(403);
    }
    expect((await server.api('GET', '/v1/server/model-servers', undefined, stranger)).status).toBe(
      403,
    );
    expect((await call('GET', '')).body.speech_keys.map(({ set_by }) => set_by)).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('do not take a key that the vendor refuses, and repeat what the vendor says', async () => {
    const wrong = 'a-wrong-key-of-somebody-1234';
    for (const [vendor, said] of [
      ['deepgram', /Deepgram does not accept the API key/],
      ['soniox', /Soniox/],
    ] as const) {
      const refused = await call('PUT', `/keys/${vendor}`, { key: wrong, unchecked: true });
      expect(refused.status).toBe(400);
      expect(refused.body.detail).toMatch(said);
      expect(refused.body.detail).not.toContain(wrong);
    }
    expect(keyOf((await call('GET', '')).body, 'deepgram')?.set_by).toBeNull();
    expect((await call('PUT', '/keys/acme', { key: 'a' })).status).toBe(404);
    expect((await call('PUT', '/keys/deepgram', { key: 'two words' })).status).toBe(400);
    expect((await call('PUT', '/keys/deepgram', { key: ' ' })).status).toBe(422);
  });

  it('take a good key, and the next live session is heard by that vendor', async () => {
    const { status, body } = await call('PUT', '/keys/deepgram', { key: ` ${DEEPGRAM_KEY} ` });
    expect(status).toBe(200);
    expect(keyOf(body, 'deepgram')).toMatchObject({
      set_by: 'console',
      last_four: '4711',
      check: { verdict: 'good' },
    });
    expect(await heardBy()).toEqual(['deepgram']);
  });

  it('hold for new sessions, while a running one goes on with what it has', async () => {
    expect((await call('PUT', '/keys/soniox', { key: SONIOX_KEY })).status).toBe(200);
    // One at a time, so that no session goes over to the other on a busy machine.
    await ask({ 'dg-nova-3': true, 'soniox-stt-rt': false });
    const query = { codec: 'pcm16', sample_rate: '16000' };
    const running = await ListenClient.connect(server.wsUrl, owner, query);
    await running.ready();
    await ask({ 'soniox-stt-rt': true, 'dg-nova-3': false });
    expect(await heardBy(running)).toEqual(['deepgram']);
    expect(await heardBy()).toEqual(['soniox']);
  });

  it('order the services, and refuse what is no order', async () => {
    const hears = async () => (await server.api('GET', '/v1/server', undefined, owner)).body;
    const { body } = await ask({ 'soniox-stt-rt': true, 'dg-nova-3': true });
    const { services } = body.speech_services;
    expect(services.slice(0, 2).map(({ name }) => name)).toEqual(['soniox-stt-rt', 'dg-nova-3']);
    expect(await hears()).toMatchObject({ hears: ['soniox', 'deepgram'] });
    await ask({ 'dg-nova-3': true });
    expect(await hears()).toMatchObject({ hears: ['deepgram', 'soniox'] });
    expect((await ask({ 'acme-1': true })).status).toBe(400);
    const twice = { services: [1, 2].map(() => ({ name: 'dg-nova-3', on: true })) };
    expect((await call('PUT', '/speech-services', twice)).status).toBe(400);
    expect((await call('PUT', '/speech-services', { services: [] })).status).toBe(422);
    await ask({ 'soniox-stt-rt': false });
    expect(await hears()).toMatchObject({ hears: ['deepgram'] });
  });

  it('do not take an unreachable vendor for a wrong key', async () => {
    await soniox.pause();
    const refused = await call('PUT', '/keys/soniox', { key: 'another-key-of-mine-9999' });
    expect(refused.status).toBe(503);
    expect(refused.body.detail).toMatch(/could not be checked.*all the same/);
    expect(keyOf((await call('GET', '')).body, 'soniox')?.last_four).toBe('0815');
    const kept = await call('PUT', '/keys/soniox', {
      key: 'another-key-of-mine-9999',
      unchecked: true,
    });
    expect(keyOf(kept.body, 'soniox')).toMatchObject({
      last_four: '9999',
      check: { verdict: 'unclear' },
    });
    await soniox.resume();
    const checked = await call('POST', '/keys/soniox/check');
    expect(keyOf(checked.body, 'soniox')).toMatchObject({ check: { verdict: 'refused' } });
    const removed = await call('DELETE', '/keys/soniox');
    expect(keyOf(removed.body, 'soniox')).toMatchObject({ set_by: null, last_four: null });
  });

  it('take a model server, which understands the next conversation', async () => {
    const route = '/language-model';
    const at = { base_url: `${model.baseUrl}/`, model: 'large-one' };
    const refused = await call('PUT', route, { ...at, api_key: 'a-wrong-key', unchecked: true });
    expect(refused).toMatchObject({ status: 400 });
    expect(refused.body.detail).toMatch(/does not accept the key/);
    const unknown = await call('PUT', route, { ...at, api_key: MODEL_KEY, model: 'huge' });
    expect(unknown.status).toBe(400);
    expect(unknown.body.detail).toContain('small-one, large-one');
    const { status, body } = await call('PUT', route, { ...at, api_key: MODEL_KEY });
    expect(status).toBe(200);
    expect(body.language_model).toMatchObject({
      set_by: 'console',
      base_url: model.baseUrl,
      last_four: '2342',
      model_in_use: 'large-one',
      check: { verdict: 'good' },
    });
    const before = model.requests.length;
    const talk = await server.api(
      'POST',
      '/v1/conversations/from-segments',
      { transcript_segments: [{ text: 'Please send the letter.', start: 0, end: 2 }] },
      owner,
    );
    expect(talk.status).toBe(200);
    await expect
      .poll(() => model.requests.slice(before).map(({ path: asked }) => asked), { timeout: 60_000 })
      .toContain('/v1/chat/completions');
  });

  it('never send a stored key to another address, nor ask one in the own network', async () => {
    const other = await OpenAiSimulator.start({ models: ['theirs'] });
    try {
      const moved = await call('PUT', '/language-model', { base_url: other.baseUrl });
      expect(moved.body.language_model).toMatchObject({ has_key: false, last_four: null });
      expect(other.requests.length).toBeGreaterThan(0);
      expect(other.requests.map(({ authorization }) => authorization)).not.toContain(
        `Bearer ${MODEL_KEY}`,
      );
      for (const address of ['http://192.168.1.5:11434/v1', 'https://169.254.169.254/v1']) {
        const refused = await call('PUT', '/language-model', {
          base_url: address,
          unchecked: true,
        });
        expect(refused.status).toBe(400);
        expect(refused.body.detail).toContain('set OPENAI_BASE_URL');
      }
      expect((await call('PUT', '/language-model', {})).status).toBe(400);
      expect((await call('PUT', '/language-model', { base_url: 'ftp://a.example' })).status).toBe(
        400,
      );
    } finally {
      await other.close();
    }
    const gone = await call('POST', '/language-model/check');
    expect(gone.body.language_model.check).toMatchObject({ verdict: 'unclear' });
    const removed = await call('DELETE', '/language-model');
    expect(removed.body.language_model).toMatchObject({ set_by: null, model_in_use: null });
    expect((await call('POST', '/language-model/check')).status).toBe(404);
  });

  it('outlive a restart, and give way to the environment', async () => {
    await server.stop({ keepData: true });
    await start(server.dataDir);
    expect(await heardBy()).toEqual(['deepgram']);
    await server.stop({ keepData: true });
    await start(server.dataDir, {
      DEEPGRAM_API_KEY: 'a-key-of-the-environment',
      STT_SERVICE_MODELS: 'dg-nova-3',
    });
    const { body } = await call('GET', '');
    expect(keyOf(body, 'deepgram')).toMatchObject({ set_by: 'environment', last_four: null });
    expect(body.speech_services.set_by).toBe('STT_SERVICE_MODELS');
    for (const [method, route, sent, variable] of [
      ['PUT', '/keys/deepgram', { key: DEEPGRAM_KEY }, 'DEEPGRAM_API_KEY'],
      ['DELETE', '/keys/deepgram', undefined, 'DEEPGRAM_API_KEY'],
      ['PUT', '/speech-services', { services: [{ name: 'dg-nova-3', on: true }] }, 'STT_SERVICE'],
    ] as const) {
      const refused = await call(method, route, sent);
      expect(refused.status).toBe(400);
      expect(refused.body.detail).toMatch(new RegExp(`set by ${variable}.*change it there`));
    }
    const checked = await call('POST', '/keys/deepgram/check');
    expect(keyOf(checked.body, 'deepgram')).toMatchObject({ check: { verdict: 'refused' } });
  });

  it('never show a key: not in answers, logs, files, exports', async () => {
    const exported = await server.api('GET', '/v1/users/export', undefined, stranger);
    const shown = [...answers, ...log, JSON.stringify(exported.body)].join('\n');
    const files = await readdir(server.dataDir, { recursive: true, withFileTypes: true });
    const contents = await Promise.all(
      files
        .filter((entry) => entry.isFile())
        .map((entry) => readFile(path.join(entry.parentPath, entry.name), 'latin1')),
    );
    expect(contents.length).toBeGreaterThan(0);
    for (const key of [DEEPGRAM_KEY, SONIOX_KEY, MODEL_KEY, 'another-key-of-mine-9999']) {
      expect(shown).not.toContain(key);
      expect(contents.some((content) => content.includes(key))).toBe(false);
    }
  });
});
