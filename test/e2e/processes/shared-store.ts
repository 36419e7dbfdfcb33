import { LocalAccounts } from '../../../src/auth/local-accounts.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { GLOBAL } from '../../../src/model/collection.ts';
import { COLLECTIONS } from '../../../src/model/collections.ts';
import { conversations, liveSegments } from '../../../src/model/conversations/conversation.ts';
import { listenSessions } from '../../../src/model/conversations/listen-session.ts';
import { jobs } from '../../../src/model/jobs.ts';
import { actionItems } from '../../../src/model/tasks/action-item.ts';
import { openFirestoreStore } from '../../../src/store/adapters/firestore/firestore-store.ts';
import { openSqliteStore } from '../../../src/store/adapters/sqlite/sqlite-store.ts';
import { queryAll } from '../../../src/store/collection.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { loadTranscript } from '../../../src/transcripts/transcript.ts';

export interface Speaker {
  uid: string;
  token: string;
}

/** What one user has in the end. */
export interface Kept {
  statuses: string[];
  words: string[];
  actionItems: string[];
  /** Documents that should be gone. */
  leftOver: number;
}

/** The store that the servers share, looked at from beside them. */
export class SharedStore {
  readonly #store: DocumentStore;

  private constructor(store: DocumentStore) {
    this.#store = store;
  }

  /** A file of SQLite, or a project of Firestore. */
  static async open(place: { path: string } | { projectId: string }): Promise<SharedStore> {
    const options = { collections: COLLECTIONS, logger: silentLogger };
    if ('path' in place) {
      const store = await openSqliteStore({ ...options, ...place, durability: 'process' });
      return new SharedStore(store);
    }
    const rest = { databaseId: null, serviceAccountJson: null, cipher: null };
    return new SharedStore(await openFirestoreStore({ ...options, ...place, ...rest }));
  }

  async makeSpeakers(count: number): Promise<Speaker[]> {
    const accounts = new LocalAccounts({ store: this.#store, clock: systemClock });
    await accounts.ensureOwner();
    const speakers: Speaker[] = [];
    for (let i = 0; i < count; i += 1) {
      const { id: uid } = await accounts.createUser(`speaker ${i}`);
      speakers.push({ uid, token: (await accounts.createToken(uid, 'test')).token });
    }
    return speakers;
  }

  /** True if nothing of these users is on its way any more. */
  async isSettled(speakers: readonly Speaker[]): Promise<boolean> {
    for (const { uid } of speakers) {
      const { statuses, leftOver } = await this.keptOf(uid);
      if (statuses.length === 0 || leftOver > 0) return false;
      if (statuses.some((status) => status !== 'completed' && status !== 'failed')) return false;
    }
    return true;
  }

  async keptOf(uid: string): Promise<Kept> {
    const kept: Kept = { statuses: [], words: [], actionItems: [], leftOver: 0 };
    const store = this.#store;
    const found = await all(queryAll(store, conversations, uid, { query: 'recent' }));
    for (const conversation of found.reverse()) {
      kept.statuses.push(conversation.status);
      const segments = await loadTranscript(store, uid, conversation);
      kept.words.push(...segments.flatMap(({ text }) => text.split(/\s+/)));
    }
    const items = await all(queryAll(store, actionItems, uid, { query: 'recent' }));
    kept.actionItems = items.map(({ description }) => description).sort();
    const sessions = await all(queryAll(store, listenSessions, uid, { query: 'ofConversation' }));
    const live = await all(queryAll(store, liveSegments, uid, { query: 'ofConversation' }));
    kept.leftOver = sessions.length + live.length;
    return kept;
  }

  async failedJobs(): Promise<string[]> {
    const failed = await all(
      queryAll(this.#store, jobs, GLOBAL, { query: 'due', filters: { state: ['failed'] } }),
    );
    return failed.map(({ kind, lastError }) => `${kind}: ${JSON.stringify(lastError)}`);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
