import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDiskBlobStore } from '../../../src/blob/adapters/disk/disk-blob-store.ts';
import { MergeService } from '../../../src/conversations/merge-service.ts';
import { SplitService } from '../../../src/conversations/split-service.ts';
import { JobWorker } from '../../../src/jobs/job-worker.ts';
import { EventBus } from '../../../src/kernel/event-bus.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { type Conversation, conversations } from '../../../src/model/conversations/conversation.ts';
import { conversationPhotos } from '../../../src/model/conversations/conversation-photo.ts';
import type { DomainEvents } from '../../../src/model/domain-events.ts';
import { makeMemory, memories } from '../../../src/model/memory.ts';
import { queryAll } from '../../../src/store/collection.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { loadTranscript } from '../../../src/transcripts/transcript.ts';
import { spoken, storeConversation } from '../../fixtures/stored-conversations.ts';
import { HeldClock, NOW } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

const UID = 'ada';
/** More than the lease of a merge. */
const LEASE_OVER_MS = 60_000;

let store: DocumentStore;
let closeStore: () => Promise<void>;
let directory: string;
let clock: HeldClock;
beforeEach(async () => {
  ({ store, close: closeStore } = await openTestStore());
  directory = await mkdtemp(path.join(tmpdir(), 'omi-merge-'));
  clock = new HeldClock();
});
afterEach(async () => {
  await closeStore();
  await rm(directory, { recursive: true, force: true });
});

/** One life of the process: after `commits` commits it is dead, and nothing of it reaches the store. */
async function live(commits: number) {
  let left = commits;
  let died: () => void = () => undefined;
  const dead = new Promise<void>((resolve) => {
    died = resolve;
  });
  const transact: DocumentStore['transact'] = async (fn) => {
    if (left <= 0) {
      died();
      throw new Error('The process is dead.');
    }
    left -= 1;
    return store.transact(fn);
  };
  const mortal = new Proxy(store, {
    get: (target, name: keyof DocumentStore) => {
      if (name === 'transact') return transact;
      const member = target[name];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const jobWorker = new JobWorker({
    store: mortal,
    logger: silentLogger,
    clock,
    pollMs: 5,
    graceMs: 50,
  });
  const blobs = await openDiskBlobStore({ directory, fsync: false });
  const events = new EventBus<DomainEvents>(() => undefined);
  const parts = { store: mortal, blobs, clock, events, jobWorker };
  const merges = new MergeService({ ...parts, eraseRecordings: async () => undefined });
  const splits = new SplitService(parts);
  return { merges, splits, jobWorker, dead };
}

async function all(): Promise<Conversation[]> {
  const found = [];
  for await (const c of queryAll(store, conversations, UID, { query: 'recent' })) found.push(c);
  return found;
}

async function photosOf(conversationId: string): Promise<string[]> {
  const found = [];
  const request = { query: 'ofConversation', filters: { conversationId } } as const;
  for await (const p of queryAll(store, conversationPhotos, UID, request)) found.push(p.id);
  return found;
}

async function addParts(conversationId: string, at: number, segmentId: string) {
  await store.transact((tx) => {
    tx.create(conversationPhotos, UID, {
      id: `photo-${conversationId}`,
      conversationId,
      base64: 'AAAA',
      description: null,
      createdAt: at,
      discarded: false,
      state: 'settled',
      dataProtectionLevel: 'standard',
    });
    const content = `A fact of ${conversationId}`;
    const fact = { uid: UID, content, createdAt: at, conversationId, segmentIds: [segmentId] };
    tx.create(memories, UID, makeMemory(fact));
  });
}

/** Runs until the job is done, with a death after every so many commits before. */
async function finishWithDeaths(deaths: readonly number[], isDone: () => Promise<boolean>) {
  for (const commits of deaths) {
    const { jobWorker, dead } = await live(commits);
    jobWorker.start();
    await Promise.race([dead, expect.poll(isDone, { timeout: 30_000 }).toBe(true)]);
    await jobWorker.close();
    clock.advance(LEASE_OVER_MS);
  }
  const last = await live(Number.POSITIVE_INFINITY);
  last.jobWorker.start();
  await expect.poll(isDone).toBe(true);
  await last.jobWorker.close();
}

describe('a merge', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => [n]))(
    'that dies after %i commits, and again, loses nothing and makes nothing twice',
    async (commits) => {
      await storeConversation(store, UID, { id: 'one', startedAt: NOW }, spoken('a', ['First.']));
      const second = { id: 'two', startedAt: NOW + 60_000 };
      await storeConversation(store, UID, second, spoken('b', ['Second.', 'Third.']));
      await addParts('one', NOW, 'a0');
      await addParts('two', NOW, 'b0');
      const asked = await live(1);
      const { conversationId } = await asked.merges.request(UID, ['one', 'two'], true);
      const isDone = async () => (await all()).map(({ status }) => status).join() === 'processing';
      await finishWithDeaths([commits, Math.max(1, commits - 2)], isDone);
      const [merged] = await all();
      expect(merged?.id).toBe(conversationId);
      const words = merged ? await loadTranscript(store, UID, merged) : [];
      expect(words.map(({ id, startMs }) => [id, startMs])).toEqual([
        ['a0', 0],
        ['b0', 60_000],
        ['b1', 63_000],
      ]);
      expect((await photosOf(conversationId)).sort()).toEqual(['photo-one', 'photo-two']);
      const facts = [];
      for await (const fact of queryAll(store, memories, UID, { query: 'byScoring' })) {
        facts.push([fact.content, fact.conversationId]);
      }
      expect(facts.sort()).toEqual([
        ['A fact of one', conversationId],
        ['A fact of two', conversationId],
      ]);
    },
  );

  it('that cannot be done leaves the conversations as they were', async () => {
    await storeConversation(store, UID, { id: 'one', startedAt: NOW }, spoken('a', ['First.']));
    await storeConversation(store, UID, { id: 'two', startedAt: NOW }, spoken('b', ['Second.']));
    const { merges, jobWorker } = await live(Number.POSITIVE_INFINITY);
    await merges.request(UID, ['one', 'two'], true);
    // The user deletes one of them before the job begins.
    await store.transact((tx) => tx.delete(conversations, UID, 'two'));
    jobWorker.start();
    await expect.poll(async () => (await all())[0]?.status).toBe('completed');
    await jobWorker.close();
    expect((await all()).map(({ id }) => id)).toEqual(['one']);
  });
});

describe('a split', () => {
  it.each([0, 1, 2, 3, 4, 5].map((n) => [n]))(
    'that dies after %i commits still moves everything and has both processed',
    async (commits) => {
      const parts = { id: 'whole', startedAt: NOW };
      await storeConversation(store, UID, parts, spoken('a', ['First.', 'Second.', 'Third.']));
      await addParts('whole', NOW + 5000, 'a2');
      const asked = await live(1);
      const [, second] = await asked.splits.split(UID, 'whole', 'a1');
      const isDone = async () =>
        (await photosOf(second)).length === 1 && (await jobsOf()).join() === 'process,process';
      await finishWithDeaths([commits], isDone);
      expect((await all()).map(({ status }) => status)).toEqual(['processing', 'processing']);
    },
  );
});

async function jobsOf(): Promise<string[]> {
  const { jobs } = await import('../../../src/model/jobs.ts');
  const found = [];
  for await (const job of queryAll(store, jobs, '', { query: 'ofUser', filters: { uid: UID } })) {
    found.push(job.kind);
  }
  return found.sort();
}
