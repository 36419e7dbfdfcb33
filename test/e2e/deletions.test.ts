import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversationFolder } from '../../src/conversations/recording-keys.ts';
import { chatFiles } from '../../src/model/chat/chat-file.ts';
import { conversations, transcriptChunks } from '../../src/model/conversations/conversation.ts';
import { deletedParts, deletions } from '../../src/model/deletion.ts';
import { memories } from '../../src/model/memory.ts';
import { eventually } from '../fixtures/eventually.ts';
import { askChat, uploadFiles } from './chat-world.ts';
import { fillConsoleWorld } from './console/console-world.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const MINUTE_MS = 60_000;

describe('undoing deletions', () => {
  let server: TestServer;
  /** How far the server's clock is ahead, milliseconds. */
  let ahead = 0;

  beforeAll(async () => {
    const clock = { now: () => Date.now() + ahead };
    server = await startTestServer({}, undefined, undefined, clock);
    await fillConsoleWorld(server.context.store, server.uid, Date.now());
  });
  afterAll(async () => {
    await server.stop();
  });

  const get = async (path: string) => (await server.api('GET', path)).body;
  /** The ids of these conversations are words, which the routes take for parts of a path. */
  const removeConversation = (id: string, cascade = false) =>
    server.context.conversations.delete(server.uid, id, { cascade });
  const restore = (kind: string, id: string) =>
    server.api('POST', `/v1/deletions/${kind}/${id}/restore`);
  const found = async (query: string) => {
    const { body } = await server.api('POST', '/v1/conversations/search', { query });
    return (body as { items: { id: string }[] }).items.map(({ id }) => id);
  };

  it('brings back a conversation with its words, tasks, memories, folder and audio', async () => {
    const { store, blobs, blobLinks } = server.context;
    const key = `${conversationFolder(server.uid, 'market')}part.wav`;
    await blobs.put(key, Buffer.from('audio'));
    const { body: folder } = await server.api('POST', '/v1/folders', { name: 'Town' });
    const folderId = (folder as { id: string }).id;
    await server.api('PATCH', '/v1/conversations/market/folder', { folder_id: folderId });
    const link = new URL(await blobLinks.urlOf(key, server.url));
    const before = await get('/v1/conversations/market');
    const tasks = await get('/v1/action-items?conversation_id=market');
    await eventually(async () => expect(await found('insurance')).toEqual(['market']));

    await removeConversation('market', true);
    expect((await server.api('GET', '/v1/conversations/market')).status).toBe(404);
    expect(await found('insurance')).toEqual([]);
    expect(JSON.stringify(await get('/v1/action-items'))).not.toContain('market-task');
    expect(JSON.stringify(await get('/v3/memories'))).not.toContain('Porto');
    expect(JSON.stringify(await get('/v1/users/export'))).not.toContain('brass band');
    expect((await fetch(link)).status).toBe(404);
    expect(await get('/v1/deletions')).toMatchObject({
      deletions: [{ kind: 'conversation', id: 'market' }],
    });

    expect((await restore('conversation', 'market')).status).toBe(200);
    const after = (await get('/v1/conversations/market')) as Record<string, unknown>;
    expect({ ...after, updated_at: null }).toEqual({ ...(before as object), updated_at: null });
    expect(await get('/v1/action-items?conversation_id=market')).toEqual(tasks);
    expect(JSON.stringify(await get('/v3/memories'))).toContain('Porto');
    expect(await get('/v1/folders')).toContainEqual(
      expect.objectContaining({ id: folderId, conversation_count: 1 }),
    );
    expect((await fetch(link)).status).toBe(200);
    await eventually(async () => expect(await found('insurance')).toEqual(['market']));
    expect(await get('/v1/deletions')).toEqual({ deletions: [] });
    expect((await restore('conversation', 'market')).status).toBe(404);
    expect(
      (await store.query(deletedParts, server.uid, { query: 'ofDeletion', limit: 1 })).items,
    ).toEqual([]);
  });

  it('brings back a task also inside its conversation', async () => {
    const before = await get('/v1/action-items/lighthouse-task-0');
    await server.api('DELETE', '/v1/action-items/lighthouse-task-0');
    expect(JSON.stringify(await get('/v1/conversations/lighthouse'))).not.toContain(
      'two offers for',
    );
    expect((await restore('action_item', 'lighthouse-task-0')).status).toBe(200);
    expect(await get('/v1/action-items/lighthouse-task-0')).toEqual(before);
    expect(JSON.stringify(await get('/v1/conversations/lighthouse'))).toContain('two offers for');
    await eventually(async () => expect(await found('two offers')).toContain('lighthouse'));
  });

  it('brings back a memory, but not over one that was added again', async () => {
    const { body } = await server.api('POST', '/v3/memories', { content: 'Plays the viola.' });
    const { id } = body as { id: string };
    await server.api('DELETE', `/v3/memories/${id}`);
    expect((await restore('memory', id)).status).toBe(200);
    expect(JSON.stringify(await get('/v3/memories'))).toContain('viola');
    await server.api('DELETE', `/v3/memories/${id}`);
    await server.api('POST', '/v3/memories', { content: 'Plays the viola.' });
    expect((await restore('memory', id)).status).toBe(409);
  });

  it('brings back all memories, except for those that were added again meanwhile', async () => {
    const contents = Array.from({ length: 250 }, (_, index) => `Knows song number ${index}.`);
    for (let at = 0; at < contents.length; at += 100) {
      const memories = contents.slice(at, at + 100).map((content) => ({ content }));
      await server.api('POST', '/v3/memories/batch', { memories });
    }
    const all = async () => (await get('/v3/memories?limit=5000')) as { id: string }[];
    const ids = async () => (await all()).map(({ id }) => id).sort();
    const before = await ids();
    const { body } = await server.api('DELETE', '/v3/memories');
    const { deletion_id: deletion } = body as { deletion_id: string };
    expect(await all()).toEqual([]);
    await server.api('POST', '/v3/memories', { content: 'Knows song number 7.' });
    // A second time keeps its own; the first stays.
    await server.api('DELETE', '/v3/memories');
    await server.api('POST', '/v3/memories', { content: 'Knows song number 7.', tags: ['newer'] });
    expect((await restore('memories', deletion)).status).toBe(200);
    expect(await ids()).toEqual(before);
    expect(await all()).toContainEqual(expect.objectContaining({ tags: ['newer'] }));
    expect((await restore('memories', deletion)).status).toBe(404);
    expect(await found('song number 249')).toEqual([]);
    const { body: hits } = await server.api('GET', '/memory/search?query=song+number+249&limit=1');
    expect(hits).toMatchObject({ items: [{ content: 'Knows song number 249.' }] });
  });

  it('brings back a person with the name', async () => {
    await server.context.people.deletePerson(server.uid, 'mila');
    expect((await server.api('GET', '/v1/users/people/mila')).status).toBe(404);
    expect((await restore('person', 'mila')).status).toBe(200);
    expect(await get('/v1/users/people/mila')).toMatchObject({ name: 'Mila' });
  });

  it('brings back a chat with what was said in it and its files, or erases them', async () => {
    const { store, blobs } = server.context;
    const session = (await server.api('POST', '/v2/chat-sessions', { title: 'Trip' })).body;
    const { id } = session as { id: string };
    const files = await uploadFiles(server, { 'notes.txt': 'The ferry leaves at noon.' });
    const question = 'When does the ferry leave, by the file?';
    await askChat(server, question, {
      query: `?session_id=${id}`,
      files: files.body.map((file) => file.id),
    });
    const said = async () =>
      (await server.api('GET', `/v2/messages?session_id=${id}`)) as {
        status: number;
        body: { text: string; files: { name: string }[] }[];
      };
    const before = await said();
    expect(before.body.map(({ text }) => text)).toContain(question);
    const { items } = await store.query(chatFiles, server.uid, { query: 'recent', limit: 1 });
    const key = items[0]?.blobKey ?? '';
    await server.api('DELETE', `/v2/chat-sessions/${id}`);
    expect((await said()).status).toBe(404);
    expect((await store.query(chatFiles, server.uid, { query: 'recent', limit: 1 })).items).toEqual(
      [],
    );
    expect(await blobs.head(key)).toBeDefined();
    expect((await restore('chat_session', id)).status).toBe(200);
    expect(await said()).toEqual(before);
    expect(await get('/v2/chat-sessions')).toMatchObject([{ id, title: 'Trip' }]);
    await server.api('DELETE', `/v2/chat-sessions/${id}`);
    expect((await server.api('DELETE', `/v1/deletions/chat_session/${id}`)).status).toBe(204);
    expect(await blobs.head(key)).toBeUndefined();
    expect((await restore('chat_session', id)).status).toBe(404);
  });

  it('shows and brings back nothing of another user', async () => {
    await removeConversation('choir');
    const { accounts } = server.context;
    const other = await accounts.createToken((await accounts.createUser('other')).id, 'test');
    const answer = await server.api(
      'POST',
      '/v1/deletions/conversation/choir/restore',
      undefined,
      other.token,
    );
    expect(answer.status).toBe(404);
    const list = await server.api('GET', '/v1/deletions', undefined, other.token);
    expect(list.body).toEqual({ deletions: [] });
    expect((await restore('conversation', 'choir')).status).toBe(200);
  });

  it('erases documents and audio when the time is over, by itself', async () => {
    const { store, blobs, jobWorker } = server.context;
    const key = `${conversationFolder(server.uid, 'physio')}part.wav`;
    await blobs.put(key, Buffer.from('audio'));
    await removeConversation('physio');
    expect(await blobs.head(key)).toBeDefined();
    expect(await store.find(deletions, server.uid, 'conversation:physio')).toBeDefined();
    ahead = 11 * MINUTE_MS;
    expect((await restore('conversation', 'physio')).status).toBe(404);
    expect(jobWorker).toBeDefined();
    await eventually(async () => {
      expect(await blobs.head(key)).toBeUndefined();
      expect(await store.find(deletions, server.uid, 'conversation:physio')).toBeUndefined();
      const left = await store.query(deletedParts, server.uid, {
        query: 'ofDeletion',
        filters: { deletionId: 'conversation:physio' },
        limit: 1,
      });
      expect(left.items).toEqual([]);
    });
    ahead = 0;
  });

  it('erases at once if asked to', async () => {
    await removeConversation('arabic');
    expect((await server.api('DELETE', '/v1/deletions/conversation/arabic')).status).toBe(204);
    expect((await restore('conversation', 'arabic')).status).toBe(404);
    expect((await server.api('DELETE', '/v1/deletions/conversation/arabic')).status).toBe(404);
  });

  it('leaves nothing behind when the account is deleted meanwhile', async () => {
    const { store } = server.context;
    const { uid } = server;
    await removeConversation('lighthouse', true);
    await server.api('DELETE', '/v1/users/delete-account');
    for (const collection of [deletions, deletedParts, conversations, transcriptChunks, memories]) {
      const [query] = Object.keys(collection.queries);
      const page = await store.query(collection as typeof deletions, uid, {
        query: query as 'recent',
        limit: 1,
      });
      expect(page.items, collection.name).toEqual([]);
    }
  });
});

describe('a server that keeps no deletions', () => {
  it('erases at once', async () => {
    const server = await startTestServer({ UNDO_DELETE_MINUTES: '0' });
    await fillConsoleWorld(server.context.store, server.uid, Date.now());
    await server.context.conversations.delete(server.uid, 'market', { cascade: true });
    await server.api('DELETE', '/v1/action-items/lighthouse-task-0');
    expect((await server.api('GET', '/v1/deletions')).body).toEqual({ deletions: [] });
    const { status } = await server.api('POST', '/v1/deletions/conversation/market/restore');
    expect(status).toBe(404);
    await server.stop();
  });
});
