import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toInlineActionItem } from '../../src/action-items/inline-action-item.ts';
import { makeUser, users } from '../../src/model/accounts/user.ts';
import { GLOBAL } from '../../src/model/collection.ts';
import {
  conversations,
  emptyStructured,
  makeConversation,
} from '../../src/model/conversations/conversation.ts';
import { searchChanges } from '../../src/model/search-change.ts';
import { type ActionItem, actionItems, makeActionItem } from '../../src/model/tasks/action-item.ts';
import type { ActionItemWire } from '../../src/wire/action-item-wire.ts';
import { eventually } from '../fixtures/eventually.ts';
import { NOW } from '../harness/held-clock.ts';
import { type RestApp, startRestApp } from './rest-app.ts';

let app: RestApp;

beforeEach(async () => {
  app = await startRestApp({ PUBLIC_URL: 'https://omi.example' });
});
afterEach(() => app.close());

const path = '/v1/action-items';
const missing = { status: 404, body: { detail: 'Action item not found', code: 'not-found' } };
const iso = (ms: number) => new Date(ms).toISOString();
type ListBody = { action_items: ActionItemWire[]; has_more: boolean };

async function add(id: string, parts: Partial<ActionItem> = {}): Promise<ActionItem> {
  const item = makeActionItem({ id, description: `Do ${id}`, createdAt: NOW, ...parts });
  await app.store.transact((tx) => tx.put(actionItems, 'ada', item));
  return item;
}
const list = (query = '') => app.call<ListBody>('ada', 'GET', `${path}${query}`);
const ids = async (query = '') => (await list(query)).body.action_items.map(({ id }) => id);
const create = (body: object) => app.call<ActionItemWire>('ada', 'POST', path, body);
const patch = (id: string, body: object, uid = 'ada') =>
  app.call<ActionItemWire>(uid, 'PATCH', `${path}/${id}`, body);

describe('listing action items', () => {
  it('pages by creation and sorts each page by urgency', async () => {
    await add('a', { createdAt: NOW - 4000 });
    await add('b', { createdAt: NOW - 3000, dueAt: NOW + 9000 });
    await add('c', { createdAt: NOW - 2000 });
    await add('d', { createdAt: NOW - 1000, dueAt: NOW + 5000 });
    expect(await ids()).toEqual(['d', 'b', 'c', 'a']);
    expect((await list('?limit=2')).body).toMatchObject({
      action_items: [{ id: 'd' }, { id: 'c' }],
      has_more: true,
    });
    expect((await list('?limit=2&offset=2')).body).toMatchObject({
      action_items: [{ id: 'b' }, { id: 'a' }],
      has_more: false,
    });
    expect((await list('?limit=0')).status).toBe(422);
    expect((await list('?limit=501')).status).toBe(422);
  });

  it('has one order over all pages by due date, then what has none, newest first', async () => {
    await add('none-old', { createdAt: NOW - 4000 });
    await add('later', { createdAt: NOW - 3000, dueAt: NOW + 9000 });
    await add('none-new', { createdAt: NOW - 2000 });
    await add('overdue', { createdAt: NOW - 1000, dueAt: NOW - 5000 });
    await add('long-ago', { createdAt: NOW - 1000, dueAt: Date.UTC(1969, 6, 20) });
    await add('done', { createdAt: NOW - 1000, dueAt: NOW, completed: true, completedAt: NOW });
    const open = ['long-ago', 'overdue', 'later', 'none-new', 'none-old'];
    expect(await ids('?order=due&completed=false')).toEqual(open);
    const paged: string[] = [];
    for (let offset = 0; offset < 6; offset += 2) {
      const { body } = await list(`?order=due&completed=false&limit=2&offset=${offset}`);
      paged.push(...body.action_items.map(({ id }) => id));
      expect(body.has_more).toBe(offset < 4);
    }
    expect(paged).toEqual(open);
    expect(await ids('?order=due')).toHaveLength(6);
    expect((await list('?order=name')).status).toBe(422);
  });

  it('keeps to every filter', async () => {
    await add('a', { createdAt: NOW - 3000, completed: true, completedAt: NOW });
    await add('b', { createdAt: NOW - 2000, conversationId: 'c1', dueAt: NOW + 1000 });
    await add('c', { createdAt: NOW - 1000, dueAt: NOW + 5000 });
    expect(await ids('?completed=true')).toEqual(['a']);
    expect(await ids('?completed=false')).toEqual(['b', 'c']);
    expect(await ids('?include_completed=false')).toEqual(['b', 'c']);
    expect(await ids('?include_completed=true')).toEqual(['b', 'c', 'a']);
    expect(await ids('?conversation_id=c1')).toEqual(['b']);
    expect(await ids(`?start_date=${iso(NOW - 2000)}&end_date=${iso(NOW - 1500)}`)).toEqual(['b']);
    expect(await ids(`?due_start_date=${iso(NOW + 5000)}`)).toEqual(['c']);
    expect(await ids(`?due_end_date=${iso(NOW + 9000)}`)).toEqual(['b', 'c']);
    // A due filter overrules those on the creation.
    const due = `due_start_date=${iso(NOW)}&due_end_date=${iso(NOW + 1000)}`;
    expect(await ids(`?${due}&end_date=${iso(NOW - 9000)}`)).toEqual(['b']);
  });
});

