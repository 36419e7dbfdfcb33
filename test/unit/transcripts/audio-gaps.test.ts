import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { COLLECTIONS } from '../../../src/model/collections.ts';
import { conversations, makeConversation } from '../../../src/model/conversation.ts';
import { openSqliteStore } from '../../../src/store/adapters/sqlite/sqlite-store.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import {
  type AudioStretch,
  recordGap,
  watchedForGaps,
} from '../../../src/transcripts/audio-gaps.ts';
import { RecordedAudio } from '../../fixtures/speech-audio.ts';

const batch = (startMs: number, durationMs = 100) => ({ startMs, durationMs, frames: [] });

async function gapsOf(
  batches: ReturnType<typeof batch>[],
  fromMs: number,
  untilMs: number | null,
): Promise<AudioStretch[]> {
  const gaps: AudioStretch[] = [];
  const audio = watchedForGaps(new RecordedAudio(batches), untilMs, (gap) => gaps.push(gap));
  let read = 0;
  for await (const _batch of audio.readFrom(fromMs, new AbortController().signal)) read += 1;
  expect(read).toBeLessThanOrEqual(batches.length);
  return gaps;
}

describe('watchedForGaps', () => {
  it('tells of what the reader steps over: at the start, between, at the end', async () => {
    expect(await gapsOf([batch(0), batch(100)], 0, 200)).toEqual([]);
    expect(await gapsOf([batch(0), batch(100.01)], 50, null)).toEqual([]);
    expect(await gapsOf([batch(300), batch(1000)], 0, 2000)).toEqual([
      { startMs: 0, endMs: 300 },
      { startMs: 400, endMs: 1000 },
      { startMs: 1100, endMs: 2000 },
    ]);
    expect(await gapsOf([], 500, 2000)).toEqual([{ startMs: 500, endMs: 2000 }]);
    expect(await gapsOf([], 500, null)).toEqual([]);
  });
});

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
