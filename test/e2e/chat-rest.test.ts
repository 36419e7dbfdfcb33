import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askChat } from './chat-world.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface WireMessage {
  id: string;
  text: string;
  sender: string;
  rating: number | null;
}

let server: TestServer;
let other: string;
beforeAll(async () => {
  server = await startTestServer();
  const { id } = await server.context.accounts.createUser('other');
  other = (await server.context.accounts.createToken(id, 'test')).token;
});
afterAll(() => server.stop());

const list = async (query = '', token = server.token): Promise<WireMessage[]> =>
  (await server.api('GET', `/v2/messages${query}`, undefined, token)).body as WireMessage[];

describe('the messages of a chat', () => {
  it('begin with one greeting, and are listed newest first', async () => {
    const greeted = await list();
    expect(greeted).toMatchObject([{ sender: 'ai', files: [], memories: [] }]);
    expect(await list()).toEqual(greeted);
    const again = await server.api('POST', '/v2/initial-message?app_id=');
    expect(again.body).toMatchObject({ id: greeted[0]?.id, ask_for_nps: false });
    await askChat(server, 'What was said about rockets?', { query: '?app_id=null' });
    expect((await list()).map(({ sender }) => sender)).toEqual(['ai', 'human', 'ai']);
  });

  it('are those of one app each', async () => {
    await askChat(server, 'What was said about boats?', { query: '?app_id=sailor' });
    const own = await list('?app_id=sailor');
    expect(own.map(({ text }) => text)).toContain('What was said about boats?');
    expect(own.map(({ text }) => text)).not.toContain('What was said about rockets?');
    expect((await list()).map(({ text }) => text)).not.toContain('What was said about boats?');
    expect(await list('?plugin_id=sailor')).toEqual(own);
  });

  it('can be reported and rated', async () => {
    const [answer, question] = await list();
    const rated = () => list().then((all) => all.find(({ id }) => id === answer?.id)?.rating);
    expect(
      (await server.api('PATCH', `/v2/messages/${answer?.id}/rating`, { rating: 1 })).body,
    ).toEqual({ status: 'ok' });
    expect(await rated()).toBe(1);
    const thumb = `/v1/users/analytics/chat_message?message_id=${answer?.id}`;
    await server.api('POST', `${thumb}&value=-1&reason=not_helpful_or_irrelevant`);
    expect(await rated()).toBe(-1);
    await server.api('POST', `${thumb}&value=0`);
    expect(await rated()).toBeNull();
    expect(
      (await server.api('PATCH', `/v2/messages/${answer?.id}/rating`, { rating: 2 })).status,
    ).toBe(422);
    const report = (id: string | undefined, token = server.token) =>
      server.api('POST', `/v2/messages/${id}/report`, undefined, token);
    expect(await report(question?.id)).toEqual({
      status: 400,
      body: { detail: 'Only AI messages can be reported', code: 'bad-request' },
    });
    expect((await report(answer?.id, other)).status).toBe(404);
    expect((await report(answer?.id)).body).toEqual({ message: 'Message reported' });
    expect((await report(answer?.id)).body).toEqual({
      detail: 'Message already reported',
      code: 'bad-request',
    });
    expect((await list()).map(({ id }) => id)).not.toContain(answer?.id);
    expect((await report('nothing')).status).toBe(404);
  });

  it('can be shown by a link to anybody, but only one’s own', async () => {
    const [newest] = await list();
    const share = (ids: unknown[], token = server.token) =>
      server.api('POST', '/v2/messages/share', { message_ids: ids }, token);
    expect((await share([])).status).toBe(400);
    expect((await share(['nothing'])).status).toBe(404);
    expect((await share([newest?.id], other)).status).toBe(404);
    const { body } = await share([newest?.id]);
    const { token, url } = body as { token: string; url: string };
    expect(url).toBe(`${server.url}/shared/chat/${token}`);
    const shared = await fetch(`${server.url}/v2/messages/shared/${token}`);
    expect(await shared.json()).toMatchObject({
      sender_name: 'owner',
      messages: [{ id: newest?.id, text: newest?.text, sender: newest?.sender }],
      count: 1,
    });
    expect((await fetch(`${server.url}/v2/messages/shared/${'0'.repeat(32)}`)).status).toBe(404);
  });

  it('are part of the export of an account', async () => {
    const { body } = await server.api('GET', '/v1/users/export');
    const { chat_messages: exported } = body as { chat_messages: WireMessage[] };
    expect(exported.map(({ text }) => text)).toContain('What was said about boats?');
    expect(exported.length).toBeGreaterThan(4);
  });

  it('are counted, and deleted down to a greeting', async () => {
    expect((await server.api('GET', '/v1/users/stats/chat-messages')).body).toEqual({ count: 2 });
    const { body } = await server.api('DELETE', '/v2/messages?app_id=');
    expect(body).toMatchObject({ sender: 'ai', type: 'text' });
    expect(await list()).toHaveLength(1);
    expect((await list('?app_id=sailor')).length).toBeGreaterThan(1);
    expect((await server.api('DELETE', '/v1/messages?app_id=sailor')).status).toBe(200);
    expect(await list('?app_id=sailor')).toHaveLength(1);
  });

  it('refuse what is no message', async () => {
    const post = (body: unknown) => server.api('POST', '/v2/messages', body);
    expect((await post({})).status).toBe(422);
    expect((await post({ text: 'x', context: { type: 'general' } })).status).toBe(422);
    expect((await post({ text: 'x', file_ids: ['f'] })).status).toBe(404);
    expect((await fetch(`${server.url}/v2/messages`, { method: 'POST' })).status).toBe(401);
  });
});

