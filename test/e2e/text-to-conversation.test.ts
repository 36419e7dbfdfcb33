import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient } from './listen-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface WireConversation {
  id: string;
  status: string;
  discarded: boolean;
  structured: {
    title: string;
    overview: string;
    overview_evidence: { start: number; end: number; segment_ids: string[] }[];
    category: string;
    action_items: { description: string; segment_ids: string[] }[];
  };
  transcript_segments: { id: string; text: string; start: number; end: number }[];
  processing: { engine: string; model_error: string | null };
}

const TALK = [
  {
    speaker: 'SPEAKER_00',
    is_user: true,
    text: 'Thanks for joining. The purpose of this call is to plan the garden fence project.',
  },
  {
    speaker: 'SPEAKER_01',
    is_user: false,
    text: 'The fence on the north side is rotten, so we should replace every panel before winter.',
  },
  {
    speaker: 'SPEAKER_00',
    is_user: true,
    text: 'I will order the cedar panels from the sawmill tomorrow.',
  },
  {
    speaker: 'SPEAKER_01',
    is_user: false,
    text: 'Great. Can you send me the measurements of the north side by Friday?',
  },
  {
    speaker: 'SPEAKER_00',
    is_user: true,
    text: 'Yes, I will send you the measurements. The fence project should cost about nine hundred euros.',
  },
  {
    speaker: 'SPEAKER_01',
    is_user: false,
    text: 'The neighbours agreed to pay half of the fence, which helps a lot.',
  },
];

describe('a client that transcribes by itself', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  it('sees its words live, and afterwards has a conversation that can be found', async () => {
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      custom_stt: 'enabled',
      language: 'en',
      source: 'phone',
    });
    await client.ready();
    expect(client.frames[0]).toBe('ping');
    expect(client.statuses()).toEqual([
      'initiating',
      'in_progress_conversations_processing',
      'stt_initiating',
      'ready',
    ]);
    for (const [i, turn] of TALK.entries()) {
      client.suggest([{ ...turn, start: 10 + i * 8, end: 17 + i * 8 }]);
    }
    await client.until(() => client.text().includes('neighbours'));

    // Findable before it is completed.
    const early = await server.api('POST', '/v1/conversations/search', { query: 'cedar panels' });
    expect((early.body as { items: unknown[] }).items).toHaveLength(1);

    const ended = await server.api('POST', '/v1/conversations', {});
    expect(ended.status).toBe(200);
    const { conversation } = ended.body as { conversation: WireConversation };
    expect(conversation.status).toBe('completed');
    expect(conversation.discarded).toBe(false);
    expect(conversation.structured.title).toMatch(/fence/i);
    expect(conversation.structured.overview).not.toBe('');
    expect(conversation.processing).toMatchObject({ engine: 'rules', model_error: null });
    expect(conversation.transcript_segments.map((s) => s.text).join(' ')).toContain('cedar panels');
    expect(conversation.transcript_segments[0]).toMatchObject({ start: 0 });
    const { overview, overview_evidence: told } = conversation.structured;
    expect(told.length).toBeGreaterThan(0);
    for (const { start, end, segment_ids: ids } of told) {
      expect(overview.slice(start, end)).toMatch(/\S[.?!]$/);
      const said = conversation.transcript_segments.filter(({ id }) => ids.includes(id));
      expect(said).toHaveLength(ids.length);
    }
    const items = conversation.structured.action_items;
    expect(items.map((item) => item.description).join('\n')).toMatch(/cedar panels/i);
    const segmentIds = new Set(conversation.transcript_segments.map((s) => s.id));
    for (const item of items) {
      expect(item.segment_ids.length).toBeGreaterThan(0);
      for (const id of item.segment_ids) expect(segmentIds).toContain(id);
    }

    await client.until(() => client.events.some((event) => event.type === 'memory_created'));
    expect(client.events.map((event) => event.type)).toContain('memory_processing_started');
    const found = await server.api('POST', '/v1/conversations/search', {
      query: 'neighbours agreed to pay half',
    });
    expect((found.body as { items: WireConversation[] }).items[0]?.id).toBe(conversation.id);
    const tasks = await server.api('GET', '/v1/action-items');
    expect((tasks.body as { action_items: unknown[] }).action_items).toHaveLength(items.length);
    await client.close();
  });

  it('goes on in a new conversation after the end of the first', async () => {
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      custom_stt: 'enabled',
      conversation_timeout: '2',
    });
    await client.ready();
    client.suggest([{ text: TALK[1]?.text ?? '', start: 0, end: 5 }]);
    await client.until(() => client.segments.size === 1);
    // The server ends it after its idle time, whoever is connected.
    await client.until(() => client.events.some((event) => event.type === 'memory_created'));
    client.suggest([{ text: 'This belongs to another conversation entirely.', start: 6, end: 9 }]);
    await client.until(() => client.text().includes('another conversation'));
    await client.close();
    const list = await server.api(
      'GET',
      '/v1/conversations?statuses=in_progress,completed,processing',
    );
    const conversations = list.body as WireConversation[];
    const texts = conversations.map((c) => c.transcript_segments.map((s) => s.text).join(' '));
    expect(texts.filter((text) => text.includes('rotten'))).toHaveLength(2);
    const current = await server.api('GET', '/v1/conversations?statuses=in_progress&limit=1');
    expect(JSON.stringify(current.body)).toContain('another conversation');
  });

  it('removes a conversation that nobody spoke in', async () => {
    const { api } = server;
    await api('POST', '/v1/conversations', {});
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      custom_stt: 'enabled',
      conversation_timeout: '2',
    });
    await client.ready();
    const before = await api('GET', '/v1/conversations?statuses=in_progress');
    // Newest first; clients that have left may have one that waits for its end.
    const [own] = before.body as WireConversation[];
    expect(own?.transcript_segments).toEqual([]);
    await client.close();
    await expect
      .poll(async () => (await api('GET', `/v1/conversations/${own?.id}`)).status)
      .toBe(404);
  });
});