describe('adding action items', () => {
  it('takes a repeated request as one', async () => {
    const body = { description: 'Buy seeds', due_at: '2026-05-05T10:00:00Z' };
    const first = await create(body);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      description: 'Buy seeds',
      completed: false,
      due_at: '2026-05-05T10:00:00.000Z',
      completed_at: null,
    });
    app.clock.advance(200);
    expect((await create(body)).body.id).toBe(first.body.id);
    expect((await create({ ...body, due_at: null })).body.id).not.toBe(first.body.id);
    app.clock.advance(60_000);
    expect((await create(body)).body.id).not.toBe(first.body.id);
    expect(await ids()).toHaveLength(3);
    expect(
      await app.store.find(searchChanges, 'ada', `action_item:${first.body.id}`),
    ).toBeDefined();
    expect((await create({})).status).toBe(422);
  });

  it('takes completed ones, and batches, which are open', async () => {
    const done = await create({ description: 'Done', completed: true });
    expect(done.body).toMatchObject({ completed: true, completed_at: iso(NOW) });
    const batch = [{ description: 'A', completed: true }, { description: 'B' }];
    const answer = await app.call<ListBody>('ada', 'POST', `${path}/batch`, batch);
    expect(answer.body).toMatchObject({
      action_items: [
        { description: 'A', completed: false },
        { description: 'B', completed: false },
      ],
      created_count: 2,
    });
    const again = await app.call<ListBody>('ada', 'POST', `${path}/batch`, batch);
    expect(again.body.action_items).toEqual(answer.body.action_items);
    expect(await ids()).toHaveLength(3);
  });
});

