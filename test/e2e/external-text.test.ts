import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExternalConversation } from '../../src/conversations/external-conversations.ts';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { actionItems } from '../../src/model/tasks/action-item.ts';
import { queryAll } from '../../src/store/collection.ts';
import type { ConversationWire } from '../../src/wire/conversation-wire.ts';
import { spoken, storeConversation } from '../fixtures/stored-conversations.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const AT = Date.parse('2026-05-04T10:00:00Z');
const MAIL = [
  'Hello Anna,',
  'please send me the list of stall holders by Friday. I will book the stage tomorrow.',
  'The town gave us the square for the first weekend of May.',
].join('\n\n');

let model: OpenAiSimulator;
let withModel: TestServer;
let keyless: TestServer;
beforeAll(async () => {
  model = await OpenAiSimulator.start();
  const settings = { OPENAI_EMBEDDING_MODEL: 'none', CONVERSATION_SUMMARIZED_APP_IDS: 'none' };
  const server = { OPENAI_API_KEY: 'test-key', OPENAI_BASE_URL: model.baseUrl };
  withModel = await startTestServer({ ...server, ...settings });
  keyless = await startTestServer();
});
afterAll(async () => {
  await withModel.stop();
  await keyless.stop();
  await model.close();
});

function external(changes: Partial<ExternalConversation> = {}): ExternalConversation {
  return {
    text: MAIL,
    textSource: 'message',
    textSourceSpec: 'email',
    source: 'external_integration',
    startedAt: AT,
    finishedAt: null,
    geolocation: null,
    language: 'en',
    appId: 'mailer',
    sender: 'Ben Carter',
    isFromUser: false,
    subject: 'Spring market',
    understoodText: null,
    ...changes,
  };
}

async function processed(on: TestServer, id: string): Promise<ConversationWire> {
  const read = async () =>
    (await on.api('GET', `/v1/conversations/${id}`)).body as ConversationWire;
  await expect.poll(async () => (await read()).status).toBe('completed');
  return read();
}

const engines: [string, () => TestServer][] = [
  ['rules', () => keyless],
  ['a model', () => withModel],
];

describe.each(engines)('text that nobody spoke, understood by %s', (_, on) => {
  it('becomes a conversation whose tasks name its paragraphs', async () => {
    const { context, uid } = on();
    const made = await context.externalConversations.create(uid, external());
    expect(made.status).toBe('added');
    const found = await processed(on(), made.conversationId);
    expect(found).toMatchObject({
      source: 'external_integration',
      app_id: 'mailer',
      discarded: false,
      created_at: '2026-05-04T10:00:00.000Z',
      external_data: {
        text: MAIL,
        text_source: 'message',
        text_source_spec: 'email',
        source: 'external_integration',
        app_id: 'mailer',
        sender: 'Ben Carter',
        subject: 'Spring market',
      },
    });
    expect(found.structured.title).not.toBe('');
    expect(JSON.stringify(found.structured)).not.toMatch(/speaker/i);
    expect(found.transcript_segments.map(({ text }) => text)).toEqual([
      'Spring market.',
      'Hello Anna,',
      'please send me the list of stall holders by Friday. I will book the stage tomorrow.',
      'The town gave us the square for the first weekend of May.',
    ]);
    const items = found.structured.action_items;
    expect(items.length).toBeGreaterThan(0);
    const ids = new Set(found.transcript_segments.map(({ id }) => id));
    for (const item of items) {
      expect(item.segment_ids.length).toBeGreaterThan(0);
      for (const id of item.segment_ids) expect(ids.has(id), item.description).toBe(true);
    }
    // Sent once more, it is the same; understood once more, nothing is added.
    const again = await context.externalConversations.create(uid, external());
    expect(again).toMatchObject({ conversationId: made.conversationId, status: 'known' });
    const path = `/v1/conversations/${made.conversationId}`;
    expect((await on().api('POST', `${path}/reprocess`)).status).toBe(200);
    const filters = { conversationId: made.conversationId };
    const stored = [];
    const request = { query: 'recent', filters } as const;
    for await (const item of queryAll(context.store, actionItems, uid, request)) stored.push(item);
    expect(stored).toHaveLength(items.length);
  });

  it('is merged with what was spoken', async () => {
    const { context, uid } = on();
    const note = {
      textSource: 'other_text',
      sender: null,
      subject: null,
      startedAt: AT + 1,
    } as const;
    const text = 'Remember to order the panes before the end of March. They cost 340 euros.';
    const made = await context.externalConversations.create(uid, external({ ...note, text }));
    await processed(on(), made.conversationId);
    const talk = spoken('t', [{ text: 'I will call the glazier tomorrow morning.', isUser: true }]);
    await storeConversation(context.store, uid, { id: 'talk', startedAt: AT + 60_000 }, talk);
    const ids = [made.conversationId, 'talk'];
    const asked = await on().api('POST', '/v1/conversations/merge', { conversation_ids: ids });
    expect(asked.status).toBe(200);
    const gone = () => on().api('GET', '/v1/conversations/talk');
    await expect.poll(async () => (await gone()).status).toBe(404);
    const all = [];
    for await (const c of queryAll(context.store, conversations, uid, { query: 'recent' })) {
      if (c.externalData?.merge_metadata) all.push(c);
    }
    const merged = await processed(on(), all[0]?.id ?? '');
    expect(merged.transcript_segments.map((segment) => segment.text).join(' ')).toBe(
      `${text} I will call the glazier tomorrow morning.`,
    );
  });
});

