import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eraseSharedConversations } from '../../src/conversations/shared-conversations-eraser.ts';
import {
  conversations,
  emptyStructured,
  liveSegments,
  transcriptChunks,
} from '../../src/model/conversations/conversation.ts';
import { listenSessions } from '../../src/model/conversations/listen-session.ts';
import { makeSegment } from '../../src/model/conversations/transcript-segment.ts';
import { makeMemory, memories } from '../../src/model/memory.ts';
import { people } from '../../src/model/people/person.ts';
import { searchChanges } from '../../src/model/search-change.ts';
import { actionItems, makeActionItem } from '../../src/model/tasks/action-item.ts';
import { decodeTranscriptChunk } from '../../src/transcripts/transcript.ts';
import type { ConversationWire } from '../../src/wire/conversation-wire.ts';
import { makeListenSession } from '../fixtures/listen/listen-sessions.ts';
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

const ids = (answer: { body: ConversationWire[] }) => answer.body.map(({ id }) => id);
const list = (query = '', uid = 'ada') =>
  app.call<ConversationWire[]>(uid, 'GET', `/v1/conversations${query}`);
const changeOf = (id: string) => app.store.find(searchChanges, 'ada', id);

describe('listing conversations', () => {
  it('answers the newest first, finished ones by default, with their transcripts', async () => {
    await app.add('ada', { id: 'old', createdAt: NOW - 2000 }, [s1]);
    await app.add('ada', { id: 'new', createdAt: NOW - 1000, status: 'processing' });
    await app.add('ada', { id: 'live', status: 'in_progress' });
    await app.add('bob', { id: 'bobs' });
    const answer = await list('?statuses=');
    expect(answer.status).toBe(200);
    expect(ids(answer)).toEqual(['new', 'old']);
    expect(answer.body[1]?.transcript_segments).toMatchObject([{ id: 's1', start: 0, end: 1.5 }]);
    expect(ids(await list('', 'bob'))).toEqual(['bobs']);
  });

  it('keeps to every filter', async () => {
    await app.add('ada', { id: 'a', createdAt: NOW - 3000, starred: true });
    await app.add('ada', { id: 'b', createdAt: NOW - 2000, discarded: true });
    await app.add('ada', { id: 'c', createdAt: NOW - 1000, folderId: 'f1' });
    await app.add('ada', { id: 'd', createdAt: NOW, status: 'failed' });
    expect(ids(await list())).toEqual(['d', 'c', 'b', 'a']);
    expect(ids(await list('?include_discarded=false'))).toEqual(['d', 'c', 'a']);
    expect(ids(await list('?starred=true'))).toEqual(['a']);
    expect(ids(await list('?starred=0'))).toEqual(['d', 'c', 'b']);
    expect(ids(await list('?folder_id=f1'))).toEqual(['c']);
    expect(ids(await list('?statuses=failed'))).toEqual(['d']);
    expect(ids(await list('?statuses=nonsense'))).toEqual([]);
    expect(ids(await list('?limit=1&offset=1'))).toEqual(['c']);
    const from = new Date(NOW - 2000).toISOString();
    const to = new Date(NOW - 1000).toISOString();
    expect(ids(await list(`?start_date=${from}&end_date=${to}`))).toEqual(['c', 'b']);
    expect(ids(await list(`?end_date=${from}`))).toEqual(['b', 'a']);
    expect((await list('?starred=perhaps')).status).toBe(422);
  });

  it('reads live segments only where live conversations are app.asked for', async () => {
    await app.add('ada', { id: 'live', status: 'in_progress' });
    await app.addLive('live', [s1, s2]);
    const onlyLive = await list('?statuses=in_progress&limit=1');
    expect(onlyLive.body[0]?.transcript_segments.map(({ id }) => id)).toEqual(['s1', 's2']);
    const mixed = await list('?statuses=in_progress,completed');
    expect(mixed.body[0]).toMatchObject({ id: 'live', transcript_segments: [] });
  });

  it('counts', async () => {
    await app.add('ada', { id: 'a' });
    await app.add('ada', { id: 'b', discarded: true });
    await app.add('ada', { id: 'c', status: 'failed' });
    const count = async (query: string) =>
      (await app.call('ada', 'GET', `/v1/conversations/count${query}`)).body;
    expect(await count('')).toEqual({ count: 2 });
    expect(await count('?include_discarded=true')).toEqual({ count: 3 });
    expect(await count('?statuses=failed,completed')).toEqual({ count: 2 });
  });

  it('needs a sign-in', async () => {
    expect((await app.call(null, 'GET', '/v1/conversations')).status).toBe(401);
  });
});

