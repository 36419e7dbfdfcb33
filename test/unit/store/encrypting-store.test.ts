import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { createUserCipher, type UserCipher } from '../../../src/kernel/user-cipher.ts';
import { makeMessage, messages } from '../../../src/model/chat/message.ts';
import { GLOBAL } from '../../../src/model/collection.ts';
import { COLLECTIONS } from '../../../src/model/collections.ts';
import {
  conversations,
  type LiveSegment,
  liveSegments,
  makeConversation,
} from '../../../src/model/conversations/conversation.ts';
import { makeSegment } from '../../../src/model/conversations/transcript-segment.ts';
import { encryptionChecks } from '../../../src/model/encryption-check.ts';
import { makeMemory, memories } from '../../../src/model/memory.ts';
import { openSqliteStore } from '../../../src/store/adapters/sqlite/sqlite-store.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { EncryptingStore } from '../../../src/store/encrypting-store.ts';
import { checkEncryption } from '../../../src/store/encryption-check.ts';

const SECRET = 'a secret of more than thirty-two bytes';
const OTHER = 'another secret of thirty-two bytes or more';
const UID = 'u1';
const SPOKEN = 'The lighthouse keeper wants a boat';

let folder: string;
const open: DocumentStore[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'encrypting-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
  await rm(folder, { recursive: true });
});

async function openStore(cipher: UserCipher | null): Promise<DocumentStore> {
  const encrypting = new EncryptingStore(COLLECTIONS, cipher);
  const engine = await openSqliteStore({
    path: join(folder, 'store.sqlite'),
    collections: encrypting.collections,
    durability: 'process',
    logger: silentLogger,
  });
  open.push(engine);
  return encrypting.over(engine);
}

const memory = makeMemory({ uid: UID, content: SPOKEN, createdAt: 1 });
const message = makeMessage({ id: 'm', text: SPOKEN, createdAt: 1, sender: 'human' });
const segment = makeSegment({ id: 's', text: SPOKEN, startMs: 0, endMs: 900 });
const live: LiveSegment = { id: 's', conversationId: 'c', seq: 0, segment };

async function writeAll(store: DocumentStore): Promise<void> {
  await store.transact((tx) => {
    tx.put(memories, UID, memory);
    tx.create(messages, UID, message);
    tx.put(liveSegments, UID, live);
    tx.put(conversations, UID, makeConversation({ id: 'c', createdAt: 1 }));
  });
}

async function rawBytes(): Promise<string> {
  const names = await readdir(folder);
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')));
  return files.join('\n');
}

const OF_SERVER = new Set(['plugins_data', 'server_settings']);

