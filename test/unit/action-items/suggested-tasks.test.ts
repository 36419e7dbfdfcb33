import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClaimedActionItem } from '../../../src/action-items/conversation-action-items.ts';
import { StagedTaskService } from '../../../src/action-items/staged-task-service.ts';
import {
  planSuggestedTasks,
  writeSuggestedTasks,
} from '../../../src/action-items/suggested-tasks.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { HeldClock } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

let store: DocumentStore;
let close: () => Promise<void>;
let clock: HeldClock;
let service: StagedTaskService;

beforeEach(async () => {
  // Every transaction runs twice, as it does if somebody else wrote meanwhile.
  ({ store, close } = await openTestStore((run) => (run === 1 ? 'conflict' : undefined)));
  clock = new HeldClock();
  service = new StagedTaskService({ store, clock });
});
afterEach(() => close());

function suggestion(
  description: string,
  parts: Partial<ClaimedActionItem> = {},
): ClaimedActionItem {
  return { description, owner: 'user', dueAt: null, segmentIds: ['s1'], ...parts };
}

/** Suggests tasks of a conversation and returns all open proposals. */
async function suggest(
  suggestions: ClaimedActionItem[],
  conversation = { id: 'c1', isLocked: false },
): Promise<string[]> {
  await store.transact(async (tx) => {
    const plan = await planSuggestedTasks(tx, 'ada', conversation, suggestions, clock.now());
    writeSuggestedTasks(tx, 'ada', plan);
  });
  return open();
}

async function open(): Promise<string[]> {
  const { items } = await service.list('ada', { offset: 0, limit: 100 });
  return items.map(({ description }) => description).sort();
}

describe('tasks that are only likely in a conversation', () => {
  it('become proposals, once each however often the conversation is processed', async () => {
    const both = [suggestion('Buy milk'), suggestion('Book the hotel', { owner: null })];
    expect(await suggest(both)).toEqual(['Book the hotel', 'Buy milk']);
    expect(await suggest(both)).toEqual(['Book the hotel', 'Buy milk']);
  });

  it('keep what they were said in when they are promoted', async () => {
    await suggest([
      suggestion('Buy milk', { dueAt: clock.now() + 1_000, segmentIds: ['s2', 's3'] }),
    ]);
    expect(await service.promote('ada')).toMatchObject({
      description: 'Buy milk',
      owner: 'user',
      dueAt: clock.now() + 1_000,
      conversationId: 'c1',
      segmentIds: ['s2', 's3'],
      fromStaged: true,
    });
    // Processing again does not propose once more what was promoted.
    expect(await suggest([suggestion('Buy milk')])).toEqual([]);
  });

  it('are removed when the conversation does not suggest them any more, those of others stay', async () => {
    await suggest([suggestion('Buy milk')]);
    await suggest([suggestion('Paint the shed')], { id: 'c2', isLocked: false });
    const input = { description: 'Water the plants', dueAt: null, source: 'screenshot' };
    await service.create('ada', input);
    expect(await suggest([])).toEqual(['Paint the shed', 'Water the plants']);
  });

  it('are not proposed if they are for somebody else or the conversation is locked', async () => {
    expect(await suggest([suggestion('Buy milk', { owner: 'Ann' })])).toEqual([]);
    expect(await suggest([suggestion('Buy milk')], { id: 'c1', isLocked: true })).toEqual([]);
  });
});