describe('one conversation', () => {
  it('is found under its user only', async () => {
    await app.add('ada', { id: 'a' }, [s1]);
    await app.addLive('a', [s2]);
    const answer = await app.get('a');
    expect(answer.body.transcript_segments.map(({ id }) => id)).toEqual(['s1', 's2']);
    const other = await app.get('a', 'bob');
    expect(other).toEqual({
      status: 404,
      body: { detail: 'Conversation not found', code: 'not-found' },
    });
  });

  it('is 402 where it is locked, on every route about it', async () => {
    await app.add('ada', { id: 'a', isLocked: true }, [s1]);
    const answers = [
      await app.get('a'),
      await app.call('ada', 'PATCH', '/v1/conversations/a/title?title=x'),
      await app.call('ada', 'PATCH', '/v1/conversations/a/segments/text', {
        segment_id: 's1',
        text: 'x',
      }),
      await app.call('ada', 'POST', '/v1/conversations/a/reprocess'),
    ];
    for (const answer of answers) {
      expect(answer).toEqual({
        status: 402,
        body: {
          detail: 'A paid plan is required to access this conversation.',
          code: 'payment-required',
        },
      });
    }
  });
});

describe('deleting a conversation', () => {
  async function addWithEverything(id: string) {
    await app.add('ada', { id, visibility: 'private' }, [s1]);
    await app.addLive(id, [makeSegment({ ...s2, id: `${id}-live` })]);
    await app.store.transact((tx) => {
      const content = `Fact of ${id}`;
      tx.put(
        memories,
        'ada',
        makeMemory({ uid: 'ada', content, id: `m-${id}`, createdAt: NOW, conversationId: id }),
      );
      const item = { description: 'Do it', createdAt: NOW, conversationId: id };
      tx.put(actionItems, 'ada', makeActionItem({ id: `i-${id}`, ...item }));
      for (const [name, state, spans] of [
        ['past', 'draining', [id]],
        ['both', 'draining', ['earlier', id]],
        ['connected', 'open', [id]],
      ] as const) {
        const session = makeListenSession({
          id: `${name}-${id}`,
          uid: 'ada',
          conversationId: id,
          spans: spans.map((conversationId) => ({ conversationId, fromMs: 0 })),
          codec: 'opus',
          audioStartedAt: null,
          state,
          createdAt: NOW,
        });
        tx.put(listenSessions, 'ada', session);
      }
    });
    await app.call('ada', 'PATCH', `/v1/conversations/${id}/visibility?value=shared`);
  }

  it('removes all of it, and what came of it only with cascade', async () => {
    const { store, server } = app;
    const forgotten = vi.spyOn(server.context.recordings, 'forgetConversation');
    for (const [id, cascade] of [
      ['a', ''],
      ['b', '?cascade=true'],
    ]) {
      await addWithEverything(`${id}`);
      const answer = await app.call('ada', 'DELETE', `/v1/conversations/${id}${cascade}`);
      expect(answer).toEqual({ status: 204, body: null });
      expect((await app.get(`${id}`)).status).toBe(404);
      expect(await store.find(transcriptChunks, 'ada', `${id}:0`)).toBeUndefined();
      expect(await store.find(liveSegments, 'ada', `${id}-live`)).toBeUndefined();
      expect(await store.find(listenSessions, 'ada', `past-${id}`)).toBeUndefined();
      expect(await store.find(listenSessions, 'ada', `both-${id}`)).toBeDefined();
      expect(await store.find(listenSessions, 'ada', `connected-${id}`)).toBeDefined();
      expect((await app.call(null, 'GET', `/v1/conversations/${id}/shared`)).status).toBe(404);
      expect(await changeOf(`conversation:${id}`)).toMatchObject({ changedAt: NOW });
      expect(forgotten).toHaveBeenCalledWith('ada', id);
    }
    expect(await store.find(memories, 'ada', 'm-a')).toBeDefined();
    expect(await store.find(actionItems, 'ada', 'i-a')).toBeDefined();
    expect(await store.find(memories, 'ada', 'm-b')).toBeUndefined();
    expect(await store.find(actionItems, 'ada', 'i-b')).toBeUndefined();
    expect(await changeOf('memory:m-b')).toBeDefined();
    expect(await changeOf('action_item:i-b')).toBeDefined();
  });

  it('takes more segments than fit one commit', async () => {
    await app.add('ada', { id: 'a', status: 'in_progress' });
    const many = Array.from({ length: 450 }, (_, i) => makeSegment({ ...s1, id: `n${i}` }));
    await app.addLive('a', many);
    expect((await app.call('ada', 'DELETE', '/v1/conversations/a')).status).toBe(204);
    const request = { query: 'ofConversation', limit: 1 } as const;
    expect((await app.store.query(liveSegments, 'ada', request)).items).toEqual([]);
  });

  it('is 204 for what is absent or another user’s, which stays', async () => {
    await app.add('ada', { id: 'a' });
    await app.call('ada', 'PATCH', '/v1/conversations/a/visibility?value=shared');
    expect((await app.call('bob', 'DELETE', '/v1/conversations/a?cascade=true')).status).toBe(204);
    expect((await app.get('a')).status).toBe(200);
    expect((await app.call(null, 'GET', '/v1/conversations/a/shared')).status).toBe(200);
  });
});

