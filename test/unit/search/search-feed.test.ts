import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/kernel/errors.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { makeUser, users } from '../../../src/model/accounts/user.ts';
import { GLOBAL } from '../../../src/model/collection.ts';
import {
  type Conversation,
  conversations,
  emptyStructured,
  liveSegments,
  makeConversation,
  transcriptChunks,
} from '../../../src/model/conversations/conversation.ts';
import { makeSegment } from '../../../src/model/conversations/transcript-segment.ts';
import { makeMemory, memories } from '../../../src/model/memory.ts';
import { people } from '../../../src/model/people/person.ts';
import { searchChanges } from '../../../src/model/search-change.ts';
import { actionItems, makeActionItem } from '../../../src/model/tasks/action-item.ts';
import { openSqliteSearchIndex } from '../../../src/search/adapters/sqlite/sqlite-search-index.ts';
import { SearchFeed } from '../../../src/search/indexing/search-feed.ts';
import type { ConversationSearch } from '../../../src/search/question/conversation-search.ts';
import { SearchService } from '../../../src/search/question/search-service.ts';
import { searchChanged } from '../../../src/search/search-changed.ts';
import type { SearchIndex, SearchUpdate } from '../../../src/search/search-index.ts';
import { openSqliteStore } from '../../../src/store/adapters/sqlite/sqlite-store.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { encodeTranscript, writeTranscript } from '../../../src/transcripts/transcript.ts';

const START = 1_700_000_000_000;

/** The real index, noting what it is given. */
class WatchedIndex implements SearchIndex {
  readonly #index: SearchIndex;
  applied: SearchUpdate[] = [];
  watermarks: number[] = [];
  conflicts = 0;
  /** While set, applying waits for it. */
  hold: Promise<void> | null = null;

  constructor(index: SearchIndex) {
    this.#index = index;
  }
  async apply(uid: string, updates: readonly SearchUpdate[], watermark: number) {
    await this.hold;
    if (this.conflicts > 0) {
      this.conflicts -= 1;
      await this.#index.deleteUser(uid);
      throw new AppError('conflict', 'lost');
    }
    this.applied.push(...updates);
    this.watermarks.push(watermark);
    await this.#index.apply(uid, updates, watermark);
  }
  search: SearchIndex['search'] = (uid, request) => this.#index.search(uid, request);
  quotes: SearchIndex['quotes'] = (...args) => this.#index.quotes(...args);
  conversationsOf: SearchIndex['conversationsOf'] = (...args) =>
    this.#index.conversationsOf(...args);
  watermark: SearchIndex['watermark'] = (uid) => this.#index.watermark(uid);
  deleteUser: SearchIndex['deleteUser'] = (uid) => this.#index.deleteUser(uid);
  check: SearchIndex['check'] = () => this.#index.check();
  close: SearchIndex['close'] = () => this.#index.close();
}

let directory: string;
let store: DocumentStore;
let index: WatchedIndex;
let feed: SearchFeed;
let service: SearchService;
let now = START;
let uid = '';
let count = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'search-feed-'));
  store = await openSqliteStore({
    path: join(directory, 'store.sqlite'),
    collections: [
      conversations,
      liveSegments,
      transcriptChunks,
      memories,
      actionItems,
      people,
      users,
      searchChanges,
    ],
    durability: 'process',
    logger: silentLogger,
  });
  const options = { embeddings: null, logger: silentLogger, maxOpen: 8 };
  const real = await openSqliteSearchIndex({
    vectors: null,
    ...options,
    directory: join(directory, 'index'),
  });
  index = new WatchedIndex(real);
  const clock = { now: () => now };
  feed = new SearchFeed({ store, index, clock, logger: silentLogger });
  service = new SearchService({
    store,
    index,
    feed,
    clock,
    defaultTimeZone: 'UTC',
    readTime: null,
    logger: silentLogger,
  });
});
afterAll(async () => {
  await feed.close();
  await index.close();
  await store.close();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  count += 1;
  uid = `user${count}`;
  now = START;
  index.applied = [];
  index.watermarks = [];
});

