import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openGcsBlobStore } from '../../../src/blob/adapters/gcs/gcs-blob-store.ts';
import { type BlobStore, readBlob } from '../../../src/blob/blob-store.ts';
import { GcsSimulator } from '../../simulators/gcs-simulator.ts';

const BUCKETS = { speechProfiles: 'speech', recordings: 'rec', other: 'sync', chatFiles: 'chat' };
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ACCOUNT = JSON.stringify({
  client_email: 'server@project.iam.gserviceaccount.com',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  project_id: 'project',
});

describe('the blob store at Google', () => {
  let simulator: GcsSimulator;
  let store: BlobStore;

  const open = (serviceAccountJson: string | null, buckets = BUCKETS) =>
    openGcsBlobStore({ baseUrl: simulator.url, buckets, serviceAccountJson });

  beforeAll(async () => {
    simulator = await GcsSimulator.start();
    store = await open(null);
  });
  afterAll(() => simulator.stop());
  afterEach(() => {
    expect(simulator.faults).toEqual([]);
  });

  it("keeps each kind in its bucket, laid out as on Omi's server", async () => {
    const keys = [
      'speech-profiles/u1/speech_profile.wav',
      'speech-profiles/u1/people_profiles/p1/a.wav',
      'recordings/u1/c1/s-0.wav',
      'chat-files/u1/note.pdf',
      'audio-log/h/s/000000000000000.chunk',
    ];
    for (const key of keys) await store.put(key, Buffer.from(key));
    expect(simulator.objects.names()).toEqual([
      'chat/u1/note.pdf',
      'rec/u1/c1/s-0.wav',
      'speech/u1/people_profiles/p1/a.wav',
      'speech/u1/speech_profile.wav',
      'sync/audio-log/h/s/000000000000000.chunk',
    ]);
    await store.deletePrefix('recordings/u1/');
    expect(simulator.objects.names()).toContain('speech/u1/speech_profile.wav');
    const found: string[] = [];
    for await (const { key } of store.list('speech-profiles/u1/')) found.push(key);
    expect(found).toEqual([keys[1], keys[0]]);
  });

  it('sends what is long in a session, and reads it back whole and in part', async () => {
    const part = Buffer.alloc(1024 * 1024, 'ab');
    async function* parts() {
      for (let i = 0; i < 7; i += 1) yield part;
    }
    const before = simulator.requests.length;
    expect((await store.put('big/x', parts())).size).toBe(7 * part.length);
    expect(simulator.requests.slice(before).filter((kind) => kind === 'upload').length).toBe(2);
    const whole = await readBlob(store, 'big/x');
    expect(whole?.length).toBe(7 * part.length);
    const { body } = await store.get('big/x', { start: 2 * part.length, end: 2 * part.length + 3 });
    expect(Buffer.concat(await body.toArray()).toString()).toBe('abab');
  });

  it('stores nothing of a long file whose source fails', async () => {
    async function* broken() {
      for (let i = 0; i < 7; i += 1) yield Buffer.alloc(1024 * 1024);
      throw new Error('source failed');
    }
    await expect(store.put('big/broken', broken())).rejects.toThrow('source failed');
    expect(await store.head('big/broken')).toBeUndefined();
  });

  it.each(['upload', 'metadata', 'list', 'delete'] as const)(
    'tries again where a %s fails for the moment',
    async (on) => {
      await store.put('again/x', Buffer.from('first'));
      simulator.faults.push({ on, how: 503 });
      await store.put('again/x', Buffer.from('second'));
      expect((await store.head('again/x'))?.size).toBe(6);
      const found: string[] = [];
      for await (const { key } of store.list('again/')) found.push(key);
      expect(found).toEqual(['again/x']);
      await store.delete('again/x');
      expect(await store.head('again/x')).toBeUndefined();
    },
  );

  it('never takes what was damaged on its way for the file', async () => {
    await store.put('check/x', Buffer.from('right'));
    simulator.faults.push({ on: 'download', how: 'corrupt' });
    await expect(readBlob(store, 'check/x')).rejects.toThrow();
    simulator.faults.push({ on: 'upload', how: 'corrupt' });
    await expect(store.put('check/y', Buffer.from('wrong'))).rejects.toThrow();
    expect(await store.head('check/y')).toBeUndefined();
    expect(Buffer.from((await readBlob(store, 'check/x')) ?? []).toString()).toBe('right');
  });

  it('reads what is there when a file is replaced between looking and reading', async () => {
    await store.put('swap/x', Buffer.from('old'));
    // As if the generation that was looked at had gone.
    simulator.faults.push({ on: 'download', how: 404 });
    expect((await readBlob(store, 'swap/x'))?.toString()).toBe('old');
    simulator.faults.push({ on: 'download', how: 503 });
    expect((await readBlob(store, 'swap/x'))?.toString()).toBe('old');
    simulator.faults.push({ on: 'download', how: 403 });
    await expect(store.get('swap/x', null)).rejects.toMatchObject({
      code: 'provider-unauthorized',
    });
  });

  it('says what is wrong without saying whose file it was', async () => {
    simulator.faults.push({ on: 'metadata', how: 403 });
    const refused = store.head('private/of-somebody');
    await expect(refused).rejects.toMatchObject({ code: 'provider-unauthorized' });
    await expect(refused).rejects.not.toThrow(/somebody/);
    await expect(open('{"client_email": "secret"}')).rejects.toMatchObject({
      code: 'invalid-configuration',
      message: 'SERVICE_ACCOUNT_JSON is not a service account.',
    });
  });

  it('signs links by the service account; without one the server serves them', async () => {
    expect(store.signUrl).toBeNull();
    const signing = await open(ACCOUNT);
    const signed = new URL((await signing.signUrl?.('recordings/u/c/x.wav', 60_000)) ?? '');
    expect(signed.origin).toBe(simulator.url);
    expect(signed.pathname).toBe('/rec/u/c/x.wav');
    expect(Number(signed.searchParams.get('X-Goog-Expires'))).toBeLessThanOrEqual(60);
    const signature = Buffer.from(signed.searchParams.get('X-Goog-Signature') ?? '', 'hex');
    expect(verify('sha256', stringToSign(signed), publicKey, signature)).toBe(true);
  });
});

/** What Google signs (V4): the canonical request's hash and where it counts. */
function stringToSign(url: URL): Buffer {
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Goog-Signature')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&');
  const canonical = `GET\n${url.pathname}\n${query}\nhost:${url.hostname}\n\nhost\nUNSIGNED-PAYLOAD`;
  const scope = (url.searchParams.get('X-Goog-Credential') ?? '').split('/').slice(1).join('/');
  const hash = createHash('sha256').update(canonical).digest('hex');
  return Buffer.from(`GOOG4-RSA-SHA256\n${url.searchParams.get('X-Goog-Date')}\n${scope}\n${hash}`);
}