describe('editing a conversation', () => {
  it('takes a title, with spaces and umlauts, for good', async () => {
    await app.add('ada', { id: 'a' });
    const path = `/v1/conversations/a/title?title=${encodeURIComponent('Über uns & more')}`;
    expect(await app.call('ada', 'PATCH', path)).toEqual({ status: 200, body: { status: 'Ok' } });
    expect((await app.get('a')).body.structured.title).toBe('Über uns & more');
    const stored = await app.store.find(conversations, 'ada', 'a');
    // Made within the same millisecond, and yet to be told from what stood there.
    expect(stored).toMatchObject({ titleEdited: true, updatedAt: NOW + 1 });
    expect(await changeOf('conversation:a')).toBeDefined();
    expect((await app.call('ada', 'PATCH', '/v1/conversations/a/title')).status).toBe(422);
    expect((await app.call('bob', 'PATCH', path)).status).toBe(404);
  });

  it('takes a summary, the overview or an app’s', async () => {
    await app.add('ada', { id: 'a', appsResults: [{ appId: 'app1', content: 'old' }] });
    const summary = (body: object) => app.call('ada', 'PATCH', '/v1/conversations/a/summary', body);
    expect((await summary({ app_id: null, content: 'Mine' })).status).toBe(200);
    expect((await summary({ app_id: 'app1', content: 'App text' })).status).toBe(200);
    expect(await summary({ app_id: 'app2', content: 'x' })).toEqual({
      status: 404,
      body: { detail: 'App summary not found for this conversation', code: 'not-found' },
    });
    expect((await summary({ content: '' })).status).toBe(422);
    expect((await summary({ content: 'x'.repeat(10_001) })).status).toBe(422);
    const { body } = await app.get('a');
    expect(body.structured.overview).toBe('Mine');
    expect(body.apps_results).toEqual([{ app_id: 'app1', content: 'App text' }]);
    expect(body.plugins_results).toEqual([{ plugin_id: 'app1', content: 'App text' }]);
  });

  it('corrects a segment, live or finalised; words and translations of the old text go', async () => {
    await app.add('ada', { id: 'a' }, [s1]);
    await app.addLive('a', [s2]);
    const edit = (segmentId: string) =>
      app.call('ada', 'PATCH', '/v1/conversations/a/segments/text', {
        segment_id: segmentId,
        text: `New ${segmentId}`,
      });
    expect(await edit('s1')).toEqual({ status: 200, body: { status: 'Ok' } });
    expect((await edit('s2')).status).toBe(200);
    expect(await edit('s3')).toEqual({
      status: 404,
      body: { detail: 'Segment not found', code: 'not-found' },
    });
    const { body } = await app.get('a');
    expect(body.transcript_segments).toMatchObject([
      { id: 's1', text: 'New s1', translations: [] },
      { id: 's2', text: 'New s2' },
    ]);
    const stored = await app.store.find(transcriptChunks, 'ada', 'a:0');
    expect(stored && (await decodeTranscriptChunk(stored))).toMatchObject([{ words: [] }]);
    expect(await changeOf('conversation:a')).toBeDefined();
  });

  it('says who speaks', async () => {
    await app.add('ada', { id: 'a' }, [s1]);
    await app.addLive('a', [s2]);
    const assign = (assignType: string, value: string | null) =>
      app.call<ConversationWire>('ada', 'PATCH', '/v1/conversations/a/segments/assign-bulk', {
        segment_ids: ['s1', 's2', 'unknown'],
        assign_type: assignType,
        value,
      });
    const both = (is_user: boolean, person_id: string | null) => [
      { id: 's1', is_user, person_id },
      { id: 's2', is_user, person_id },
    ];
    await app.addPerson('ada', 'p1');
    const person = await assign('person_id', 'p1');
    expect(person.body.transcript_segments).toMatchObject(both(false, 'p1'));
    const user = await assign('is_user', 'false');
    expect(user.body.transcript_segments).toMatchObject(both(true, null));
    const nobody = await assign('person_id', 'null');
    expect(nobody.body.transcript_segments).toMatchObject(both(false, null));
    expect((await assign('is_user', null)).body.transcript_segments).toMatchObject(
      both(false, null),
    );
    // Another user's, or of nobody.
    await app.addPerson('bob', 'p2');
    for (const id of ['p2', 'p3']) {
      expect(await assign('person_id', id)).toEqual({
        status: 404,
        body: { detail: 'Person not found', code: 'not-found' },
      });
    }
    expect(await assign('nobody', 'x')).toEqual({
      status: 400,
      body: { detail: 'Invalid assign type', code: 'bad-request' },
    });
  });

  it('keeps the legacy ways to say who speaks', async () => {
    await app.add('ada', { id: 'a' }, [s1, s2]);
    await app.addPerson('ada', 'p1');
    const patch = (path: string) =>
      app.call<ConversationWire>('ada', 'PATCH', `/v1/conversations/a/${path}`);
    const one = await patch('segments/1/assign?assign_type=person_id&value=p1');
    expect(one.body.transcript_segments.map((s) => s.person_id)).toEqual([null, 'p1']);
    const speaker = await patch('assign-speaker/0?assign_type=is_user&value=true');
    expect(speaker.body.transcript_segments.map((s) => s.is_user)).toEqual([true, false]);
    expect((await patch('segments/7/assign?assign_type=is_user')).status).toBe(404);
  });

  it('is starred, and moved out of a folder', async () => {
    await app.add('ada', { id: 'a', folderId: 'gone' });
    const patch = (path: string, body?: unknown) =>
      app.call('ada', 'PATCH', `/v1/conversations/a/${path}`, body);
    expect((await patch('starred?starred=yes')).body).toEqual({ status: 'Ok' });
    expect((await patch('folder', { folder_id: null })).body).toEqual({ status: 'ok' });
    expect(await patch('folder', { folder_id: 'f1' })).toEqual({
      status: 404,
      body: { detail: 'Folder not found', code: 'not-found' },
    });
    expect((await app.get('a')).body).toMatchObject({ starred: true, folder_id: null });
  });

  it('marks events as created', async () => {
    const event = { description: '', start: NOW, durationMinutes: 30, segmentIds: [] };
    const events = ['x', 'y'].map((title) => ({ ...event, title, created: false }));
    await app.add('ada', { id: 'a', structured: { ...emptyStructured(), events } });
    const body = { events_idx: [1, 9], values: [true, true] };
    const answer = await app.call('ada', 'PATCH', '/v1/conversations/a/events', body);
    expect(answer.body).toEqual({ status: 'Ok' });
    expect((await app.get('a')).body.structured.events.map((e) => e.created)).toEqual([
      false,
      true,
    ]);
  });
});