describe('sessions', () => {
  it('are asked and listed apart from the main chat, and greet nobody', async () => {
    const made = await server.api('POST', '/v2/chat-sessions', {});
    const { id } = made.body as { id: string };
    expect(await list(`?session_id=${id}`)).toEqual([]);
    const asked = await askChat(server, 'Was anything said of walruses?', {
      query: `?session_id=${id}`,
    });
    expect(asked.done.text).toMatch(/found nothing/);
    const texts = (messages: { text: string }[]) => messages.map(({ text }) => text);
    expect(texts(await list(`?session_id=${id}`))).toContain('Was anything said of walruses?');
    expect(texts(await list())).not.toContain('Was anything said of walruses?');
    for (const session of ['of-another-user', id]) {
      const path = `/v2/messages?session_id=${session}`;
      expect((await server.api('GET', path, undefined, other)).status).toBe(404);
      expect((await server.api('POST', path, { text: 'x' }, other)).status).toBe(404);
      expect((await server.api('DELETE', path, undefined, other)).status).toBe(404);
    }
    await server.api('DELETE', `/v2/chat-sessions/${id}`);
  });
});

describe('sessions of a desktop', () => {
  it('hold messages that nothing answers', async () => {
    const made = await server.api('POST', '/v2/chat-sessions', { title: null });
    const { id } = made.body as { id: string };
    expect(made.body).toMatchObject({ title: 'New Chat', message_count: 0, starred: false });
    const path = `/v2/chat-sessions/${id}`;
    const greeting = await server.api('POST', '/v2/chat/initial-message', { session_id: id });
    expect(greeting.body).toMatchObject({
      message: expect.any(String),
      message_id: expect.any(String),
    });
    const text = 'Plan the trip to Lisbon with Ana and Ben please';
    await server.api('POST', '/v2/desktop/messages', { text, sender: 'human', session_id: id });
    // A session that the user does not have.
    const stray = { text, sender: 'human', session_id: 'of-another-user' };
    expect(await server.api('POST', '/v2/desktop/messages', stray)).toEqual({
      status: 404,
      body: { detail: 'Chat session not found', code: 'not-found' },
    });
    const messages = await server.api('GET', `/v2/desktop/messages?session_id=${id}`);
    expect(messages.body).toMatchObject([{ text, session_id: id }, { sender: 'ai' }]);
    expect((await list()).map((message) => message.text)).not.toContain(text);
    const titled = await server.api('POST', '/v2/chat/generate-title', {
      session_id: id,
      messages: [{ text, sender: 'human' }],
    });
    expect(titled.body).toEqual({ title: 'Plan the trip to Lisbon with' });
    await server.api('PATCH', path, { starred: true });
    const starred = await server.api('GET', '/v2/chat-sessions?starred=true');
    expect(starred.body).toMatchObject([{ id, message_count: 2, preview: text, starred: true }]);
    for (const method of ['GET', 'DELETE']) {
      expect((await server.api(method, path, undefined, other)).status).toBe(404);
    }
    expect((await server.api('DELETE', path)).body).toEqual({ status: 'ok' });
    expect((await server.api('GET', path)).body).toEqual({
      detail: 'Chat session not found',
      code: 'not-found',
    });
    expect((await server.api('GET', `/v2/desktop/messages?session_id=${id}`)).body).toEqual([]);
  });
});