/** Stores a conversation with these things said in it, finalised or live. */
async function converse(
  id: string,
  said: readonly string[],
  parts: Partial<Conversation> = {},
  live = false,
): Promise<void> {
  const conversation = makeConversation({ id, createdAt: now, status: 'completed', ...parts });
  const segments = said.map((text, i) =>
    makeSegment({ id: `${id}-s${i}`, text, startMs: i * 5000, endMs: i * 5000 + 4000 }),
  );
  const chunks = live ? [] : await encodeTranscript(id, segments);
  await store.transact((tx) => {
    const written = writeTranscript(tx, uid, conversation, chunks);
    tx.put(conversations, uid, { ...conversation, transcriptChunks: written });
    if (live) {
      segments.forEach((segment, seq) => {
        tx.put(liveSegments, uid, { id: segment.id, conversationId: id, seq, segment });
      });
    }
    searchChanged(tx, uid, 'conversation', id, now);
  });
}

async function remember(content: string): Promise<string> {
  const memory = makeMemory({ uid, content, createdAt: now });
  await store.transact((tx) => {
    tx.put(memories, uid, memory);
    searchChanged(tx, uid, 'memory', memory.id, now);
  });
  return memory.id;
}

async function search(query: string, parts: Partial<ConversationSearch> = {}) {
  return service.searchConversations(uid, {
    query,
    page: 1,
    perPage: 10,
    includeDiscarded: true,
    startDate: null,
    endDate: null,
    ...parts,
  });
}

const idsOf = async (query: string, parts: Partial<ConversationSearch> = {}) =>
  (await search(query, parts)).items.map((item) => item.conversation.id);

