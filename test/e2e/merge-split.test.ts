import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wavHeader } from '../../src/audio/wav.ts';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { conversationPhotos } from '../../src/model/conversations/conversation-photo.ts';
import { recordings } from '../../src/model/conversations/recording.ts';
import { makeMemory, memories } from '../../src/model/memory.ts';
import { actionItems, makeActionItem } from '../../src/model/tasks/action-item.ts';
import { queryAll } from '../../src/store/collection.ts';
import type { ConversationWire } from '../../src/wire/conversation-wire.ts';
import { spoken, storeConversation } from '../fixtures/stored-conversations.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const AT = Date.parse('2026-05-04T10:00:00Z');
const HOUR = 3_600_000;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const store = () => server.context.store;
const get = async (id: string) =>
  (await server.api('GET', `/v1/conversations/${id}`)).body as ConversationWire;
const merge = (ids: string[], more = {}) =>
  server.api('POST', '/v1/conversations/merge', { conversation_ids: ids, ...more });

async function processed(id: string): Promise<ConversationWire> {
  await expect.poll(async () => (await get(id)).status).toBe('completed');
  return get(id);
}

async function mergedFrom(ids: string[]): Promise<string> {
  for await (const c of queryAll(store(), conversations, server.uid, { query: 'recent' })) {
    const merged = c.externalData?.merge_metadata as { source_conversation_ids: string[] };
    if (merged?.source_conversation_ids.includes(ids[0] ?? '')) return c.id;
  }
  throw new Error('no merged conversation');
}

async function addPhoto(conversationId: string, id: string, createdAt: number) {
  const photo = {
    id,
    conversationId,
    base64: 'AAAA',
    description: 'A table with plans.',
    createdAt,
    discarded: false,
    state: 'settled',
    dataProtectionLevel: 'standard',
  } as const;
  await store().transact((tx) => tx.create(conversationPhotos, server.uid, photo));
}

async function addRecording(conversationId: string, id: string, startedAt: number) {
  const blobKey = `recordings/${server.uid}/${conversationId}/${id}.wav`;
  const file = Buffer.concat([wavHeader(8_000, 8_000), Buffer.alloc(16_000, id)]);
  const { size } = await server.context.blobs.put(blobKey, file);
  const uid = server.uid;
  await store().transact((tx) => {
    tx.create(recordings, uid, {
      id,
      uid,
      conversationId,
      blobKey,
      codec: 'wav',
      sampleRate: 8_000,
      sampleCount: 8_000,
      preSkip: 0,
      durationMs: 1000,
      byteLength: size,
      startedAt,
      language: 'en',
      voice: null,
      createdAt: startedAt,
    });
    const audioFiles = [{ id, uid, startedAt, durationMs: 1000 }];
    tx.patch(conversations, uid, conversationId, { audioFiles });
  });
}

