import { conversations } from '../model/conversations/conversation.ts';
import { dailySummaries } from '../model/conversations/daily-summary.ts';
import { type Folder, folders } from '../model/conversations/folder.ts';
import { isCurrent, memories } from '../model/memory.ts';
import { people } from '../model/people/person.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** How much a user has of each kind. */
export interface LibraryCounts {
  starred: number;
  recaps: number;
  memories: number;
  people: number;
  /** Conversations with a location. */
  places: number;
  /** Stored folders in order, with the conversations in each; default folders are not created. */
  folders: { folder: Folder; count: number }[];
}

/** Counts a user's conversations, memories and people, for the tiles of a search page. */
export class LibraryCounter {
  readonly #store: DocumentStore;

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  async count(uid: string): Promise<LibraryCounts> {
    const store = this.#store;
    const counts = { starred: 0, recaps: 0, memories: 0, people: 0, places: 0 };
    const inFolder = new Map<string, number>();
    const kept = { query: 'recent', filters: { discarded: false } } as const;
    for await (const { starred, geolocation, folderId } of queryAll(
      store,
      conversations,
      uid,
      kept,
    )) {
      if (starred) counts.starred += 1;
      if (geolocation !== null) counts.places += 1;
      if (folderId !== null) inFolder.set(folderId, (inFolder.get(folderId) ?? 0) + 1);
    }
    for await (const _day of queryAll(store, dailySummaries, uid, { query: 'byDate' })) {
      counts.recaps += 1;
    }
    for await (const memory of queryAll(store, memories, uid, { query: 'recent' })) {
      if (isCurrent(memory) && memory.userReview !== false) counts.memories += 1;
    }
    for await (const _person of queryAll(store, people, uid, { query: 'byName' }))
      counts.people += 1;
    const listed = [];
    for await (const folder of queryAll(store, folders, uid, { query: 'byOrder' })) {
      listed.push({ folder, count: inFolder.get(folder.id) ?? 0 });
    }
    return { ...counts, folders: listed };
  }
}