describe('a published conversation', () => {
  it('is there for anybody until it is private again', async () => {
    await app.add('ada', { id: 'a' }, [{ ...s1, personId: 'p1' }]);
    await app.store.transact((tx) =>
      tx.put(people, 'ada', {
        id: 'p1',
        name: 'Grace',
        createdAt: NOW,
        updatedAt: NOW,
        speechSamples: [],
        speechSampleTranscripts: null,
        speechSamplesVersion: 3,
      }),
    );
    const shared = () =>
      app.call<ConversationWire & { people: unknown[] }>(null, 'GET', '/v1/conversations/a/shared');
    const publish = (value: string) =>
      app.call('ada', 'PATCH', `/v1/conversations/a/visibility?value=${value}`);
    const gone = { status: 404, body: { detail: 'Conversation is private', code: 'not-found' } };
    expect(await shared()).toEqual(gone);
    expect(await publish('shared')).toEqual({ status: 200, body: { status: 'Ok' } });
    const answer = await shared();
    expect(answer.body).toMatchObject({ id: 'a', visibility: 'shared', geolocation: null });
    expect(answer.body.people).toMatchObject([{ id: 'p1', name: 'Grace' }]);
    expect((await publish('everybody')).status).toBe(422);
    await publish('private');
    expect(await shared()).toEqual(gone);
  });

  it('is gone with its user’s account', async () => {
    await app.add('ada', { id: 'a' });
    await app.add('bob', { id: 'b' });
    await app.call('ada', 'PATCH', '/v1/conversations/a/visibility?value=shared');
    await app.call('bob', 'PATCH', '/v1/conversations/b/visibility?value=shared');
    await eraseSharedConversations(app.store, 'ada');
    expect((await app.call(null, 'GET', '/v1/conversations/a/shared')).status).toBe(404);
    expect((await app.call(null, 'GET', '/v1/conversations/b/shared')).status).toBe(200);
  });

  it('cannot take the id of one that another user has published', async () => {
    await app.add('ada', { id: 'same' });
    await app.add('bob', { id: 'same', structured: { ...emptyStructured(), title: 'Bob’s' } });
    const publish = (uid: string, value: string) =>
      app.call(uid, 'PATCH', `/v1/conversations/same/visibility?value=${value}`);
    expect((await publish('bob', 'public')).status).toBe(200);
    expect((await publish('ada', 'public')).status).toBe(409);
    const answer = await app.call(null, 'GET', '/v1/conversations/same/shared');
    expect(answer.body).toMatchObject({ structured: { title: 'Bob’s' } });
  });
});