describe('merging', () => {
  it('makes one conversation of several, with everything that they had', async () => {
    const first = spoken('m', [
      { text: 'We have to repair the greenhouse roof before winter.', speaker: 'SPEAKER_00' },
      { text: 'I will order the new glass panes tomorrow.', speaker: 'SPEAKER_01', isUser: true },
    ]);
    const second = spoken('n', [
      { text: 'The panes cost three hundred euros.', speaker: 'SPEAKER_00' },
      { text: 'I will pay them on Friday.', speaker: 'SPEAKER_02', isUser: true },
    ]);
    const { uid } = server;
    const shown = { visibility: 'public', starred: true } as const;
    await storeConversation(store(), uid, { id: 'one', startedAt: AT, source: 'phone' }, first);
    const later = AT + 5 * HOUR;
    await storeConversation(store(), uid, { id: 'two', startedAt: later, ...shown }, second);
    await addPhoto('two', 'photo', later);
    await addRecording('one', 'rec-one', AT);
    await addRecording('two', 'rec-two', later);
    const own = { id: 'own', description: 'Ask the neighbour', createdAt: AT, segmentIds: ['n0'] };
    const fact = { uid, content: 'Has a greenhouse', createdAt: AT, segmentIds: ['m0'] };
    await store().transact((tx) => {
      tx.create(actionItems, uid, makeActionItem({ ...own, conversationId: 'two', edited: true }));
      tx.create(actionItems, uid, makeActionItem({ ...own, id: 'x', conversationId: 'one' }));
      tx.create(memories, uid, makeMemory({ ...fact, conversationId: 'one', userReview: true }));
    });

    const ids = ['two', 'one'];
    const answer = await merge(ids);
    expect(answer).toEqual({
      status: 200,
      body: {
        status: 'merging',
        message: 'Merge started',
        warning: '5.0h gap detected',
        conversation_ids: ['two', 'one'],
        conversation_id: expect.any(String),
      },
    });
    await expect.poll(async () => (await get('one')).id).toBeUndefined();
    await expect.poll(async () => (await get('two')).id).toBeUndefined();
    const id = await mergedFrom(ids);
    expect(answer.body).toMatchObject({ conversation_id: id });
    const merged = await processed(id);
    expect(merged).toMatchObject({
      created_at: '2026-05-04T10:00:00.000Z',
      started_at: '2026-05-04T10:00:00.000Z',
      finished_at: '2026-05-04T15:00:05.000Z',
      source: 'phone',
      visibility: 'private',
      starred: true,
      discarded: false,
    });
    expect(merged.external_data).toEqual({
      merge_metadata: {
        merged_at: expect.stringMatching(/Z$/),
        source_conversation_ids: ['one', 'two'],
        source_details: [
          {
            id: 'one',
            started_at: '2026-05-04T10:00:00.000Z',
            finished_at: '2026-05-04T10:00:05.000Z',
            source: 'phone',
          },
          {
            id: 'two',
            started_at: '2026-05-04T15:00:00.000Z',
            finished_at: '2026-05-04T15:00:05.000Z',
            source: 'omi',
          },
        ],
      },
    });
    const times = merged.transcript_segments.map((s) => [s.id, s.start, s.speaker, s.is_user]);
    expect(times).toEqual([
      ['m0', 0, 'SPEAKER_00', false],
      ['m1', 3, 'SPEAKER_01', true],
      // Another voice than the first recording's SPEAKER_00; the user is the same.
      ['n0', 18_000, 'SPEAKER_02', false],
      ['n1', 18_003, 'SPEAKER_01', true],
    ]);
    expect(merged.photos.map((photo) => photo.id)).toEqual(['photo']);
    expect(merged.audio_files.map((file) => file.id)).toEqual(['rec-one', 'rec-two']);
    for (const name of ['rec-one', 'rec-two']) {
      const played = await server.api('GET', `/v1/sync/audio/${id}/${name}`);
      expect(played.status, name).toBe(200);
    }
    // What the user has made one's own stays; the rest is what the whole says.
    expect(await store().find(actionItems, uid, 'own')).toMatchObject({ conversationId: id });
    expect(await store().find(actionItems, uid, 'x')).toBeUndefined();
    const facts = [];
    const ofMerged = { query: 'ofConversation', filters: { conversationId: id } } as const;
    for await (const memory of queryAll(store(), memories, uid, ofMerged)) facts.push(memory);
    expect(facts.map(({ content }) => content)).toContain('Has a greenhouse');
    const tasks = merged.structured.action_items.map(({ description }) => description);
    expect(tasks.join(' ')).toMatch(/glass panes/);
    expect(new Set(tasks).size).toBe(tasks.length);
    // Asked again after the end, as a client does whose answer was lost.
    expect((await merge(ids)).status).toBe(200);
  });

  it('puts together what was understood where nothing is to be processed', async () => {
    const structured = (title: string, overview: string, segmentId: string) => ({
      title,
      overview,
      overviewEvidence: [{ sentence: overview, segmentIds: [segmentId] }],
      emoji: '🌱',
      category: 'family' as const,
      actionItems: [],
      events: [],
    });
    const parts = (id: string, n: number) => ({
      id,
      startedAt: AT + n * 60_000,
      structured: structured(`Title ${id}`, `Overview ${id}.`, `${id}0`),
    });
    await storeConversation(store(), server.uid, parts('p1', 0), spoken('p', ['First words.']));
    await storeConversation(store(), server.uid, parts('p2', 1), spoken('q', ['Second words.']));
    expect((await merge(['p1', 'p2'], { reprocess: false })).body).toMatchObject({ warning: null });
    await expect.poll(async () => (await get('p2')).id).toBeUndefined();
    const merged = await processed(await mergedFrom(['p1']));
    expect(merged.structured).toMatchObject({
      title: 'Title p1',
      overview: 'Overview p1.\n\nOverview p2.',
      overview_evidence: [
        { start: 0, end: 12, segment_ids: ['p10'] },
        { start: 14, end: 26, segment_ids: ['p20'] },
      ],
      emoji: '🌱',
      category: 'family',
    });
  });

  it('is refused, with everything as it was', async () => {
    const { uid } = server;
    await storeConversation(store(), uid, { id: 'r1', startedAt: AT }, []);
    const locked = { id: 'r2', startedAt: AT, isLocked: true };
    await storeConversation(store(), uid, locked, []);
    const live = { id: 'r3', startedAt: AT, status: 'processing' } as const;
    await storeConversation(store(), uid, live, []);
    const cases: [string[], number, string][] = [
      [['r1'], 400, 'At least 2 conversations are required to merge'],
      [['r1', 'r1'], 400, 'At least 2 conversations are required to merge'],
      [['r1', 'nothing'], 404, 'Conversation nothing not found'],
      [['r1', 'r2'], 400, 'Conversation r2 is locked'],
      [['r1', 'r3'], 400, 'Conversation r3 is not completed (processing)'],
    ];
    for (const [ids, status, detail] of cases) {
      expect(await merge(ids), detail).toMatchObject({ status, body: { detail } });
    }
    expect((await get('r1')).status).toBe('completed');
    await server.api('DELETE', '/v1/conversations/r3');
  });
});

