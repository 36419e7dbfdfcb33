import { afterEach, beforeEach, expect, it } from 'vitest';
import { ActionItemService } from '../../../src/action-items/action-item-service.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { MemoryService } from '../../../src/memories/memory-service.ts';
import { searchChanges } from '../../../src/model/search-change.ts';
import { searchChanged, searchChangedForLater } from '../../../src/search/search-changed.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { openTestStore } from '../../harness/test-store.ts';

let store: DocumentStore;
let close: () => Promise<void>;
/** Users whose search was announced to have changed. */
let heard: string[];
beforeEach(async () => {
  ({ store, close } = await openTestStore());
  heard = [];
  store.events.on('search-changed', ({ uid }) => heard.push(uid));
});
afterEach(() => close());

it('writes a change for each subject and announces each user once a commit', async () => {
  await store.transact((tx) => {
    searchChanged(tx, 'ada', 'conversation', 'c', 1);
    searchChanged(tx, 'ada', 'memory', 'm', 1);
    searchChanged(tx, 'bob', 'action_item', 'a', 1);
    expect(heard).toEqual([]);
  });
  expect(heard).toEqual(['ada', 'bob']);
  const page = await store.query(searchChanges, 'ada', { query: 'since', limit: 10 });
  expect(page.items.map(({ id }) => id)).toEqual(['conversation:c', 'memory:m']);
  await store.transact((tx) => searchChanged(tx, 'ada', 'memory', 'm', 2));
  expect(heard).toEqual(['ada', 'bob', 'ada']);
});

it('announces nothing if the commit fails', async () => {
  const failing = store.transact((tx) => {
    searchChanged(tx, 'ada', 'conversation', 'c', 1);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(heard).toEqual([]);
});

it('leaves words of a live conversation for the next catch-up', async () => {
  await store.transact((tx) => searchChangedForLater(tx, 'ada', 'conversation', 'c', 1));
  expect(heard).toEqual([]);
  expect(await store.find(searchChanges, 'ada', 'conversation:c')).toBeDefined();
});

it('is called for every edit of a memory and of a task', async () => {
  const parts = { store, clock: systemClock };
  const memories = new MemoryService(parts);
  const tasks = new ActionItemService(parts);
  const memory = await memories.create('ada', {
    content: 'Likes tea',
    visibility: 'private',
    tags: [],
    headline: null,
    category: null,
  });
  await memories.setContent('ada', memory.id, 'Likes green tea');
  const task = await tasks.create('ada', {
    description: 'Buy tea',
    completed: false,
    dueAt: null,
    conversationId: null,
  });
  await tasks.update('ada', task.id, { description: 'Buy green tea' });
  expect(heard).toHaveLength(4);
});
