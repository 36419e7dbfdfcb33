import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ClaimedMemory,
  planConversationMemories,
  writeConversationMemories,
} from '../../../src/memories/conversation-memories.ts';
import { MemoryService } from '../../../src/memories/memory-service.ts';
import { isAsserted, type Memory, memories, tellMemory } from '../../../src/model/memory.ts';
import { searchChanges } from '../../../src/model/search-change.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { HeldClock, NOW } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

let store: DocumentStore;
let close: () => Promise<void>;
let clock: HeldClock;
let service: MemoryService;

beforeEach(async () => {
  // Every transaction runs twice, as it does if somebody else wrote meanwhile.
  ({ store, close } = await openTestStore((run) => (run === 1 ? 'conflict' : undefined)));
  clock = new HeldClock();
  service = new MemoryService({ store, clock });
});
afterEach(() => close());

const claim = (content: string, segmentIds = ['s1']): ClaimedMemory => ({
  content,
  category: 'system',
  segmentIds,
  replaces: [],
  isSure: true,
});

async function process(
  conversationId: string,
  claims: ClaimedMemory[],
  startedAt = clock.now(),
): Promise<void> {
  await store.transact(async (tx) => {
    const conversation = { id: conversationId, isLocked: false, startedAt, createdAt: startedAt };
    const plan = await planConversationMemories(tx, 'ada', conversation, claims, clock.now());
    writeConversationMemories(tx, 'ada', plan);
  });
}
const likely = (content: string): ClaimedMemory => ({ ...claim(content), isSure: false });
const all = () => service.list('ada', { offset: 0, limit: 1, categories: [] });
const contents = async () => (await all()).map((memory) => memory.content).sort();
async function idOf(content: string): Promise<string> {
  const memory = (await all()).find((m) => m.content === content);
  if (!memory) throw new Error(`No memory "${content}"`);
  return memory.id;
}

describe('memories of which the engine is less sure', () => {
  it('wait for a review until the user says that they are true', async () => {
    await process('c1', [likely('Is into pottery'), claim('Has two cats')]);
    const waiting = () =>
      service.list('ada', { offset: 0, limit: 9, categories: [], awaitsReview: true });
    expect((await waiting()).map(tellMemory)).toEqual(['Is into pottery (not confirmed)']);
    const id = await idOf('Is into pottery');
    await service.review('ada', id, true);
    expect(await waiting()).toEqual([]);
    expect(isAsserted(await service.get('ada', id))).toBe(true);
  });

  it('are sure once they are said plainly', async () => {
    await process('c1', [likely('Is into pottery')]);
    await process('c2', [claim('Is into pottery')]);
    expect((await all()).map(tellMemory)).toEqual(['Is into pottery']);
  });

  it('stay sure if a later talk only makes them likely', async () => {
    await process('c1', [claim('Is into pottery')]);
    await process('c2', [likely('Is into pottery')]);
    expect((await all()).map(tellMemory)).toEqual(['Is into pottery']);
  });
});

describe('memories of a conversation', () => {
  it('are written with what they came from, and noted for the search', async () => {
    await process('c1', [claim('Has two cats', ['s1', 's2'])]);
    const [memory] = await all();
    expect(memory).toMatchObject({
      uid: 'ada',
      content: 'Has two cats',
      category: 'system',
      conversationId: 'c1',
      segmentIds: ['s1', 's2'],
      createdAt: NOW,
    } satisfies Partial<Memory>);
    const change = await store.find(searchChanges, 'ada', `memory:${memory?.id}`);
    expect(change).toMatchObject({ kind: 'memory', changedAt: NOW });
  });

  it('stay the same when it is processed twice, and keep their time', async () => {
    await process('c1', [claim('Has two cats'), claim('Has two cats', ['s9'])]);
    clock.advance(5000);
    await process('c1', [claim('Has two cats', ['s3'])]);
    expect(await all()).toMatchObject([{ createdAt: NOW, segmentIds: ['s3'] }]);
  });

  it('go when they are claimed no more, except those that the user has touched', async () => {
    await process(
      'c1',
      ['Gone', 'Edited', 'Accepted', 'Rejected'].map((text) => claim(text)),
    );
    await process('c2', [claim('Of another')]);
    await service.setContent('ada', await idOf('Edited'), 'Edited by me');
    await service.review('ada', await idOf('Accepted'), true);
    const rejected = await idOf('Rejected');
    await service.review('ada', rejected, false);
    const gone = await idOf('Gone');
    await process('c1', [claim('New')]);
    expect(await contents()).toEqual(['Accepted', 'Edited by me', 'New', 'Of another']);
    expect(await store.find(memories, 'ada', rejected)).toMatchObject({ userReview: false });
    expect(await store.find(searchChanges, 'ada', `memory:${gone}`)).toBeDefined();
  });

  it('leave alone what the user or another conversation has said already', async () => {
    await service.create('ada', {
      content: 'Plays the cello',
      visibility: 'public',
      tags: ['music'],
      headline: null,
      category: null,
    });
    await process('c1', [claim('Lives in Graz')]);
    clock.advance(1000);
    await process('c2', [claim('Plays the cello', ['s7']), claim('Lives in Graz', ['s8'])]);
    const found = await all();
    expect(found).toMatchObject([
      { content: 'Plays the cello', category: 'manual', tags: ['music'], conversationId: null },
      { content: 'Lives in Graz', conversationId: 'c1', segmentIds: ['s1'], createdAt: NOW },
    ]);
  });

  it('do not come back in their old words once the user has edited them', async () => {
    await process('c1', [claim('Has two cats')]);
    await service.setContent('ada', await idOf('Has two cats'), 'Has three cats');
    await process('c1', [claim('Has two cats')]);
    expect(await contents()).toEqual(['Has three cats']);
  });
});

describe('a memory that the user adds', () => {
  const input = (content: string) => ({
    content,
    visibility: 'private' as const,
    tags: [],
    headline: null,
    category: null,
  });

  it('is one document however often it is sent', async () => {
    const first = await service.create('ada', input('Likes tea'));
    clock.advance(200);
    const second = await service.create('ada', input('Likes tea'));
    expect(second).toMatchObject({ id: first.id, createdAt: NOW });
    expect(await contents()).toEqual(['Likes tea']);
  });

  it('takes over a fact from a conversation, which then survives its processing', async () => {
    await process('c1', [claim('Likes tea')]);
    await service.create('ada', input('Likes tea'));
    await process('c1', []);
    expect(await all()).toMatchObject([
      { content: 'Likes tea', category: 'manual', scoring: `01_998_${NOW / 1000}` },
    ]);
  });

  it('does not overwrite a memory that was edited away from the same words', async () => {
    const first = await service.create('ada', input('Likes tea'));
    await service.setContent('ada', first.id, 'Likes coffee');
    const again = await service.create('ada', input('Likes tea'));
    expect(again.id).not.toBe(first.id);
    await service.create('ada', input('Likes tea'));
    expect(await contents()).toEqual(['Likes coffee', 'Likes tea']);
  });
});
