import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav, parseWav } from '../../src/audio/wav.ts';
import { people } from '../../src/model/people/person.ts';
import { type SpeechProfile, speechProfiles } from '../../src/model/people/speech-profile.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const TEXT = 'The quick brown fox jumps over the lazy dog every single morning.';
const SPEECH = synthesise([{ speaker: 2, text: TEXT }], { leadMs: 2_000, tailMs: 1_500 });
const WAV = encodeWav(SPEECH.samples, 16_000);

let server: TestServer;
let other: { uid: string; token: string };
beforeAll(async () => {
  server = await startTestServer();
  other = await signUp('other');
});
afterAll(() => server.stop());

async function signUp(name: string) {
  const { accounts } = server.context;
  const { id } = await accounts.createUser(name);
  return { uid: id, token: (await accounts.createToken(id, 'test')).token };
}

/** Uploads a file as the app does. */
async function upload(file: Uint8Array, token = server.token, field = 'file') {
  const form = new FormData();
  form.append(field, new Blob([Buffer.from(file)], { type: 'audio/wav' }), '../../evil.wav');
  const response = await fetch(`${server.url}/v3/upload-audio`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function linkOf(token = server.token): Promise<string> {
  const { body } = await server.api('GET', '/v4/speech-profile', undefined, token);
  return (body as { url: string }).url;
}

function wavHeader(bytes: Uint8Array, at: number, value: number, width: 2 | 4): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  if (width === 2) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
  return copy;
}

describe('the speech profile', () => {
  it('is absent before it is uploaded', async () => {
    const { token } = await signUp('new');
    const has = await server.api('GET', '/v3/speech-profile', undefined, token);
    expect(has).toEqual({ status: 200, body: { has_profile: false } });
    const link = await server.api('GET', '/v4/speech-profile', undefined, token);
    expect(link).toEqual({ status: 200, body: { url: null } });
    const expand = await server.api('GET', '/v3/speech-profile/expand', undefined, token);
    expect(expand).toEqual({ status: 200, body: [] });
  });

  it('is kept without its silence, and read back over its link', async () => {
    const { status, body } = await upload(WAV);
    expect(status).toBe(200);
    expect(await server.api('GET', '/v3/speech-profile')).toMatchObject({
      body: { has_profile: true },
    });
    // No sign-in: the link is the permission.
    const response = await fetch(String(body.url));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('audio/wav');
    const kept = parseWav(new Uint8Array(await response.arrayBuffer()));
    const spoken = (SPEECH.words.at(-1)?.endMs ?? 0) - (SPEECH.words[0]?.startMs ?? 0);
    expect(kept.sampleRate).toBe(16_000);
    expect(kept.durationMs).toBeGreaterThanOrEqual(spoken);
    expect(kept.durationMs).toBeLessThanOrEqual(spoken + 450);
    const { speechProfiles: service } = server.context;
    const profile = await server.context.store.find(speechProfiles, server.uid, 'own');
    expect(profile?.recording?.durationMs).toBe(kept.durationMs);
    const again = await service.getProfileAudioIfExists(server.uid);
    expect(parseWav(again ?? new Uint8Array()).samples).toEqual(kept.samples);
  });

  it('is replaced by the next one', async () => {
    const { token, uid } = await signUp('replacing');
    await upload(WAV, token);
    const longer = synthesise([{ speaker: 2, text: `${TEXT} ${TEXT}` }]);
    await upload(encodeWav(longer.samples, 16_000), token);
    const profile = await server.context.store.find(speechProfiles, uid, 'own');
    expect(profile?.recording?.durationMs).toBeGreaterThan(SPEECH.durationMs);
  });

  it('counts for 90 days', async () => {
    const { token, uid } = await signUp('aging');
    await upload(WAV, token);
    const { store } = server.context;
    const profile = (await store.find(speechProfiles, uid, 'own')) as SpeechProfile;
    const { recording } = profile;
    if (!recording) throw new Error('no recording');
    const day = 24 * 60 * 60_000;
    for (const [age, fresh] of [
      [89 * day, true],
      [91 * day, false],
    ] as const) {
      const uploadedAt = Date.now() - age;
      await store.transact((tx) =>
        tx.put(speechProfiles, uid, { ...profile, recording: { ...recording, uploadedAt } }),
      );
      const { body } = await server.api('GET', '/v3/speech-profile', undefined, token);
      expect(body).toEqual({ has_profile: fresh });
    }
    expect(await linkOf(token)).toMatch(/^http/);
  });

  const silence = new Int16Array(16_000 * 8);
  it.each([
    ['another rate', encodeWav(SPEECH.samples, 44_100), /16000 Hz, but is 44100/],
    [
      'too short',
      encodeWav(SPEECH.samples.subarray(0, 16_000 * 4), 16_000),
      /5 to 120 seconds.*4\.0/,
    ],
    ['too long', encodeWav(new Int16Array(16_000 * 121), 16_000), /5 to 120 seconds.*121\.0/],
    ['silence', encodeWav(silence, 16_000), /too little speech/],
    ['no WAV', new TextEncoder().encode('hello'.repeat(50_000)), /RIFF/],
    ['nothing', new Uint8Array(0), /RIFF/],
    ['cut in the header', WAV.subarray(0, 30), /cannot be read/],
    ['no channels', wavHeader(WAV, 22, 0, 2), /0 channels/],
    ['MP3 inside', wavHeader(WAV, 20, 0x55, 2), /holds MP3/],
    ['a rate of 0', wavHeader(WAV, 24, 0, 4), /sample rate of 0/],
  ])('refuses a recording of %s with the reason', async (_, file, reason) => {
    const { status, body } = await upload(file, other.token);
    expect(status).toBe(400);
    expect(String(body.detail)).toMatch(reason);
    expect(await server.api('GET', '/v3/speech-profile', undefined, other.token)).toMatchObject({
      body: { has_profile: false },
    });
  });

  it('refuses what is no upload', async () => {
    expect((await upload(WAV, server.token, 'audio')).status).toBe(422);
    expect((await server.api('POST', '/v3/upload-audio', { file: 'x' })).status).toBe(422);
    expect((await server.api('POST', '/v3/upload-audio')).status).toBe(422);
    const post = (contentType: string, body: string) =>
      fetch(`${server.url}/v3/upload-audio`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.token}`, 'content-type': contentType },
        body,
      });
    const unfinished =
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF';
    expect((await post('multipart/form-data; boundary=b', unfinished)).status).toBe(400);
    expect((await post('multipart/form-data', unfinished)).status).toBe(400);
    expect((await upload(new Uint8Array(33 * 1024 * 1024))).status).toBe(413);
    const anonymous = await fetch(`${server.url}/v3/upload-audio`, { method: 'POST' });
    expect(anonymous.status).toBe(401);
  });
});

describe('a link to a file', () => {
  it('answers ranges', async () => {
    const url = await linkOf();
    const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
    const part = async (range: string) => {
      const response = await fetch(url, { headers: { range } });
      const bytes = Buffer.from(await response.arrayBuffer());
      return { status: response.status, header: response.headers.get('content-range'), bytes };
    };
    const size = whole.length;
    expect(await part('bytes=0-3')).toEqual({
      status: 206,
      header: `bytes 0-3/${size}`,
      bytes: Buffer.from('RIFF'),
    });
    expect((await part('bytes=-10')).bytes).toEqual(whole.subarray(size - 10));
    expect((await part(`bytes=${size - 5}-`)).bytes).toEqual(whole.subarray(size - 5));
    expect((await part(`bytes=${size - 5}-${size + 99}`)).bytes).toEqual(whole.subarray(size - 5));
    expect(await part(`bytes=${size}-`)).toMatchObject({ status: 416, header: `bytes */${size}` });
    for (const ignored of ['bytes=5-2', 'bytes=0-1,4-5', 'lines=1-2', 'bytes=-']) {
      expect((await part(ignored)).status).toBe(200);
    }
    const head = await fetch(url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(size));
    expect(head.headers.get('accept-ranges')).toBe('bytes');
  });

  it('is good for this file only, and only as it was given out', async () => {
    const url = await linkOf();
    const at = url.lastIndexOf('/') + 1;
    const [payload = '', signature = ''] = url.slice(at).split('.');
    const { k, e } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = (fields: object) =>
      `${Buffer.from(JSON.stringify({ k, e, ...fields })).toString('base64url')}.${signature}`;
    const tokens = [
      forged({ k: '../../store.sqlite' }),
      forged({ e: e + 1 }),
      `${payload}.`,
      payload,
      `${payload}.${'A'.repeat(43)}`,
      `${payload}.${signature}.x`,
      '%2e%2e%2fstore.sqlite',
      'x',
    ];
    for (const token of tokens) {
      const response = await fetch(`${url.slice(0, at)}${token}`);
      expect(response.status).toBe(403);
      expect(await response.json()).toEqual({
        detail: 'The link is not valid, or has expired.',
        code: 'forbidden',
      });
    }
  });

  it('is refused once the file is gone', async () => {
    const { token, uid } = await signUp('leaving');
    await upload(WAV, token);
    const url = await linkOf(token);
    await server.context.speechProfiles.eraseUser(uid);
    expect((await fetch(url)).status).toBe(404);
  });
});

describe('samples of people', () => {
  const origin = (n: number) => ({ conversationId: 'conversation', segmentId: `segment-${n}` });
  const sample = (n: number) => ({
    origin: origin(n),
    samples: SPEECH.samples.subarray(0, 16_000 * (n + 1)),
    sampleRate: 16_000,
    transcript: `words ${n}`,
  });

  async function personWithSamples(uid: string, name: string, count: number): Promise<string> {
    const { id } = await server.context.people.createPerson(uid, name);
    for (let n = 0; n < count; n += 1) {
      expect(await server.context.speechSamples.add(uid, id, sample(n))).toBe(true);
    }
    return id;
  }
  const get = async (id: string, token = server.token) =>
    (
      await server.api(
        'GET',
        `/v1/users/people/${id}?include_speech_samples=true`,
        undefined,
        token,
      )
    ).body as { speech_samples: string[]; speech_sample_transcripts: string[] };

  it('are links in the person, and can be deleted one by one', async () => {
    const id = await personWithSamples(server.uid, 'Ada', 3);
    const { body } = await server.api('GET', '/v1/users/people');
    const [ada] = body as { speech_samples: string[] }[];
    expect(ada?.speech_samples).toHaveLength(3);
    const lengths = await Promise.all(
      (ada?.speech_samples ?? []).map(async (url) => {
        const file = await (await fetch(url)).arrayBuffer();
        return parseWav(new Uint8Array(file)).durationMs;
      }),
    );
    expect(lengths).toEqual([1000, 2000, 3000]);
    const bare = await server.api('GET', `/v1/users/people/${id}`);
    expect(bare.body).toMatchObject({ speech_samples: [] });
    const listed = await server.api('GET', `/v3/speech-profile/expand?person_id=${id}`);
    expect(listed.body).toHaveLength(3);

    const gone = (await get(id)).speech_samples[1] ?? '';
    const deleted = await server.api('DELETE', `/v1/users/people/${id}/speech-samples/1`);
    expect(deleted).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await get(id)).toMatchObject({ speech_sample_transcripts: ['words 0', 'words 2'] });
    expect((await fetch(gone)).status).toBe(404);
    expect((await server.api('DELETE', `/v1/users/people/${id}/speech-samples/2`)).status).toBe(
      404,
    );
    expect((await server.api('DELETE', `/v1/users/people/${id}/speech-samples/-1`)).status).toBe(
      422,
    );
    expect((await server.api('DELETE', `/v1/users/people/${id}/speech-samples/x`)).status).toBe(
      422,
    );
    expect((await server.api('DELETE', '/v1/users/people/nobody/speech-samples/0')).status).toBe(
      404,
    );
  });

  it('are few', async () => {
    const id = await personWithSamples(server.uid, 'Many', 5);
    expect(await server.context.speechSamples.add(server.uid, id, sample(6))).toBe(false);
    expect((await get(id)).speech_samples).toHaveLength(5);
  });

  it('are nobody else’s business', async () => {
    const id = await personWithSamples(server.uid, 'Grace', 1);
    const as = (method: string, route: string) => server.api(method, route, undefined, other.token);
    expect((await as('GET', `/v1/users/people/${id}`)).status).toBe(404);
    expect((await as('DELETE', `/v1/users/people/${id}/speech-samples/0`)).status).toBe(404);
    expect((await as('GET', `/v3/speech-profile/expand?person_id=${id}`)).status).toBe(404);
    expect((await as('DELETE', `/v1/users/people/${id}`)).status).toBe(204);
    for (const wild of ['..', '../..', `../${server.uid}`, '%2e%2e%2f%2e%2e', 'a%00b']) {
      const query = `person_id=${encodeURIComponent(wild)}`;
      expect((await as('GET', `/v3/speech-profile/expand?${query}`)).status).toBe(404);
      const removal = `memory_id=${encodeURIComponent(wild)}&segment_idx=0&${query}`;
      expect((await as('DELETE', `/v3/speech-profile/expand?${removal}`)).status).toBe(404);
    }
    expect((await get(id)).speech_samples).toHaveLength(1);
  });

  it('go with the person', async () => {
    const id = await personWithSamples(server.uid, 'Leaving', 2);
    const links = (await get(id)).speech_samples;
    expect((await server.api('DELETE', `/v1/users/people/${id}`)).status).toBe(204);
    for (const link of links) expect((await fetch(link)).status).toBe(404);
    expect(await server.context.speechSamples.add(server.uid, id, sample(3))).toBe(false);
  });

  it('that were cut from a segment are deleted by its place in its conversation', async () => {
    const created = await server.api('POST', '/v1/users/people', { name: 'Expand' });
    const personId = (created.body as { id: string }).id;
    const conversations = await server.api('GET', '/v1/conversations');
    expect(conversations.body).toEqual([]);
    const missing = await server.api(
      'DELETE',
      `/v3/speech-profile/expand?memory_id=none&segment_idx=0&person_id=${personId}`,
    );
    expect(missing.status).toBe(404);
    const { speechSamples } = server.context;
    await speechSamples.add(server.uid, null, sample(0));
    await speechSamples.add(server.uid, null, sample(1));
    const own = await server.api('GET', '/v3/speech-profile/expand?person_id=null');
    expect(own.body).toHaveLength(2);
    await speechSamples.removeOrigin(server.uid, null, origin(0));
    expect((await server.api('GET', '/v3/speech-profile/expand')).body).toHaveLength(1);
  });
});

describe('what is kept of voices', () => {
  it('lies in files that only their owner may read, and goes with the account', async () => {
    const { uid, token } = await signUp('erased');
    await upload(WAV, token);
    const person = await server.context.people.createPerson(uid, 'Somebody');
    await server.context.speechSamples.add(uid, person.id, {
      origin: { conversationId: 'c', segmentId: 's' },
      samples: SPEECH.samples,
      sampleRate: 16_000,
      transcript: '',
    });
    const folder = path.join(server.dataDir, 'blobs', 'speech-profiles', uid);
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(files.filter((entry) => entry.isFile())).toHaveLength(2);
    for (const entry of files) {
      const { mode } = await stat(path.join(entry.parentPath, entry.name));
      expect(mode & 0o077).toBe(0);
    }
    expect((await stat(path.join(server.dataDir, 'blob-link.key'))).mode & 0o777).toBe(0o600);
    await server.context.deletion.deleteAccount(uid);
    await expect(stat(folder)).rejects.toThrow('ENOENT');
    expect(await server.context.store.find(people, uid, person.id)).toBeUndefined();
  });
});
