import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  conversations,
  emptyStructured,
  makeConversation,
  transcriptChunks,
} from '../../src/model/conversations/conversation.ts';
import { makeSegment } from '../../src/model/conversations/transcript-segment.ts';
import { SqliteSearchIndex } from '../../src/search/adapters/sqlite/sqlite-search-index.ts';
import { searchChanged } from '../../src/search/search-changed.ts';
import { encodeTranscript } from '../../src/transcripts/transcript.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { PineconeSimulator } from '../simulators/pinecone-simulator.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const NOW = Date.parse('2026-05-01T10:00:00Z');

/** The story of search, with vectors at Pinecone: found, cited, deleted, and nothing left behind. */
describe('search with SEARCH=pinecone', () => {
  let pinecone: PineconeSimulator;
  let openai: OpenAiSimulator;
  let server: TestServer;

  beforeAll(async () => {
    pinecone = await PineconeSimulator.start({ dimension: 3072 });
    openai = await OpenAiSimulator.start({ dimensions: 3072 });
    server = await startTestServer({
      SEARCH: 'pinecone',
      PRIVATE: 'true',
      PINECONE_API_KEY: 'pinecone-key',
      PINECONE_INDEX_NAME: 'memories',
      PINECONE_BASE_URL: pinecone.baseUrl,
      OPENAI_BASE_URL: openai.baseUrl,
    });
  });
  afterAll(async () => {
    await server.stop();
    await pinecone.close();
    await openai.close();
  });

  async function add(id: string, title: string, ...lines: string[]): Promise<void> {
    const segments = lines.map((text, i) => {
      const times = { startMs: i * 9000, endMs: i * 9000 + 8000 };
      return makeSegment({ id: `${id}-s${i}`, text, isUser: i % 2 === 0, ...times });
    });
    const chunks = await encodeTranscript(id, segments);
    const base = makeConversation({ id, createdAt: NOW, status: 'completed' });
    const structured = { ...emptyStructured(), title };
    await server.context.store.transact((tx) => {
      const conversation = { ...base, structured, transcriptChunks: chunks.length };
      tx.create(conversations, server.uid, conversation);
      for (const chunk of chunks) tx.create(transcriptChunks, server.uid, chunk);
      searchChanged(tx, server.uid, 'conversation', id, Date.now());
    });
  }

  async function settle(): Promise<void> {
    await server.context.searchFeed.catchUp(server.uid);
    const { searchIndex } = server.context;
    if (searchIndex instanceof SqliteSearchIndex) await searchIndex.embedded();
  }

  const search = async (query: string) => {
    const answer = await server.api('POST', '/v1/conversations/search', { query });
    return (answer.body as { items: { id: string; matches: object[] }[] }).items;
  };
  const idsIn = (namespace: string) => [...(pinecone.records.find(namespace)?.keys() ?? [])];

  it('tells of the passage, by words and meaning', async () => {
    await add(
      'fence',
      'Garden fence',
      'The fence is rotten.',
      'The sawmill delivers cedar panels.',
    );
    await add('boat-1', 'Boat trip', 'We sail to the island on Sunday.');
    await settle();
    expect(idsIn('ns1').sort()).toEqual([`${server.uid}-boat-1`, `${server.uid}-fence`]);
    const [first] = await search('what does the sawmill deliver');
    expect(first).toMatchObject({
      id: 'fence',
      matches: [{ segment_ids: ['fence-s1'], matched: ['words', 'meaning'] }],
    });
  });

  it('answers by words while Pinecone fails, and reports it', async () => {
    pinecone.fault = 'unauthorized';
    const [first] = await search('sawmill');
    expect(first).toMatchObject({ id: 'fence', matches: [{ matched: ['words'] }] });
    await expect(server.context.searchIndex.check()).rejects.toThrow(/PINECONE_API_KEY/);
    pinecone.fault = 'none';
    await server.context.searchIndex.check();
  });

  it('forgets a conversation, and with the account everything', async () => {
    expect((await server.api('DELETE', '/v1/conversations/boat-1')).status).toBe(204);
    await settle();
    expect(idsIn('ns1')).toEqual([`${server.uid}-fence`]);
    expect(idsIn('transcript-windows')).toEqual([`${server.uid}-fence:0`]);
    await server.context.deletion.deleteAccount(server.uid);
    expect(idsIn('ns1')).toEqual([]);
    expect(idsIn('transcript-windows')).toEqual([]);
  });
});