describe('splitting', () => {
  it('makes two conversations, each with its own words, photos and tasks', async () => {
    const { uid } = server;
    const segments = spoken('s', [
      'We have to repair the greenhouse roof before winter comes.',
      { text: 'I will order the new window panes tomorrow.', isUser: true },
      'Now to the holidays in Portugal.',
      { text: 'I will book the flights to Lisbon on Friday.', isUser: true },
    ]);
    await storeConversation(store(), uid, { id: 'whole', startedAt: AT, starred: true }, segments);
    await addPhoto('whole', 'before', AT + 1000);
    await addPhoto('whole', 'after', AT + 7000);
    const own = { description: 'Call the airline', createdAt: AT, segmentIds: ['s3'] };
    const item = makeActionItem({ id: 'call', ...own, conversationId: 'whole', edited: true });
    await store().transact((tx) => tx.create(actionItems, uid, item));
    const split = () => server.api('POST', '/v1/conversations/whole/split', { segment_id: 's2' });
    const answer = await split();
    const ids = (answer.body as { conversation_ids: [string, string] }).conversation_ids;
    expect(answer).toEqual({
      status: 200,
      body: { status: 'splitting', message: 'Split started', conversation_ids: ids },
    });
    expect(ids[0]).toBe('whole');
    expect((await split()).body).toEqual(answer.body);
    const [first, second] = [await processed(ids[0]), await processed(ids[1])];
    const words = (c: ConversationWire) => c.transcript_segments.map((s) => [s.id, s.start]);
    expect(words(first)).toEqual([
      ['s0', 0],
      ['s1', 3],
    ]);
    expect(words(second)).toEqual([
      ['s2', 0],
      ['s3', 3],
    ]);
    expect([first.started_at, first.finished_at]).toEqual([
      '2026-05-04T10:00:00.000Z',
      '2026-05-04T10:00:05.000Z',
    ]);
    expect([second.started_at, second.finished_at, second.created_at]).toEqual([
      '2026-05-04T10:00:06.000Z',
      '2026-05-04T10:00:11.000Z',
      '2026-05-04T10:00:06.000Z',
    ]);
    for (const part of [first, second]) {
      expect(part.external_data).toMatchObject({
        split_metadata: {
          conversation_ids: ids,
          started_at: '2026-05-04T10:00:00.000Z',
          finished_at: '2026-05-04T10:00:11.000Z',
        },
      });
    }
    expect(first.photos.map(({ id }) => id)).toEqual(['before']);
    expect(second.photos.map(({ id }) => id)).toEqual(['after']);
    const tasks = (c: ConversationWire) => c.structured.action_items.map((i) => i.description);
    expect(tasks(first).join()).toMatch(/window panes/);
    expect(tasks(first).join()).not.toMatch(/flights|airline/);
    expect(tasks(second).join()).toMatch(/airline/);
    expect(tasks(second).join()).toMatch(/flights/i);
  });

  it('is refused before the first word, where there is no such segment, and for others', async () => {
    const parts = { id: 'kept', startedAt: AT };
    await storeConversation(store(), server.uid, parts, spoken('k', ['One.', 'Two.']));
    const split = (segment_id: string) =>
      server.api('POST', '/v1/conversations/kept/split', { segment_id });
    expect(await split('k0')).toEqual({
      status: 400,
      body: { detail: 'Cannot split before the first segment', code: 'bad-request' },
    });
    expect(await split('none')).toEqual({
      status: 404,
      body: { detail: 'Segment not found', code: 'not-found' },
    });
    expect((await get('kept')).transcript_segments).toHaveLength(2);
  });
});
