import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conversations } from '../../src/model/conversations/conversation.ts';
import type { ConversationWire } from '../../src/wire/conversation-wire.ts';
import type { FolderWire } from '../../src/wire/folder-wire.ts';
import { NOW } from '../harness/held-clock.ts';
import { type ConversationApp, s1, startConversationApp } from './conversation-app.ts';

let app: ConversationApp;
beforeEach(async () => {
  app = await startConversationApp();
});
afterEach(() => app.close());

const call = <T>(method: string, path: string, body?: unknown, uid = 'ada') =>
  app.call<T>(uid, method, path, body);
const list = async () => (await call<FolderWire[]>('GET', '/v1/folders')).body;
const make = async (body: object) => (await call<FolderWire>('POST', '/v1/folders', body)).body;
const counts = async () =>
  Object.fromEntries((await list()).map((f) => [f.name, f.conversation_count]));

describe('folders', () => {
  it('begin with the three that everybody has, literally', async () => {
    const system = (name: string, icon: string, color: string, order: number) => ({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name,
      description: null,
      color,
      icon,
      created_at: '2026-05-04T10:00:00.000Z',
      updated_at: '2026-05-04T10:00:00.000Z',
      order,
      is_default: false,
      is_system: true,
      category_mapping: name.toLowerCase(),
      conversation_count: 0,
    });
    const first = await list();
    expect(first).toEqual([
      system('Work', '💼', '#3B82F6', 0),
      system('Personal', '👤', '#10B981', 1),
      system('Social', '👥', '#8B5CF6', 2),
    ]);
    expect(await list()).toEqual(first);
    const others = (await call<FolderWire[]>('GET', '/v1/folders', undefined, 'bob')).body;
    expect(others.map(({ id }) => id)).not.toEqual(first.map(({ id }) => id));
  });

  it('are made once, however many requests come first at a time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call<FolderWire[]>('GET', '/v1/folders')),
    );
    for (const { status, body } of answers) expect([status, body.length]).toEqual([200, 3]);
  });

  it('are added, changed, ordered and deleted', async () => {
    const trips = await make({ name: 'Trips', emoji: '✈️' });
    expect(trips).toMatchObject({ icon: '📁', color: '#6B7280', order: 3, is_system: false });
    // The app repeats a request whose answer it did not get.
    expect(await make({ name: 'Trips' })).toEqual(trips);
    const changed = await call('PATCH', `/v1/folders/${trips.id}`, { name: 'Journeys', icon: '✈️' });
    expect(changed.body).toMatchObject({ name: 'Journeys', icon: '✈️', color: '#6B7280' });
    const [work, personal] = await list();
    const order = { folder_ids: [trips.id, personal?.id] };
    expect((await call('POST', '/v1/folders/reorder', order)).body).toEqual({ status: 'ok' });
    expect((await list()).map((f) => [f.name, f.order])).toEqual([
      ['Journeys', 0],
      ['Personal', 1],
      ['Work', 2],
      ['Social', 3],
    ]);
    expect(await call('DELETE', `/v1/folders/${work?.id}`)).toEqual({
      status: 400,
      body: { detail: 'Cannot delete system folder', code: 'bad-request' },
    });
    expect(await call('DELETE', `/v1/folders/${trips.id}`)).toEqual({ status: 204, body: null });
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const answer = await call(method, `/v1/folders/${trips.id}`);
      expect(answer, method).toEqual({
        status: 404,
        body: { detail: 'Folder not found', code: 'not-found' },
      });
    }
  });

  it('are fifty of a user at most', async () => {
    for (let i = 0; i < 50; i += 1) await make({ name: `Folder ${i}` });
    expect(await call('POST', '/v1/folders', { name: 'One more' })).toEqual({
      status: 400,
      body: { detail: 'Maximum of 50 custom folders reached', code: 'bad-request' },
    });
    expect((await call('POST', '/v1/folders', { name: '' })).status).toBe(422);
  });
});

