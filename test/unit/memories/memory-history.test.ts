import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDiskBlobStore } from '../../../src/blob/adapters/disk/disk-blob-store.ts';
import { deleteConversation } from '../../../src/conversations/delete-conversation.ts';
import { moveConversationParts } from '../../../src/conversations/move-conversation-parts.ts';
import {
  type ClaimedMemory,
  planConversationMemories,
  writeConversationMemories,
} from '../../../src/memories/conversation-memories.ts';
import { isSameFact } from '../../../src/memories/fact-similarity.ts';
import { MemoryService } from '../../../src/memories/memory-service.ts';
import { contradict, findSingleValue } from '../../../src/memories/single-value-facts.ts';
import { isCurrent, type Memory, memories } from '../../../src/model/memory.ts';
import { queryAll } from '../../../src/store/collection.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { HeldClock, NOW } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

const DAY = 86_400_000;
let store: DocumentStore;
let close: () => Promise<void>;
let service: MemoryService;
const clock = new HeldClock();

beforeEach(async () => {
  ({ store, close } = await openTestStore((run) => (run === 1 ? 'conflict' : undefined)));
  service = new MemoryService({ store, clock });
});
afterEach(() => close());

const claim = (content: string, replaces: string[] = []): ClaimedMemory => ({
  content,
  category: 'system',
  segmentIds: ['s1'],
  replaces,
  isSure: true,
});

/** Processes a conversation that was held on a day, as often as it is called. */
async function process(id: string, day: number, ...claims: ClaimedMemory[]): Promise<void> {
  const startedAt = NOW + day * DAY;
  await store.transact(async (tx) => {
    const conversation = { id, isLocked: false, startedAt, createdAt: startedAt };
    const plan = await planConversationMemories(tx, 'ada', conversation, claims, clock.now());
    writeConversationMemories(tx, 'ada', plan);
  });
}

async function all(): Promise<Memory[]> {
  const found: Memory[] = [];
  for await (const memory of queryAll(store, memories, 'ada', { query: 'byScoring' })) {
    found.push(memory);
  }
  return found;
}
const current = async () =>
  (await service.list('ada', { offset: 0, limit: 1, categories: [] })).map(
    ({ content }) => content,
  );
async function named(content: string): Promise<Memory> {
  const memory = (await all()).find((m) => m.content === content);
  if (!memory) throw new Error(`no memory "${content}"`);
  return memory;
}