describe('SearchFeed', () => {
  it('brings what was said, live or finalised, and what was changed and deleted', async () => {
    await converse('done', ['The harbour crane is rusty.']);
    await converse('live', ['A crane flew by.'], { status: 'in_progress' }, true);
    expect((await idsOf('crane')).sort()).toEqual(['done', 'live']);
    now += 60_000;
    await converse('done', ['The bridge is rusty.']);
    await store.transact((tx) => {
      tx.delete(conversations, uid, 'live');
      searchChanged(tx, uid, 'conversation', 'live', now);
    });
    expect(await idsOf('crane')).toEqual([]);
    expect(await idsOf('bridge')).toEqual(['done']);
  });

  it('moves the watermark to the last change, over any number of pages', async () => {
    for (let n = 0; n < 130; n += 1) {
      now += 10;
      await remember(`fact number ${n}`);
    }
    now += 60_000;
    await feed.catchUp(uid);
    expect(await index.watermark(uid)).toBe(START + 1300);
    expect(index.applied).toHaveLength(130);
    expect(index.watermarks).toEqual([...index.watermarks].sort((a, b) => a - b));
    expect(await service.searchMemories(uid, { query: 'fact number 129', limit: 1 })).toMatchObject(
      [{ memory: { content: 'fact number 129' } }],
    );
  });

  it('applies nothing again once a change has settled', async () => {
    await remember('likes figs');
    now += 60_000;
    await feed.catchUp(uid);
    expect(index.applied).toHaveLength(1);
    await feed.catchUp(uid);
    expect(index.applied).toHaveLength(1);
  });

  it('sees a second change of the same millisecond, and one that was committed late', async () => {
    await remember('likes figs');
    await feed.catchUp(uid);
    await remember('likes pears');
    await feed.catchUp(uid);
    now -= 3000;
    await remember('likes plums');
    now += 60_000;
    await feed.catchUp(uid);
    for (const fruit of ['figs', 'pears', 'plums']) {
      expect(await service.searchMemories(uid, { query: fruit, limit: 5 })).toHaveLength(1);
    }
  });

  it('starts over where the index is lost under it', async () => {
    await remember('likes figs');
    await feed.catchUp(uid);
    index.conflicts = 1;
    now += 1000;
    await remember('likes pears');
    await feed.catchUp(uid);
    for (const fruit of ['figs', 'pears']) {
      expect(await service.searchMemories(uid, { query: fruit, limit: 5 })).toHaveLength(1);
    }
    index.conflicts = 99;
    now += 1000;
    await remember('likes plums');
    await expect(feed.catchUp(uid)).rejects.toMatchObject({ code: 'conflict' });
    index.conflicts = 0;
  });

  it('shares runs, and what was committed before a call is found after it', async () => {
    await remember('likes figs');
    let release: () => void = () => undefined;
    index.hold = new Promise((resolve) => {
      release = resolve;
    });
    const first = feed.catchUp(uid);
    now += 10;
    await remember('likes pears');
    const others = [feed.catchUp(uid), feed.catchUp(uid), feed.catchUp(uid)];
    index.hold = null;
    release();
    await Promise.all([first, ...others]);
    expect(await service.searchMemories(uid, { query: 'pears', limit: 5 })).toHaveLength(1);
  });

  it('stops waiting when told, while the work goes on', async () => {
    await remember('likes figs');
    let release: () => void = () => undefined;
    index.hold = new Promise((resolve) => {
      release = resolve;
    });
    await expect(feed.catchUp(uid, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
    index.hold = null;
    release();
    await feed.catchUp(uid);
    expect(await index.watermark(uid)).toBe(START);
  });

  it('catches up soon after a note', async () => {
    await remember('likes figs');
    feed.note(uid);
    feed.note(uid);
    await expect.poll(() => index.watermark(uid)).toBe(START);
    expect(index.applied).toHaveLength(1);
  });

  it('rebuilds from all that is stored, noted or not', async () => {
    const memory = makeMemory({ uid, content: 'never noted', createdAt: now });
    const item = makeActionItem({ id: 'i', description: 'Buy paint', createdAt: now });
    await converse('c', ['The crane is rusty.']);
    await store.transact((tx) => {
      tx.put(memories, uid, memory);
      tx.put(actionItems, uid, item);
    });
    await index.apply(uid, [{ kind: 'memory', subjectId: 'stale', documents: [] }], START + 1);
    const progress: number[] = [];
    now += 60_000;
    await feed.rebuild(uid, (fed) => progress.push(fed));
    expect(progress.at(-1)).toBe(3);
    expect(await index.watermark(uid)).toBe(now);
    expect(await idsOf('crane')).toEqual(['c']);
    expect(await service.searchMemories(uid, { query: 'noted', limit: 5 })).toHaveLength(1);
    const before = await search('crane');
    await feed.rebuild(uid);
    expect(await search('crane')).toEqual(before);
  });

  it('deletes a user', async () => {
    await remember('likes figs');
    await feed.catchUp(uid);
    await feed.deleteUser(uid);
    expect(await index.watermark(uid)).toBe(0);
  });

  it('names speakers by the people and the user', async () => {
    await store.transact((tx) => {
      tx.put(users, GLOBAL, makeUser({ id: uid, createdAt: now, name: 'Dana' }));
      tx.put(people, uid, {
        id: 'p1',
        name: 'Wilhelmina',
        createdAt: now,
        updatedAt: now,
        speechSamples: [],
        speechSampleTranscripts: null,
        speechSamplesVersion: 1,
      });
      tx.put(conversations, uid, makeConversation({ id: 'c', createdAt: now }));
      const segment = makeSegment({
        id: 's',
        text: 'Hello.',
        startMs: 0,
        endMs: 1,
        personId: 'p1',
      });
      tx.put(liveSegments, uid, { id: 's', conversationId: 'c', seq: 0, segment });
      searchChanged(tx, uid, 'conversation', 'c', now);
    });
    expect(await idsOf('wilhelmina')).toEqual(['c']);
  });
});

describe('SearchService', () => {
  it('puts the conversation in which the phrase was spoken first, with its segments', async () => {
    const filler = Array.from({ length: 30 }, (_, n) => `Old ${n} harbour things, a crane or two.`);
    await converse('many', filler);
    await converse('title', ['Nothing.'], {
      structured: { ...emptyStructured(), title: 'Old crane, harbour' },
    });
    await converse('phrase', ['Hello.', 'We must paint the old harbour crane.', 'Yes.']);
    const { items } = await search('old harbour crane');
    expect(items.map((item) => item.conversation.id)[0]).toBe('phrase');
    expect(items).toHaveLength(3);
    expect(items[0]?.matches[0]).toMatchObject({ kind: 'window', matched: ['words'] });
    expect(items[0]?.matches[0]?.segmentIds).toContain('phrase-s1');
  });

  it('pages without repeating a conversation', async () => {
    for (let n = 0; n < 7; n += 1) await converse(`c${n}`, ['The tide is high.']);
    const pages = [];
    for (const page of [1, 2, 3]) pages.push(await search('tide', { page, perPage: 3 }));
    expect(pages.map((page) => page.items.length)).toEqual([3, 3, 1]);
    expect(pages.map((page) => page.totalPages)).toEqual([3, 3, 3]);
    const ids = pages.flatMap((page) => page.items.map((item) => item.conversation.id));
    expect(new Set(ids).size).toBe(7);
    expect(await search('nowhere')).toMatchObject({ items: [], totalPages: 1 });
  });

  it('filters by time and discards, and leaves out what is locked', async () => {
    await converse('early', ['The tide is high.'], { startedAt: START - 1000 });
    await converse('late', ['The tide is high.'], { startedAt: START + 1000 });
    await converse('gone', ['The tide is high.'], { discarded: true, startedAt: START });
    await converse('locked', ['The tide is high.'], { isLocked: true });
    expect((await idsOf('tide')).sort()).toEqual(['early', 'gone', 'late']);
    expect((await idsOf('tide', { includeDiscarded: false })).sort()).toEqual(['early', 'late']);
    expect(await idsOf('tide', { startDate: START + 1 })).toEqual(['late']);
    expect(await idsOf('tide', { endDate: START - 1 })).toEqual(['early']);
  });

  it('lists the newest for an empty query', async () => {
    for (let n = 0; n < 5; n += 1) {
      now += 1000;
      await converse(`c${n}`, [], { discarded: n === 3 });
    }
    expect(await idsOf('', { perPage: 3 })).toEqual(['c4', 'c3', 'c2']);
    expect(await idsOf(' ', { perPage: 3, page: 2 })).toEqual(['c1', 'c0']);
    expect((await search('', { perPage: 3 })).totalPages).toBe(2);
    expect(await idsOf('', { includeDiscarded: false })).toEqual(['c4', 'c2', 'c1', 'c0']);
    expect(await idsOf('', { startDate: START + 4000, endDate: START + 4999 })).toEqual(['c3']);
  });

  it('drops what is gone from the store but still in the index', async () => {
    await converse('c', ['The tide is high.']);
    expect(await idsOf('tide')).toEqual(['c']);
    await store.transact((tx) => tx.delete(conversations, uid, 'c'));
    expect(await idsOf('tide')).toEqual([]);
  });

  it('finds action items', async () => {
    const item = makeActionItem({ id: 'i', description: 'Buy blue paint', createdAt: now });
    await store.transact((tx) => {
      tx.put(actionItems, uid, item);
      searchChanged(tx, uid, 'action_item', 'i', now);
    });
    const found = await service.searchActionItems(uid, { query: 'paint', limit: 5 });
    expect(found).toMatchObject([{ actionItem: { id: 'i' } }]);
    expect(found[0]?.score).toBeGreaterThan(0);
  });

  it('answers from what is there when catching up fails', async () => {
    await converse('c', ['The tide is high.']);
    expect(await idsOf('tide')).toEqual(['c']);
    now += 1000;
    await converse('d', ['The tide is low.']);
    index.conflicts = 99;
    const answer = await search('tide');
    index.conflicts = 0;
    // The watched index empties itself at each conflict, as a damaged file does.
    expect(answer.items).toEqual([]);
    expect((await idsOf('tide')).sort()).toEqual(['c', 'd']);
  });
});