describe('changing an action item', () => {
  it('leaves what is not sent and clears the due date with null', async () => {
    await add('a', { dueAt: NOW + 1000 });
    expect((await patch('a', { sort_order: 3, indent_level: 1 })).body).toMatchObject({
      description: 'Do a',
      due_at: iso(NOW + 1000),
      sort_order: 3,
      indent_level: 1,
    });
    const cleared = await patch('a', { due_at: null, description: null });
    expect(cleared.body).toMatchObject({ due_at: null, description: 'Do a' });
    const exported = { exported: true, export_platform: 'todoist', export_date: iso(NOW) };
    expect((await patch('a', exported)).body).toMatchObject(exported);
    expect((await patch('a', { indent_level: 4 })).status).toBe(422);
  });

  it('is looked up under its user, and 402 where it is locked', async () => {
    await add('a');
    await add('locked', { isLocked: true, description: 'z'.repeat(80) });
    expect(await patch('a', { completed: true }, 'bob')).toEqual(missing);
    expect(await app.call('bob', 'DELETE', `${path}/a`)).toEqual(missing);
    expect(await app.call('bob', 'GET', `${path}/a`)).toEqual(missing);
    const locked = {
      status: 402,
      body: {
        detail: 'A paid plan is required to access this action item.',
        code: 'payment-required',
      },
    };
    expect(await app.call('ada', 'GET', `${path}/locked`)).toEqual(locked);
    expect(await patch('locked', { completed: true })).toEqual(locked);
    const listed = (await list()).body.action_items.find(({ id }) => id === 'locked');
    expect(listed?.description).toBe(`${'z'.repeat(70)}...`);
  });

  it('completes and opens again', async () => {
    await add('a');
    const complete = (query: string) => app.call('ada', 'PATCH', `${path}/a/completed${query}`);
    expect((await complete('?completed=true')).body).toMatchObject({
      completed: true,
      completed_at: iso(NOW),
    });
    app.clock.advance(1000);
    expect((await complete('?completed=true')).body).toMatchObject({ completed_at: iso(NOW) });
    expect((await complete('?completed=false')).body).toMatchObject({ completed_at: null });
    expect((await complete('')).status).toBe(422);
  });

  it('is mirrored inside its conversation, by id or by description', async () => {
    const a = await add('a', { conversationId: 'c1' });
    const b = await add('b', { conversationId: 'c1' });
    const inline = [toInlineActionItem(a), { ...toInlineActionItem(b), id: 'older id' }];
    const structured = { ...emptyStructured(), actionItems: inline };
    const conversation = makeConversation({ id: 'c1', createdAt: NOW, structured });
    await app.store.transact((tx) => tx.put(conversations, 'ada', conversation));
    const inside = async () =>
      (await app.store.find(conversations, 'ada', 'c1'))?.structured.actionItems;
    await patch('a', { description: 'Renamed', completed: true });
    await patch('b', { due_at: iso(NOW + 1000) });
    expect(await inside()).toMatchObject([
      { id: 'a', description: 'Renamed', completed: true, completedAt: NOW },
      { description: 'Do b', dueAt: NOW + 1000 },
    ]);
    expect(await app.call('ada', 'DELETE', `${path}/a`)).toEqual({ status: 204, body: null });
    expect(await inside()).toMatchObject([{ description: 'Do b' }]);
    expect(await app.call('ada', 'DELETE', `${path}/a`)).toEqual(missing);
    expect(await app.store.find(searchChanges, 'ada', 'conversation:c1')).toBeDefined();
    expect(await app.store.find(searchChanges, 'ada', 'action_item:a')).toBeDefined();
  });

  it('orders many at once', async () => {
    await add('a');
    await add('b', { indentLevel: 2 });
    const answer = await app.call('ada', 'PATCH', `${path}/batch`, {
      items: [
        { id: 'a', sort_order: 1, indent_level: 1 },
        { id: 'b', sort_order: 2 },
        { id: 'unknown', sort_order: 3 },
      ],
    });
    expect(answer.body).toEqual({ status: 'ok', updated_count: 2 });
    const b = await app.store.find(actionItems, 'ada', 'b');
    expect(b).toMatchObject({ sortOrder: 2, indentLevel: 2, edited: false });
  });
});

