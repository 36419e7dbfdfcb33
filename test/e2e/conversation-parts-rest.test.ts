import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  emptyStructured,
  type InlineActionItem,
} from '../../src/model/conversations/conversation.ts';
import { makeSegment } from '../../src/model/conversations/transcript-segment.ts';
import { searchChanges } from '../../src/model/search-change.ts';
import { actionItems, makeActionItem } from '../../src/model/tasks/action-item.ts';
import { searchChanged } from '../../src/search/search-changed.ts';
import { NOW } from '../harness/held-clock.ts';
import { type ConversationApp, s1, s2, startConversationApp } from './conversation-app.ts';

let app: ConversationApp;
beforeEach(async () => {
  app = await startConversationApp();
});
afterEach(() => {
  vi.restoreAllMocks();
  return app.close();
});

const changeOf = (id: string) => app.store.find(searchChanges, 'ada', id);

describe('action items inside a conversation', () => {
  const inline = (id: string, description: string): InlineActionItem => ({
    id,
    description,
    completed: false,
    createdAt: NOW,
    updatedAt: NOW,
    dueAt: null,
    completedAt: null,
    conversationId: 'a',
    owner: null,
    segmentIds: [],
  });

  beforeEach(async () => {
    const items = [inline('i1', 'Buy seeds'), inline('unmatched', 'Call Bo')];
    await app.add('ada', { id: 'a', structured: { ...emptyStructured(), actionItems: items } });
    await app.store.transact((tx) => {
      const item = { createdAt: NOW, conversationId: 'a' };
      tx.put(
        actionItems,
        'ada',
        makeActionItem({ id: 'i1', description: 'Buy seeds', ...item, exported: true }),
      );
      tx.put(actionItems, 'ada', makeActionItem({ id: 'i2', description: 'Call Bo', ...item }));
    });
  });
  const patch = (path: string, body: unknown) =>
    app.call('ada', 'PATCH', `/v1/conversations/a/action-items${path}`, body);
  const item = (id: string) => app.store.find(actionItems, 'ada', id);

  it('are completed by index, and their twins with them, by id or by description', async () => {
    app.clock.advance(1000);
    const answer = await patch('', { items_idx: [0, 1, 5], values: [true, true, true] });
    expect(answer).toEqual({ status: 200, body: { status: 'Ok' } });
    const done = { completed: true, completedAt: NOW + 1000, edited: true };
    expect(await item('i1')).toMatchObject({ ...done, syncRequested: true });
    expect(await item('i2')).toMatchObject({ ...done, syncRequested: false });
    await patch('', { items_idx: [0], values: [false] });
    expect(await item('i1')).toMatchObject({ completed: false, completedAt: null });
    expect((await app.get('a')).body.structured.action_items).toMatchObject([
      { completed: false, completed_at: null },
      { completed: true, completed_at: new Date(NOW + 1000).toISOString() },
    ]);
  });

  it('are renamed by description, a repeated request included', async () => {
    const body = { old_description: 'Call Bo', description: 'Call Bob' };
    expect((await patch('/7', body)).status).toBe(200);
    expect((await patch('/7', body)).status).toBe(200);
    expect(await item('i2')).toMatchObject({ description: 'Call Bob', edited: true });
    expect(await changeOf('action_item:i2')).toBeDefined();
    expect((await patch('/0', { old_description: 'None', description: 'x' })).status).toBe(404);
    const { body: read } = await app.get('a');
    expect(read.structured.action_items.map((i) => i.description)).toEqual([
      'Buy seeds',
      'Call Bob',
    ]);
  });

  it('are removed by description with 204', async () => {
    const remove = () =>
      app.call('ada', 'DELETE', '/v1/conversations/a/action-items', {
        description: 'Buy seeds',
        completed: false,
      });
    expect(await remove()).toEqual({ status: 204, body: null });
    expect((await remove()).status).toBe(204);
    expect(await item('i1')).toBeUndefined();
    expect(await item('i2')).toBeDefined();
    expect((await app.get('a')).body.structured.action_items).toHaveLength(1);
  });

  it('are listed as standalone items', async () => {
    const answer = await app.call('ada', 'GET', '/v1/conversations/a/action-items');
    expect(answer.body).toMatchObject({
      conversation_id: 'a',
      action_items: [{ id: 'i1' }, { id: 'i2' }],
    });
  });
});