describe('encrypted fields', () => {
  it('belong to users, exist, and take part in no query', () => {
    const declared = COLLECTIONS.filter(({ encrypted }) => encrypted !== undefined);
    expect(declared.map(({ name }) => name).sort()).toEqual([
      'action_items',
      'advice',
      'calendar_meetings',
      'chat_sessions',
      'chat_summaries',
      'conversation_photos',
      'conversation_ratings',
      'conversation_voices',
      'conversations',
      'deleted_parts',
      'focus_sessions',
      'health_summaries',
      'live_segments',
      'mcp_connections',
      'memories',
      'messages',
      'people',
      'plugins_data',
      'push_subscriptions',
      'screen_frames',
      'server_settings',
      'staged_tasks',
      'sync_files',
      'sync_uploads',
      'transcript_chunks',
      'transcript_version_chunks',
      'voice_prints',
      'webhook_endpoints',
      'webhook_secrets',
    ]);
    for (const { name, scope, encrypted = [], queries } of declared) {
      // Encrypted with a key of the server: apps are everybody's, and its own settings are nobody's.
      expect(scope, name).toBe(OF_SERVER.has(name) ? 'global' : 'user');
      for (const query of Object.values(queries)) {
        const used = [query.orderBy, ...Object.keys(query.filters)];
        expect(
          used.filter((field) => (encrypted as string[]).includes(field)),
          name,
        ).toEqual([]);
      }
      expect(encrypted, name).not.toContain('id');
    }
  });

  it('are in no file of the store, and read as they were written', async () => {
    const store = await openStore(createUserCipher(SECRET));
    await writeAll(store);
    const bytes = await rawBytes();
    // The control: what is stored in plain is found in the same bytes.
    expect(bytes).toContain('human');
    for (const word of ['lighthouse', 'keeper', 'boat']) expect(bytes).not.toContain(word);
    expect(await store.find(liveSegments, UID, 's')).toEqual(live);
    expect((await store.find(messages, UID, 'm'))?.text).toBe(SPOKEN);
    const enhanced = { ...memory, dataProtectionLevel: 'enhanced' };
    expect(await store.findMany(memories, UID, [memory.id])).toEqual([enhanced]);
    const page = await store.query(memories, UID, { query: 'recent', limit: 5 });
    expect(page.items).toEqual([enhanced]);
    expect((await store.find(conversations, UID, 'c'))?.dataProtectionLevel).toBe('enhanced');
    const exported = [];
    for await (const { document } of store.exportOwner(UID)) exported.push(document);
    expect(exported).toContainEqual(enhanced);
    expect(exported).toContainEqual(live);
  });

  it('are patched encrypted, read back within a transaction', async () => {
    const store = await openStore(createUserCipher(SECRET));
    await writeAll(store);
    await store.transact(async (tx) => {
      const found = await tx.find(memories, UID, memory.id);
      tx.patch(memories, UID, memory.id, { content: `${found?.content} badly`, edited: true });
    });
    expect((await store.find(memories, UID, memory.id))?.content).toBe(`${SPOKEN} badly`);
    expect(await rawBytes()).not.toContain('badly');
  });

  it('written before there was a secret stay readable, and are encrypted when they change', async () => {
    await writeAll(await openStore(null));
    expect(await rawBytes()).toContain('lighthouse');
    const store = await openStore(createUserCipher(SECRET));
    expect(await store.find(memories, UID, memory.id)).toEqual(memory);
    expect(await store.find(liveSegments, UID, 's')).toEqual(live);
    await store.transact((tx) => tx.patch(memories, UID, memory.id, { content: SPOKEN }));
    expect((await store.find(memories, UID, memory.id))?.dataProtectionLevel).toBe('enhanced');
  });

  it('of another secret are an error, never their ciphertext', async () => {
    await writeAll(await openStore(createUserCipher(SECRET)));
    const wrong = await openStore(createUserCipher(OTHER));
    await expect(wrong.find(messages, UID, 'm')).rejects.toMatchObject({ code: 'internal' });
    const none = await openStore(null);
    await expect(none.find(messages, UID, 'm')).rejects.toThrow(/ENCRYPTION_SECRET/);
    const rotated = await openStore(createUserCipher(OTHER, SECRET));
    expect((await rotated.find(messages, UID, 'm'))?.text).toBe(SPOKEN);
  });

  it.each(['enc1:QUJD', 'plain1:x', 'enc1:', ''])('may be any text, also %j', async (text) => {
    for (const cipher of [null, createUserCipher(SECRET)]) {
      const store = await openStore(cipher);
      await store.transact((tx) => tx.put(messages, UID, { ...message, text }));
      expect((await store.find(messages, UID, 'm'))?.text).toBe(text);
    }
  });
});

describe('the check of the secret', () => {
  it('lets a store be opened with the secrets that its data needs, and with no others', async () => {
    const encrypting = new EncryptingStore(COLLECTIONS, null);
    const engine = await openSqliteStore({
      path: join(folder, 'store.sqlite'),
      collections: encrypting.collections,
      durability: 'process',
      logger: silentLogger,
    });
    open.push(engine);
    const check = (...secrets: string[]) => checkEncryption(engine, secrets, 1);
    await check();
    await check(SECRET);
    await check(SECRET);
    await expect(check()).rejects.toThrow(/The data here is encrypted/);
    await expect(check(OTHER)).rejects.toMatchObject({ code: 'invalid-configuration' });
    await check(OTHER, SECRET);
    await expect(check(OTHER)).rejects.toThrow(/with another secret/);
    await check(SECRET, OTHER);
    const { items } = await engine.query(encryptionChecks, GLOBAL, { query: 'recent', limit: 9 });
    expect(items).toHaveLength(2);
    expect(JSON.stringify(items)).not.toContain(SECRET);
    const exported = [];
    for await (const { collection } of encrypting.over(engine).exportOwner(GLOBAL)) {
      exported.push(collection);
    }
    expect(exported).toEqual([]);
  });
});
