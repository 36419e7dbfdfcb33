import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportAccount } from '../../src/http/account-export.ts';
import { conversationVoices } from '../../src/model/people/conversation-voice.ts';
import { unknownVoices } from '../../src/model/people/unknown-voice.ts';
import { voicePrints } from '../../src/model/people/voice-print.ts';
import { queryAll } from '../../src/store/collection.ts';
import { writeUserArchive } from '../../src/transfer/user-archive.ts';
import { importUserArchive } from '../../src/transfer/user-import.ts';
import { normalised, vectorToText } from '../../src/voices/voice-vector.ts';
import { TINY_SPEAKER } from '../fixtures/spoken-clips.ts';
import { ListenClient } from './listen-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const VOICE_MODEL = TINY_SPEAKER;
const NOW = Date.UTC(2026, 2, 1);
const VECTOR = normalised(Array.from({ length: 64 }, (_, i) => Math.sin(i))) ?? new Float32Array();

let server: TestServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'omi-voices-'));
  server = await startTestServer({ VOICE_MODEL });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Somebody with a conversation in which an unknown voice was heard, and a person whose voice is known. */
async function heard(name: string) {
  const { accounts, conversationVoices: voices } = server.context;
  const { id: uid } = await accounts.createUser(name);
  const { token } = await accounts.createToken(uid, 'test');
  const client = await ListenClient.connect(server.wsUrl, token, { custom_stt: 'enabled' });
  await client.ready();
  client.suggest([{ text: 'The lease ends in May.', start: 0, end: 8, speaker: 'SPEAKER_0' }]);
  await client.until(() => client.segments.size > 0);
  const ended = await server.api('POST', '/v1/conversations', {}, token);
  await client.close();
  const { id } = (ended.body as { conversation: { id: string } }).conversation;
  const voice = { vector: VECTOR, speechMs: 8_000 };
  const span = { startAt: NOW, endAt: NOW + 8_000 };
  await voices.hear(uid, { conversationId: id, speaker: 0, ...span, voice, recognised: null });
  const { body } = await server.api('POST', '/v1/users/people', { name: 'Anna' }, token);
  const person = (body as { id: string }).id;
  await server.context.store.transact(async (tx) => {
    tx.put(voicePrints, uid, {
      id: 'p1',
      owner: person,
      model: 'tiny-speaker',
      vector: vectorToText(VECTOR),
      speechMs: 8_000,
      sampleKey: null,
      origin: null,
      createdAt: NOW,
    });
  });
  return { uid, token, id, person };
}

/** Everything that is known of voices. */
async function voiceData(from: TestServer, uid: string) {
  const { store } = from.context;
  const found = { prints: [] as string[], heard: [] as string[], unknown: [] as string[] };
  const request = { query: 'recent' } as const;
  for await (const { vector } of queryAll(store, voicePrints, uid, request)) {
    found.prints.push(vector);
  }
  for await (const { vectors } of queryAll(store, conversationVoices, uid, request)) {
    found.heard.push(...vectors.map(({ vector }) => vector));
  }
  for await (const { id } of queryAll(store, unknownVoices, uid, request)) found.unknown.push(id);
  return found;
}

const text = vectorToText(VECTOR);
const NOTHING = { prints: [], heard: [], unknown: [] };

describe('what is known of voices', () => {
  it('moves with the account, and is as it was', async () => {
    const { uid } = await heard('moving');
    const before = await voiceData(server, uid);
    expect(before).toEqual({ prints: [text], heard: [text], unknown: [expect.any(String)] });
    const target = path.join(folder, 'moving.tar');
    const { store, blobs, accountExport } = server.context;
    const onProgress = () => undefined;
    const apiExport = exportAccount(accountExport, uid);
    await writeUserArchive({ store, blobs, uid, target, apiExport, onProgress });
    const other = await startTestServer({ VOICE_MODEL });
    try {
      const { store: into, blobs: files, clock } = other.context;
      const to = { store: into, blobs: files, clock, path: target, overwrite: false, onProgress };
      await importUserArchive(to);
      expect(await voiceData(other, uid)).toEqual(before);
    } finally {
      await other.stop();
    }
  });

  it('goes with the conversation in which it was heard', async () => {
    const { uid, token, id } = await heard('forgetting');
    expect((await server.api('DELETE', `/v1/conversations/${id}`, undefined, token)).status).toBe(
      204,
    );
    const left = await voiceData(server, uid);
    expect(left.heard).toEqual([]);
    expect(left.prints).toEqual([text]);
    const { body } = await server.api('GET', '/v1/voices/unknown', undefined, token);
    expect(body).toMatchObject({ voices: [] });
  });

  it('goes with the person', async () => {
    const { uid, token, person } = await heard('parting');
    const { status } = await server.api('DELETE', `/v1/users/people/${person}`, undefined, token);
    expect(status).toBe(204);
    expect((await voiceData(server, uid)).prints).toEqual([]);
  });

  it('goes with the account', async () => {
    const { uid } = await heard('leaving');
    await server.context.deletion.deleteAccount(uid);
    expect(await voiceData(server, uid)).toEqual(NOTHING);
  });
});
