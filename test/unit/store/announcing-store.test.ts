import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conversations, makeConversation } from '../../../src/model/conversations/conversation.ts';
import type { DomainEvents } from '../../../src/model/domain-events.ts';
import { makeMemory, memories } from '../../../src/model/memory.ts';
import { makeSearchChange, searchChanges } from '../../../src/model/search-change.ts';
import { announceChanges } from '../../../src/store/announcing-store.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { openTestStore } from '../../harness/test-store.ts';

describe('a store that announces changes', () => {
  let store: DocumentStore;
  let close: () => Promise<void>;
  let conflicts = 0;
  const told: DomainEvents['documents-changed'][] = [];

  beforeEach(async () => {
    const opened = await openTestStore((run) => (run <= conflicts ? 'conflict' : undefined));
    store = announceChanges(opened.store);
    close = opened.close;
    told.length = 0;
    conflicts = 0;
    store.events.on('documents-changed', (event) => told.push(event));
  });
  afterEach(() => close());

  const memory = (uid: string) => makeMemory({ uid, content: 'Likes tea.', createdAt: 1 });

  it('tells each document of a commit once, for each user', async () => {
    await store.transact((tx) => {
      tx.put(memories, 'a', memory('a'));
      tx.patch(memories, 'a', memory('a').id, { edited: true });
      tx.put(memories, 'b', memory('b'));
    });
    expect(told).toEqual([
      { uid: 'a', changes: [{ kind: 'memory', id: memory('a').id }] },
      { uid: 'b', changes: [{ kind: 'memory', id: memory('b').id }] },
    ]);
  });

  it('tells once of a transaction that ran several times, and nothing of one that failed', async () => {
    conflicts = 2;
    await store.transact((tx) => tx.put(memories, 'a', memory('a')));
    expect(told).toHaveLength(1);
    const failing = store.transact((tx) => {
      tx.delete(memories, 'a', memory('a').id);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(told).toHaveLength(1);
  });

  it('says nothing of internal documents, nor of each sentence of a live conversation', async () => {
    const live = makeConversation({ id: 'c', createdAt: 1 });
    await store.transact((tx) => {
      tx.create(conversations, 'a', live);
      tx.put(searchChanges, 'a', makeSearchChange('conversation', 'c', 1));
    });
    await store.transact((tx) =>
      tx.patch(conversations, 'a', 'c', { activeAt: 2, updatedAt: 2, nextSeq: 4 }),
    );
    expect(told).toHaveLength(1);
    await store.transact((tx) =>
      tx.patch(conversations, 'a', 'c', { status: 'processing', updatedAt: 3 }),
    );
    expect(told).toHaveLength(2);
  });
});
