import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ActionItemService } from '../../../src/action-items/action-item-service.ts';
import {
  type ClaimedActionItem,
  planConversationActionItems,
  writeConversationActionItems,
} from '../../../src/action-items/conversation-action-items.ts';
import type { InlineActionItem } from '../../../src/model/conversations/conversation.ts';
import { searchChanges } from '../../../src/model/search-change.ts';
import type { ActionItem } from '../../../src/model/tasks/action-item.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { HeldClock, NOW } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

let store: DocumentStore;
let close: () => Promise<void>;
let clock: HeldClock;
let service: ActionItemService;

beforeEach(async () => {
  // Every transaction runs twice, as it does if somebody else wrote meanwhile.
  ({ store, close } = await openTestStore((run) => (run === 1 ? 'conflict' : undefined)));
  clock = new HeldClock();
  service = new ActionItemService({ store, clock });
});
afterEach(() => close());

function claim(description: string, parts: Partial<ClaimedActionItem> = {}): ClaimedActionItem {
  return { description, owner: null, dueAt: null, segmentIds: ['s1'], ...parts };
}

async function process(claims: ClaimedActionItem[]): Promise<InlineActionItem[]> {
  return await store.transact(async (tx) => {
    const conversation = { id: 'c1', isLocked: false };
    const plan = await planConversationActionItems(tx, 'ada', conversation, claims, clock.now());
    writeConversationActionItems(tx, 'ada', plan);
    return plan.inline;
  });
}

async function all(): Promise<ActionItem[]> {
  const filter = {
    completed: null,
    conversationId: 'c1',
    createdFrom: null,
    createdTo: null,
    dueFrom: null,
    dueTo: null,
  };
  return (await service.list('ada', filter, { offset: 0, limit: 100 })).items;
}
const descriptions = async () => (await all()).map((item) => item.description).sort();
async function idOf(description: string): Promise<string> {
  const item = (await all()).find((i) => i.description === description);
  if (!item) throw new Error(`No item "${description}"`);
  return item.id;
}

describe('action items of a conversation', () => {
  it('are written with what they came from, noted for the search, and answered for inside', async () => {
    const inline = await process([
      claim('Buy seeds', { owner: 'user', dueAt: NOW + 1000, segmentIds: ['s1', 's2'] }),
    ]);
    const [item] = await all();
    const expected = {
      description: 'Buy seeds',
      owner: 'user',
      dueAt: NOW + 1000,
      segmentIds: ['s1', 's2'],
      conversationId: 'c1',
      completed: false,
    };
    expect(item).toMatchObject({ ...expected, edited: false });
    expect(inline).toMatchObject([{ ...expected, id: item?.id }]);
    expect(await store.find(searchChanges, 'ada', `action_item:${item?.id}`)).toBeDefined();
  });

  it('stay the same when it is processed twice, whatever case and punctuation', async () => {
    await process([claim('Buy seeds'), claim('buy seeds.')]);
    const id = await idOf('Buy seeds');
    clock.advance(1000);
    const inline = await process([claim('Buy seeds!', { dueAt: NOW + 5000 })]);
    expect(await all()).toMatchObject([{ id, createdAt: NOW, dueAt: NOW + 5000 }]);
    expect(inline).toMatchObject([{ id }]);
  });

  it('go when they are claimed no more, except those that the user has touched', async () => {
    await process(['Gone', 'Done', 'Renamed', 'Exported'].map((text) => claim(text)));
    await service.update('ada', await idOf('Done'), { completed: true });
    await service.update('ada', await idOf('Renamed'), { description: 'My words' });
    const edit = { exported: true, exportPlatform: 'apple_reminders' };
    await service.update('ada', await idOf('Exported'), edit);
    const mine = { completed: false, dueAt: null, conversationId: 'c1' };
    await service.create('ada', { ...mine, description: 'Added by me' });
    const inline = await process([claim('New', { segmentIds: ['s5'] })]);
    const left = ['Added by me', 'Done', 'Exported', 'My words', 'New'];
    expect(await descriptions()).toEqual(left);
    expect(inline.map((item) => item.description).sort()).toEqual(left);
  });

  it('all stay where nothing is claimed', async () => {
    await process([claim('Buy seeds')]);
    const inline = await process([]);
    expect(await descriptions()).toEqual(['Buy seeds']);
    expect(inline).toMatchObject([{ description: 'Buy seeds' }]);
  });

  it('are not doubled by a claim of what the user has touched', async () => {
    await process([claim('Buy seeds for the garden'), claim('Call Bo', { segmentIds: ['s2'] })]);
    await service.update('ada', await idOf('Buy seeds for the garden'), { completed: true });
    await service.update('ada', await idOf('Call Bo'), { description: 'Phone Bo' });
    await process([
      claim('Buy garden seeds for the'),
      claim('Buy seeds for garden'),
      claim('Call Bo', { segmentIds: ['s2'] }),
      claim('Phone Bo', { segmentIds: ['s9'] }),
    ]);
    expect(await descriptions()).toEqual(['Buy seeds for the garden', 'Phone Bo']);
  });

  it('are kept apart where only the words are alike', async () => {
    await process([claim('Call Bo about rent'), claim('Call Ann about rent')]);
    expect(await descriptions()).toEqual(['Call Ann about rent', 'Call Bo about rent']);
  });
});
