import path from 'node:path';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { users } from '../../../src/model/accounts/user.ts';
import { GLOBAL } from '../../../src/model/collection.ts';
import { COLLECTIONS } from '../../../src/model/collections.ts';
import {
  type Conversation,
  conversations,
  liveSegments,
} from '../../../src/model/conversations/conversation.ts';
import { listenSessions } from '../../../src/model/conversations/listen-session.ts';
import type { TranscriptSegment } from '../../../src/model/conversations/transcript-segment.ts';
import { jobs } from '../../../src/model/jobs.ts';
import { memories } from '../../../src/model/memory.ts';
import { searchChanges } from '../../../src/model/search-change.ts';
import { actionItems } from '../../../src/model/tasks/action-item.ts';
import { openSqliteSearchIndex } from '../../../src/search/adapters/sqlite/sqlite-search-index.ts';
import { openSqliteStore } from '../../../src/store/adapters/sqlite/sqlite-store.ts';
import { queryAll } from '../../../src/store/collection.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { loadTranscript } from '../../../src/transcripts/transcript.ts';

/** Where a kill fell, told from what it left behind. */
export type Place = 'before' | 'commit' | 'finalise' | 'processing' | 'indexing' | 'after';

export interface StoredState {
  conversations: { conversation: Conversation; segments: TranscriptSegment[] }[];
  actionItems: string[];
  memories: string[];
  liveSegments: number;
  listenSessions: number;
  jobs: QueuedJob[];
}

interface QueuedJob {
  id: string;
  state: string;
  lastError: string | null;
}

/** Reads a data directory that no server is using. */
export async function withStore<R>(
  dataDir: string,
  read: (store: DocumentStore, uid: string) => Promise<R>,
): Promise<R> {
  const store = await openSqliteStore({
    path: path.join(dataDir, 'store.sqlite'),
    collections: COLLECTIONS,
    durability: 'process',
    logger: silentLogger,
  });
  try {
    const { items } = await store.query(users, GLOBAL, { query: 'byName', limit: 1 });
    return await read(store, items[0]?.id ?? '');
  } finally {
    await store.close();
  }
}

export function readState(dataDir: string): Promise<StoredState> {
  return withStore(dataDir, async (store, uid) => {
    const found: StoredState['conversations'] = [];
    for (const conversation of await all(
      queryAll(store, conversations, uid, { query: 'recent' }),
    )) {
      found.push({ conversation, segments: await loadTranscript(store, uid, conversation) });
    }
    const items = await all(queryAll(store, actionItems, uid, { query: 'recent' }));
    const facts = await all(queryAll(store, memories, uid, { query: 'byScoring' }));
    const live = await all(queryAll(store, liveSegments, uid, { query: 'ofConversation' }));
    const sessions = await all(queryAll(store, listenSessions, uid, { query: 'ofConversation' }));
    return {
      conversations: found,
      actionItems: items.map((item) => item.description),
      memories: facts.map((memory) => memory.content),
      liveSegments: live.length,
      listenSessions: sessions.length,
      jobs: await jobsOf(store),
    };
  });
}

/** Returns the jobs that wait or run, also while a server uses the directory. */
export function queuedJobs(dataDir: string): Promise<QueuedJob[]> {
  return withStore(dataDir, jobsOf);
}

async function jobsOf(store: DocumentStore): Promise<QueuedJob[]> {
  const queued = await all(queryAll(store, jobs, GLOBAL, { query: 'due' }));
  return (
    queued
      // The summary of the day is due in the evening.
      .filter(({ id }) => !id.startsWith('daily-summary:'))
      .map(({ id, state, lastError }) => ({ id, state, lastError }))
  );
}

/** What the server was doing for its newest conversation when it was killed. */
export function placeOf(dataDir: string): Promise<Place> {
  return withStore(dataDir, async (store, uid) => {
    const { items } = await store.query(conversations, uid, { query: 'recent', limit: 10 });
    // The newest one may be the stub that the next words would go to.
    const conversation = items.find((candidate) => candidate.nextSeq > 0);
    if (!conversation) return 'before';
    if (conversation.status === 'in_progress') {
      if (conversation.endRequestedAt !== null) return 'finalise';
      return 'commit';
    }
    if (conversation.status === 'processing') {
      const left = await all(queryAll(store, liveSegments, uid, { query: 'ofConversation' }));
      return left.length > 0 ? 'finalise' : 'processing';
    }
    const changes = await all(queryAll(store, searchChanges, uid, { query: 'since' }));
    const index = await openSqliteSearchIndex({
      vectors: null,
      directory: path.join(dataDir, 'search'),
      embeddings: null,
      logger: silentLogger,
      maxOpen: 1,
    });
    try {
      const behind = (await index.watermark(uid)) < (changes.at(-1)?.changedAt ?? 0);
      return behind ? 'indexing' : 'after';
    } finally {
      await index.close();
    }
  });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