describe('facts that contradict each other', () => {
  it('are the newer one, with the older in its history', async () => {
    await process('spring', 0, claim('Lives in Porto'));
    await process('autumn', 100, claim('Lives in Lisbon now'));
    expect(await current()).toEqual(['Lives in Lisbon now']);
    const newer = await named('Lives in Lisbon now');
    const history = await service.history('ada', newer.id);
    expect(history.map(({ content, validFrom, validTo }) => [content, validFrom, validTo])).toEqual(
      [
        ['Lives in Lisbon now', NOW + 100 * DAY, null],
        ['Lives in Porto', NOW, NOW + 100 * DAY],
      ],
    );
  });

  it('are in order of what was said, not of what was processed', async () => {
    await process('autumn', 100, claim('Works at Acme'));
    await process('spring', 0, claim('Works at Initech'));
    expect(await current()).toEqual(['Works at Acme']);
    expect(await named('Works at Initech')).toMatchObject({ validTo: NOW + 100 * DAY });
  });

  it('are whatever the engine says replaces one another', async () => {
    await process('spring', 0, claim('Trains for a marathon'));
    const older = await named('Trains for a marathon');
    await process('autumn', 100, claim('Gave up running for good', [older.id]));
    expect(await current()).toEqual(['Gave up running for good']);
  });

  it('both stand where the user has written or confirmed the older one', async () => {
    await service.create('ada', {
      content: 'Lives in Porto',
      visibility: 'private',
      tags: [],
      headline: null,
      category: null,
    });
    await process('autumn', 100, claim('Lives in Lisbon'));
    expect((await current()).sort()).toEqual(['Lives in Lisbon', 'Lives in Porto']);
  });

  it('change nothing when the older conversation is processed once more', async () => {
    await process('spring', 0, claim('Lives in Porto'));
    await process('autumn', 100, claim('Lives in Lisbon'));
    const before = await all();
    await process('spring', 0, claim('Lives in Porto'));
    await process('autumn', 100, claim('Lives in Lisbon'));
    expect(await all()).toEqual(before);
  });

  it('leave the older one true when the newer is found no more', async () => {
    await process('spring', 0, claim('Lives in Porto'));
    await process('autumn', 100, claim('Lives in Lisbon'));
    await process('autumn', 100);
    expect(await current()).toEqual(['Lives in Porto']);
    expect(await named('Lives in Porto')).toMatchObject({ validTo: null, replacedBy: null });
  });

  it('are the older one again where that was said once more, later', async () => {
    await process('spring', 0, claim('Lives in Porto'));
    await process('autumn', 100, claim('Lives in Lisbon'));
    await process('winter', 200, claim('Lives in Porto'));
    expect(await current()).toEqual(['Lives in Porto']);
    const porto = await named('Lives in Porto');
    expect(porto).toMatchObject({ conversationId: 'winter', validFrom: NOW + 200 * DAY });
    const history = await service.history('ada', porto.id);
    expect(history.map(({ content }) => content)).toEqual(['Lives in Porto', 'Lives in Lisbon']);
    await process('winter', 200);
    expect(await current()).toEqual(['Lives in Lisbon']);
  });

  it('stay while another talk says them', async () => {
    await process('autumn', 100, claim('Lives in Porto'));
    await process('spring', 0, claim('Lives in Porto'));
    await process('autumn', 100);
    expect(await current()).toEqual(['Lives in Porto']);
    expect(await named('Lives in Porto')).toMatchObject({
      conversationId: 'spring',
      validFrom: NOW,
    });
    await process('spring', 0);
    expect(await all()).toEqual([]);
  });

  it('stay when one of the talks that say them is deleted, and go with the last', async () => {
    await process('spring', 0, claim('Lives in Porto'));
    await process('autumn', 100, claim('Lives in Lisbon'));
    await process('winter', 200, claim('Lives in Lisbon'));
    const cascade = { cascade: true, now: clock.now() };
    await deleteConversation(store, 'ada', 'autumn', cascade);
    expect(await named('Lives in Lisbon')).toMatchObject({ conversationId: 'winter' });
    expect(await current()).toEqual(['Lives in Lisbon']);
    await deleteConversation(store, 'ada', 'winter', cascade);
    expect(await current()).toEqual(['Lives in Porto']);
  });

  it('are said in the merged conversation, once', async () => {
    await process('a', 0, claim('Lives in Porto'));
    await process('b', 1, claim('Lives in Porto'));
    const directory = await mkdtemp(path.join(tmpdir(), 'move-parts-'));
    const blobs = await openDiskBlobStore({ directory, fsync: false });
    const everything = { hasSegments: () => true, isAt: () => true };
    for (const from of ['b', 'a']) {
      await moveConversationParts(
        { store, blobs },
        'ada',
        { from, to: 'merged', ...everything },
        clock.now(),
      );
    }
    await rm(directory, { recursive: true });
    const { conversationId, saidIn } = await named('Lives in Porto');
    expect(conversationId).toBe('merged');
    expect(saidIn).toEqual([
      { conversationId: 'merged', segmentIds: ['s1'], saidAt: expect.any(Number) },
    ]);
  });

  it('close their chain when the one between is found no more', async () => {
    await process('a', 0, claim('Lives in Porto'));
    await process('b', 50, claim('Lives in Braga'));
    await process('c', 100, claim('Lives in Lisbon'));
    await process('b', 50);
    const history = await service.history('ada', (await named('Lives in Lisbon')).id);
    expect(history.map(({ content }) => content)).toEqual(['Lives in Lisbon', 'Lives in Porto']);
  });

  it('go with their history when the user deletes the newest', async () => {
    await process('spring', 0, claim('Lives in Porto'));
    await process('autumn', 100, claim('Lives in Lisbon'));
    await service.delete('ada', (await named('Lives in Lisbon')).id);
    expect(await all()).toEqual([]);
  });

  it('never lose a fact nor show two, in whatever order talks are processed', async () => {
    const towns = ['Porto', 'Lisbon', 'Braga', 'Faro'];
    const talk = fc.record({
      day: fc.integer({ min: 0, max: 3 }),
      says: fc.option(fc.constantFrom(...towns), { nil: null }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(talk, { minLength: 1, maxLength: 8 }), async (talks) => {
        await service.deleteAll('ada');
        const last = new Map<number, string | null>();
        for (const { day, says } of talks) {
          await process(`talk-${day}`, day, ...(says === null ? [] : [claim(`Lives in ${says}`)]));
          last.set(day, says);
        }
        const stored = await all();
        const said = [...last].flatMap(([day, says]) => (says === null ? [] : [{ day, says }]));
        const newest = said.sort((a, b) => b.day - a.day).slice(0, 1);
        const holding = stored.filter(isCurrent).map(({ content }) => content);
        expect(holding).toEqual(newest.map(({ says }) => `Lives in ${says}`));
        expect(stored).toHaveLength(new Set(said.map(({ says }) => says)).size);
        for (const memory of stored) {
          const talks = said.filter(({ says }) => memory.content === `Lives in ${says}`);
          const days = (memory.saidIn ?? []).map(({ conversationId }) => conversationId);
          expect(days.sort()).toEqual(talks.map(({ day }) => `talk-${day}`).sort());
          expect(days).toContain(memory.conversationId);
        }
        for (const memory of stored.filter((m) => !isCurrent(m))) {
          // Whoever is replaced is replaced by something that is there.
          expect(stored.map(({ id }) => id)).toContain(memory.replacedBy);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the same fact', () => {
  it('in other words of another talk adds nothing, a hundred times', async () => {
    const wordings = [
      'Prefers tea to coffee in the morning',
      'In the morning prefers tea to coffee',
      'Prefers tea to coffee in the mornings',
    ];
    for (let i = 0; i < 100; i += 1) {
      await process(`talk-${i % 7}`, i % 7, claim(wordings[i % wordings.length] ?? ''));
    }
    expect(await all()).toHaveLength(1);
  });

  it.each([
    ['Lives in Porto', 'Lives in Porto.', true],
    ['Has two daughters', 'Has two daughters and a son', false],
    ['Likes coffee', 'Does not like coffee', false],
    ['Is allergic to nuts', 'Is allergic to peanuts', false],
  ])('%s / %s: %s', (a, b, same) => {
    expect(isSameFact(a, b)).toBe(same);
  });
});

describe('slots', () => {
  it.each([
    ['Lives in Porto', 'Moved to Lisbon', true],
    ['Lives in Porto', 'Lives in Porto now', false],
    ['Favorite color is green', "The user's favourite color is blue", true],
    ['Favorite color is green', 'Favorite food is soup', false],
    ['Anna lives in Porto', 'Lives in Lisbon', false],
    ['Anna lives in Porto', 'Anna lives in Lisbon', true],
    ['Works at Acme', 'Works for Initech', true],
    ['Is 41 years old', 'Is 42 years old', true],
    ['Speaks German', 'Speaks French', false],
  ])('%s against %s: %s', (a, b, expected) => {
    expect(contradict(a, b)).toBe(expected);
  });

  it('are not read into other sentences', () => {
    for (const text of ['Wants to live in Porto', 'Lived in Porto as a child', 'Loves Porto']) {
      expect(findSingleValue(text)).toBeUndefined();
    }
  });
});