/** What is open from before would not be noted again. */
async function forgetTasks({ context, uid }: TestServer): Promise<void> {
  for await (const { id } of queryAll(context.store, actionItems, uid, { query: 'recent' })) {
    await context.store.transact((tx) => tx.delete(actionItems, uid, id));
  }
}

describe('text from outside', () => {
  it('of a transcript has speakers, who become people', async () => {
    const { context, uid } = keyless;
    const text = 'Anna Smith: We repair the roof.\nBen Carter: I will order the panes tomorrow.';
    const request = external({ text, textSource: 'audio_transcript', source: 'workflow' });
    const made = await context.externalConversations.create(uid, request);
    const found = await processed(keyless, made.conversationId);
    expect(found.source).toBe('workflow');
    expect(found.transcript_segments.map(({ speaker }) => speaker)).toEqual([
      'SPEAKER_00',
      'SPEAKER_01',
    ]);
    expect(found.transcript_segments[1]?.person_id).not.toBeNull();
    const owner = found.structured.action_items[0]?.owner;
    expect(owner).toBe('Ben Carter');
  });

  it('of the user is owned by the user; a request to the user too', async () => {
    const { context, uid } = keyless;
    await forgetTasks(keyless);
    const fromUser = external({ isFromUser: true, sender: null, startedAt: AT + 5 });
    const made = await context.externalConversations.create(uid, fromUser);
    const sent = (await processed(keyless, made.conversationId)).structured.action_items;
    expect(sent.find(({ description }) => /stage/.test(description))?.owner).toBe('user');
    await forgetTasks(keyless);
    const other = await context.externalConversations.create(uid, external({ startedAt: AT + 6 }));
    const received = (await processed(keyless, other.conversationId)).structured.action_items;
    expect(received.find(({ description }) => /stage/.test(description))?.owner).toBe('Ben Carter');
    expect(received.find(({ description }) => /list/.test(description))?.owner).toBe('user');
  });

  it('without a time is the same for ten minutes, and then another', async () => {
    const { context, uid } = keyless;
    const request = external({ startedAt: null, text: 'Water the plants on the balcony.' });
    const made = await Promise.all(
      Array.from({ length: 4 }, () => context.externalConversations.create(uid, request)),
    );
    expect(new Set(made.map(({ conversationId }) => conversationId)).size).toBe(1);
    expect(made.filter(({ status }) => status === 'added')).toHaveLength(1);
  });

  it.each([
    ['nothing', { text: ' \n ' }, 'bad-request'],
    ['times that run backwards', { finishedAt: AT - 1 }, 'bad-request'],
    ['too much', { text: 'word '.repeat(100_000) }, 'payload-too-large'],
  ])('of %s is refused', async (_, changes, code) => {
    const { context, uid } = keyless;
    const request = external({ ...changes, startedAt: AT });
    await expect(context.externalConversations.create(uid, request)).rejects.toMatchObject({
      code,
    });
  });
});