describe('conversations in folders', () => {
  it('are moved one by one and many at a time, and counted', async () => {
    for (const id of ['a', 'b', 'c']) await app.add('ada', { id, createdAt: NOW }, [s1]);
    const trips = await make({ name: 'Trips' });
    const work = (await list())[0];
    const move = (id: string, folder_id: string | null) =>
      call('PATCH', `/v1/conversations/${id}/folder`, { folder_id });
    expect((await move('a', trips.id)).body).toEqual({ status: 'ok' });
    await move('a', trips.id);
    expect(await counts()).toMatchObject({ Trips: 1, Work: 0 });
    const bulk = `/v1/folders/${work?.id}/conversations/bulk-move`;
    const moved = await call('POST', bulk, { conversation_ids: ['a', 'b', 'b', 'c'] });
    expect(moved.body).toEqual({ status: 'ok', moved_count: 3 });
    expect(await counts()).toMatchObject({ Trips: 0, Work: 3 });
    expect((await call('POST', bulk, { conversation_ids: ['a'] })).body).toEqual({
      status: 'ok',
      moved_count: 0,
    });
    const inside = await call<ConversationWire[]>('GET', `/v1/folders/${work?.id}/conversations`);
    expect(inside.body.map(({ id, folder_id }) => [id, folder_id])).toEqual([
      ['a', work?.id],
      ['b', work?.id],
      ['c', work?.id],
    ]);
    await move('b', null);
    await call('DELETE', '/v1/conversations/c');
    expect(await counts()).toMatchObject({ Work: 1 });
    expect((await app.get('b')).body.folder_id).toBeNull();
  });

  it('stay all where they are when one of them is not there', async () => {
    await app.add('ada', { id: 'a' });
    await app.add('ada', { id: 'locked', isLocked: true });
    await app.add('bob', { id: 'bobs' });
    const work = (await list())[0];
    const bulk = `/v1/folders/${work?.id}/conversations/bulk-move`;
    for (const [id, status] of [
      ['nothing', 404],
      ['bobs', 404],
      ['locked', 402],
    ] as const) {
      const answer = await call('POST', bulk, { conversation_ids: ['a', id] });
      expect(answer.status, id).toBe(status);
    }
    expect(await counts()).toMatchObject({ Work: 0 });
    expect((await app.get('a')).body.folder_id).toBeNull();
  });

  it('are counted right when they are moved at the same time', async () => {
    const ids = Array.from({ length: 12 }, (_, i) => `c${i}`);
    for (const id of ids) await app.add('ada', { id });
    const trips = await make({ name: 'Trips' });
    const moves = await Promise.all(
      ids.map((id) => call('PATCH', `/v1/conversations/${id}/folder`, { folder_id: trips.id })),
    );
    const done = moves.filter(({ status }) => status === 200).length;
    const inside = (await call<unknown[]>('GET', `/v1/folders/${trips.id}/conversations`)).body;
    expect(inside.length).toBe(done);
    expect(await counts()).toMatchObject({ Trips: done });
    expect(done).toBe(ids.length);
  });

  it('are moved out, or elsewhere, when their folder is deleted', async () => {
    const [work] = await list();
    const [one, two] = [await make({ name: 'One' }), await make({ name: 'Two' })];
    await app.add('ada', { id: 'a' });
    await app.add('ada', { id: 'b' });
    await call('PATCH', '/v1/conversations/a/folder', { folder_id: one.id });
    await call('PATCH', '/v1/conversations/b/folder', { folder_id: two.id });
    const to = `?move_to_folder_id=${work?.id}`;
    expect((await call('DELETE', `/v1/folders/${one.id}${to}`)).status).toBe(204);
    expect((await call('DELETE', `/v1/folders/${two.id}`)).status).toBe(204);
    expect((await app.get('a')).body.folder_id).toBe(work?.id);
    expect((await app.get('b')).body.folder_id).toBeNull();
    expect(await counts()).toEqual({ Work: 1, Personal: 0, Social: 0 });
    expect(await app.store.find(conversations, 'ada', 'b')).toMatchObject({ folderId: null });
  });

  it('of somebody else cannot be moved into, nor out of', async () => {
    const [work] = await list();
    await app.add('bob', { id: 'bobs' });
    const path = '/v1/conversations/bobs/folder';
    expect((await call('PATCH', path, { folder_id: null })).status).toBe(404);
    expect((await call('PATCH', path, { folder_id: work?.id }, 'bob')).body).toEqual({
      detail: 'Folder not found',
      code: 'not-found',
    });
  });
});