describe('keeping a task app in step', () => {
  it('tells what it lacks and what it has, and takes over its changes', async () => {
    await add('open');
    await add('done', { completed: true });
    await add('theirs', { exported: true, exportPlatform: 'apple_reminders' });
    await add('elsewhere', { exported: true, exportPlatform: 'todoist' });
    await add('locked', { isLocked: true });
    const pending = await app.call('ada', 'GET', `${path}/pending-sync?platform=apple_reminders`);
    expect(pending.body).toMatchObject({
      pending_export: [{ id: 'open' }],
      synced_items: [{ id: 'theirs' }],
    });
    await patch('theirs', { description: 'Changed here' });
    const theirs = () => app.store.find(actionItems, 'ada', 'theirs');
    expect(await theirs()).toMatchObject({ syncRequested: true });
    const answer = await app.call('ada', 'PATCH', `${path}/sync-batch`, {
      items: [
        { id: 'theirs', completed: true },
        { id: 'open', exported: true, apple_reminder_id: 'r1', export_platform: 'apple_reminders' },
        { id: 'locked', completed: true },
        { id: 'unknown', completed: true },
      ],
    });
    expect(answer.body).toEqual({ status: 'ok', updated_count: 2 });
    expect(await theirs()).toMatchObject({ completed: true, syncRequested: false });
    const open = await app.store.find(actionItems, 'ada', 'open');
    expect(open).toMatchObject({ exported: true, appleReminderId: 'r1' });
  });

  it('searches', async () => {
    await create({ description: 'Buy seeds for the garden' });
    await create({ description: 'Call the plumber' });
    const search = (query: string) => app.call<ListBody>('ada', 'GET', `${path}/search?${query}`);
    await eventually(async () => {
      const { body } = await search('query=seeds&limit=5');
      const told = body.action_items.map(({ description }) => description);
      expect(told).toEqual(['Buy seeds for the garden']);
    });
    expect((await app.call('ada', 'GET', `${path}/search?query=`)).status).toBe(422);
  });
});

describe('handing tasks to another user', () => {
  type Shared = { url: string; token: string };
  const share = (taskIds: string[]) =>
    app.call<Shared>('ada', 'POST', `${path}/share`, { task_ids: taskIds });
  const accept = (uid: string, token: string) =>
    app.call<{ created: string[] }>(uid, 'POST', `${path}/accept`, { token });
  const expired = {
    status: 404,
    body: { detail: 'Share link expired or not found', code: 'not-found' },
  };

  it('works once for each of them, for 30 days', async () => {
    await add('a', { dueAt: NOW + 1000, conversationId: 'c1' });
    await add('b');
    await app.store.transact((tx) =>
      tx.put(users, GLOBAL, makeUser({ id: 'ada', createdAt: NOW, name: 'Ada' })),
    );
    const { body } = await share(['a', 'b']);
    expect(body.token).toMatch(/^[0-9a-f]{32}$/);
    expect(body.url).toBe(`https://omi.example/shared/tasks/${body.token}`);
    const shown = await app.call(null, 'GET', `${path}/shared/${body.token}`);
    expect(shown.body).toEqual({
      sender_name: 'Ada',
      tasks: [
        { description: 'Do a', due_at: iso(NOW + 1000) },
        { description: 'Do b', due_at: null },
      ],
      count: 2,
    });
    expect((await accept('ada', body.token)).status).toBe(400);
    const taken = await accept('bob', body.token);
    expect(taken.body).toMatchObject({ count: 2 });
    const copy = await app.store.find(actionItems, 'bob', `${taken.body.created[0]}`);
    expect(copy).toMatchObject({ description: 'Do a', dueAt: NOW + 1000, conversationId: null });
    expect((await accept('bob', body.token)).status).toBe(409);
    expect((await accept('cy', body.token)).status).toBe(200);
    app.clock.advance(30 * 24 * 3600 * 1000);
    expect(await app.call(null, 'GET', `${path}/shared/${body.token}`)).toEqual(expired);
    expect(await accept('dee', body.token)).toEqual(expired);
  });

  it('refuses what is not there or locked', async () => {
    await add('a');
    await add('locked', { isLocked: true });
    expect(await share(['a', 'unknown'])).toEqual(missing);
    expect((await share(['locked'])).status).toBe(402);
    expect((await share([])).status).toBe(422);
    expect(await accept('bob', 'f'.repeat(32))).toEqual(expired);
    const { body } = await share(['a']);
    await app.store.transact((tx) => tx.patch(actionItems, 'ada', 'a', { isLocked: true }));
    expect((await accept('bob', body.token)).status).toBe(402);
  });

  it('ends with the account', async () => {
    await add('a');
    const { body } = await share(['a']);
    expect((await app.call('ada', 'DELETE', '/v1/users/delete-account')).status).toBe(200);
    expect(await app.call(null, 'GET', `${path}/shared/${body.token}`)).toEqual(expired);
  });
});