describe('the rest of a conversation', () => {
  it('answers transcripts by provider, and what is not there as such', async () => {
    await app.add('ada', { id: 'a' }, [s1, s2]);
    const part = async (name: string) =>
      (await app.call('ada', 'GET', `/v1/conversations/a/${name}`)).body;
    expect(await part('transcripts')).toMatchObject({
      deepgram: [{ id: 's1' }],
      soniox: [{ id: 's2' }],
      whisperx: [],
      speechmatics: [],
    });
    expect(await part('photos')).toEqual([]);
    expect(await part('recording')).toEqual({ has_recording: false });
    expect((await app.call('ada', 'GET', '/v1/conversations/x/photos')).status).toBe(404);
  });

  it('ends the live conversation', async () => {
    const context = { calendar_meeting_context: { title: 'Standup' } };
    expect(await app.call('ada', 'POST', '/v1/conversations', {})).toEqual({
      status: 404,
      body: { detail: 'Conversation in progress not found', code: 'not-found' },
    });
    const ended = vi.spyOn(app.server.context.conversations, 'finaliseCurrent');
    for (const [id, body, meeting] of [
      ['a', context, { title: 'Standup' }],
      ['b', undefined, null],
    ] as const) {
      await app.add('ada', { id, status: 'in_progress', nextSeq: 1 });
      await app.addLive(id, [makeSegment({ ...s1, id: `${id}1` })]);
      const answer = await app.call('ada', 'POST', '/v1/conversations', body);
      expect(answer.body).toMatchObject({
        conversation: { id, transcript_segments: [{ id: `${id}1` }] },
        messages: [],
      });
      expect(ended.mock.lastCall?.[1]).toEqual({ calendarMeetingContext: meeting });
    }
  });

  it('processes one again', async () => {
    await app.add('ada', { id: 'a', discarded: true }, [s1]);
    const again = vi.spyOn(app.server.context.conversations, 'reprocess');
    const path = '/v1/conversations/a/reprocess?language_code=de';
    expect((await app.call('ada', 'POST', path)).body).toMatchObject({ discarded: false });
    expect(again.mock.lastCall?.[2]).toMatchObject({ languageCode: 'de' });
    expect((await app.call('bob', 'POST', path)).status).toBe(404);
  });

  it('searches, page by page, and shows what matched', async () => {
    for (const id of ['a', 'b', 'c']) {
      const text = `Hello from the garden of ${id}.`;
      const segment = makeSegment({ ...s1, id: `${id}1`, text });
      await app.add('ada', { id, createdAt: NOW }, [segment]);
      await app.store.transact((tx) => searchChanged(tx, 'ada', 'conversation', id, NOW));
    }
    const search = (body: object) =>
      app.call<{ items: { id: string; matches: object[] }[] }>(
        'ada',
        'POST',
        '/v1/conversations/search',
        body,
      );
    const full = await search({ query: 'garden', per_page: 1, page: 2, start_date: '2026-05-01' });
    expect(full.body).toMatchObject({ current_page: 2, per_page: 1 });
    expect(full.body.items[0]?.matches).toMatchObject([{ matched: ['words'] }]);
    const first = await search({ query: 'garden' });
    expect(first.body).toMatchObject({ current_page: 1, total_pages: 1, per_page: 10 });
    expect(first.body.items.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
    const later = await search({ query: 'garden', start_date: '2026-06-01' });
    expect(later.body.items).toEqual([]);
    expect((await search({})).status).toBe(422);
  });
});
