import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { COLLECTIONS } from '../../../src/model/collections.ts';
import { conversations, makeConversation } from '../../../src/model/conversations/conversation.ts';
import { openSqliteStore } from '../../../src/store/adapters/sqlite/sqlite-store.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { recordGap } from '../../../src/transcripts/audio-gaps.ts';

describe('recordGap', () => {
  const AT = 1_800_000_000_000;
  const directory = mkdtempSync(path.join(tmpdir(), 'omi-backend-gaps-'));
  let store: DocumentStore;
  beforeAll(async () => {
    store = await openSqliteStore({
      path: path.join(directory, 'store.sqlite'),
      collections: COLLECTIONS,
      durability: 'process',
      logger: silentLogger,
    });
    await store.transact((tx) => {
      tx.create(conversations, 'u1', makeConversation({ id: 'a', createdAt: AT, nextSeq: 3 }));
      tx.create(conversations, 'u1', makeConversation({ id: 'b', createdAt: AT }));
    });
  });
  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const session = {
    uid: 'u1',
    spans: [
      { conversationId: 'a', fromMs: 0 },
      { conversationId: 'b', fromMs: 5000 },
    ],
    audioStartedAt: AT,
  };
  const record = (startMs: number, endMs: number, heardMs = 0) =>
    recordGap(store, session, { gap: { startMs, endMs }, heardMs, reason: 'audio-lost' }, AT + 9);

  it('writes it to the conversations that it belongs to, once', async () => {
    await record(4000, 6000);
    await record(4000, 6000);
    await record(5900, 7000);
    await record(100, 200, 200);
    const a = await store.find(conversations, 'u1', 'a');
    const b = await store.find(conversations, 'u1', 'b');
    expect(a?.gaps).toEqual([{ startAt: AT + 4000, endAt: AT + 5000, reason: 'audio-lost' }]);
    expect(b?.gaps).toEqual([{ startAt: AT + 5000, endAt: AT + 7000, reason: 'audio-lost' }]);
    // One that has nothing else is kept.
    expect([a?.forced, b?.forced]).toEqual([false, true]);
    expect(b?.updatedAt).toBeGreaterThan(AT);
  });

  it('leaves a conversation alone that is gone', async () => {
    const elsewhere = { ...session, spans: [{ conversationId: 'gone', fromMs: 0 }] };
    const unheard = { gap: { startMs: 0, endMs: 900 }, heardMs: 0, reason: 'audio-lost' } as const;
    await recordGap(store, elsewhere, unheard, AT);
    expect(await store.find(conversations, 'u1', 'gone')).toBeUndefined();
  });
});
