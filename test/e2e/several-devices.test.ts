import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { ListenClient } from './listen-client.ts';
import { TEXT_SESSION } from './misbehaviour.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface WireConversation {
  id: string;
  status: string;
  transcript_segments: { text: string }[];
}

let server: TestServer;
const open = new Set<ListenClient>();
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const client of open) client.socket.terminate();
  open.clear();
  await vi.waitFor(() => expect(server.context.transcription.sessionCount).toBe(0), 10_000);
  for (const { id } of await inProgress()) {
    await server.api('POST', `/v1/conversations/${id}/finalize`, {});
    await server.api('DELETE', `/v1/conversations/${id}`);
  }
});

async function connect(query: Record<string, string> = {}, device?: string): Promise<ListenClient> {
  const headers = device === undefined ? {} : { 'x-device-id-hash': device };
  const client = await ListenClient.connect(
    server.wsUrl,
    server.token,
    { ...TEXT_SESSION, ...query },
    '/v4/listen',
    headers,
  );
  open.add(client);
  await client.ready();
  return client;
}

async function say(client: ListenClient, text: string, start = 1): Promise<void> {
  client.suggest([{ text, start, end: start + 2 }]);
  await client.until(() => client.text().includes(text));
}

/** The ids of the conversations that the client was told to speak into, in order. */
function told(client: ListenClient): unknown[] {
  return client.events
    .filter(({ type }) => type === 'conversation_session')
    .map(({ conversation_id }) => conversation_id);
}

async function wordsOf(id: unknown): Promise<string> {
  const { body } = await server.api('GET', `/v1/conversations/${id}`);
  return (body as WireConversation).transcript_segments.map(({ text }) => text).join(' ');
}

async function inProgress(): Promise<WireConversation[]> {
  const { body } = await server.api('GET', '/v1/conversations?statuses=in_progress');
  return body as WireConversation[];
}

describe('two devices of one user', () => {
  it.each<[string, [Record<string, string>, string?], [Record<string, string>, string?]]>([
    ['that name themselves', [{}, 'device-a'], [{}, 'device-b']],
    ['of different kinds', [{ source: 'phone' }], [{ source: 'desktop' }]],
    ['that cannot be told apart', [{}], [{}]],
  ])('%s never share one open conversation', async (_name, one, two) => {
    const first = await connect(...one);
    await say(first, 'The first device hears this.');
    const second = await connect(...two);
    await say(second, 'The second one hears something else.');
    await say(first, 'And the first goes on.', 5);
    const [a] = told(first);
    const [b] = told(second);
    expect(a).not.toBe(b);
    expect(await wordsOf(a)).toBe('The first device hears this. And the first goes on.');
    expect(await wordsOf(b)).toBe('The second one hears something else.');
  });

  it('each go on in their own conversation when they connect again', async () => {
    const ids: Record<string, unknown> = {};
    for (const round of ['One', 'Two']) {
      for (const device of ['device-a', 'device-b']) {
        const client = await connect({}, device);
        await say(client, `${round} of ${device}.`);
        const [id] = told(client);
        expect(id).toBe(ids[device] ?? id);
        ids[device] = id;
        await client.close();
      }
    }
    expect(ids['device-a']).not.toBe(ids['device-b']);
    expect(await wordsOf(ids['device-a'])).toBe('One of device-a. Two of device-a.');
  });

  it('end the conversation of the one that asks', async () => {
    const first = await connect({}, 'device-a');
    await say(first, 'The first device hears this.');
    const second = await connect({}, 'device-b');
    await say(second, 'The second one hears something else.');
    const response = await fetch(`${server.url}/v1/conversations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'x-device-id-hash': 'device-a' },
    });
    const ended = (await response.json()) as { conversation: WireConversation };
    expect(ended.conversation.id).toBe(told(first)[0]);
    expect((await inProgress()).map(({ id }) => id)).toContain(told(second)[0]);
  });

  it('is one device if its old connection does not answer any more', async () => {
    const lost = await connect();
    await say(lost, 'Said before the network went.');
    // It neither reads nor closes, as a phone that has left its network.
    lost.socket.pause();
    const back = await connect();
    await say(back, 'Said when it came back.', 9);
    expect(told(back)).toEqual(told(lost));
    lost.socket.resume();
  });
});

describe('client_conversation_id', () => {
  it('is the id of the conversation, over connections, until it is finalised', async () => {
    const id = randomUUID();
    const query = { client_conversation_id: id.toUpperCase() };
    const first = await connect(query);
    expect(told(first)).toEqual([id]);
    await say(first, 'Said over the first connection.');
    await first.close();
    const other = await connect();
    expect(told(other)).not.toContain(id);
    const second = await connect(query);
    expect(told(second)).toEqual([id]);
    await say(second, 'Said over the second.');
    const finalised = await server.api('POST', `/v1/conversations/${id}/finalize`, {});
    expect(finalised.status).toBe(200);
    const { conversation, messages } = finalised.body as {
      conversation: WireConversation;
      messages: unknown[];
    };
    expect(messages).toEqual([]);
    expect(conversation.id).toBe(id);
    expect(['processing', 'completed']).toContain(conversation.status);
    expect(await wordsOf(id)).toBe('Said over the first connection. Said over the second.');
    // The socket goes on in a conversation of the server's own id, and is told.
    await second.until(() => told(second).length === 2);
    expect(told(second)[1]).not.toBe(id);
    await say(second, 'Said afterwards.');
    expect(await wordsOf(told(second)[1])).toBe('Said afterwards.');
    await second.close();
    const third = await connect(query);
    expect(told(third)).toEqual([told(second)[1]]);
    const again = await server.api('POST', `/v1/conversations/${id}/finalize`);
    expect(again).toMatchObject({ status: 200, body: { conversation: { id } } });
  });

  it.each(['not-a-uuid', '', '../../etc/passwd', `${randomUUID()}0`])(
    'is ignored if it is %j',
    async (client_conversation_id) => {
      const client = await connect({ client_conversation_id });
      await say(client, 'Said under an id of the server.');
      const [id] = told(client);
      expect(id).toMatch(/^[0-9a-f-]{36}$/u);
      expect(id).not.toBe(client_conversation_id);
    },
  );

  it("is the user's own: the same id of somebody else is another conversation", async () => {
    const id = randomUUID();
    const mine = await connect({ client_conversation_id: id });
    await say(mine, 'My own words.');
    const { accounts } = server.context;
    const user = await accounts.createUser('Other');
    const { token } = await accounts.createToken(user.id, 'test');
    const theirs = await ListenClient.connect(server.wsUrl, token, {
      ...TEXT_SESSION,
      client_conversation_id: id,
    });
    open.add(theirs);
    await theirs.ready();
    expect(told(theirs)).toEqual([id]);
    const found = await server.api('GET', `/v1/conversations/${id}`, undefined, token);
    expect(JSON.stringify(found.body)).not.toContain('My own words');
    const before = await server.api('POST', `/v1/conversations/${id}/finalize`, {}, token);
    expect(before.status).toBe(404);
    expect(await wordsOf(id)).toBe('My own words.');
  });

  it('says 404 of a conversation that is not there', async () => {
    const answer = await server.api('POST', `/v1/conversations/${randomUUID()}/finalize`, {});
    expect(answer).toEqual({
      status: 404,
      body: { detail: 'Conversation not found', code: 'not-found' },
    });
  });

  it('comes with the device in the first message of the web socket', async () => {
    const id = randomUUID();
    const url = `${server.wsUrl}/v4/web/listen?custom_stt=enabled&client_conversation_id=${id}`;
    const socket = new WebSocket(url);
    const frames: string[] = [];
    socket.on('message', (data) => frames.push(data.toString()));
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ type: 'auth', token: server.token, device_id_hash: 'web-1' }));
    await vi.waitFor(() => expect(frames.join()).toContain('conversation_session'), 10_000);
    const frame = frames.find((text) => text.includes('conversation_session')) ?? '';
    expect(JSON.parse(frame)).toEqual({
      type: 'conversation_session',
      conversation_id: id,
      recording_session_id: expect.any(String),
      status: 'in_progress',
    });
    socket.close();
  });
});

describe('a client that leaves without a word', () => {
  it('leaves no empty conversation behind', async () => {
    const client = await connect();
    expect(await inProgress()).toHaveLength(1);
    await client.close();
    await vi.waitFor(async () => expect(await inProgress()).toEqual([]), 10_000);
  });

  it('leaves none either after it has ended a conversation', async () => {
    const id = randomUUID();
    const client = await connect({ client_conversation_id: id });
    await say(client, 'The hedge needs cutting.');
    await server.api('POST', `/v1/conversations/${id}/finalize`, {});
    await client.close();
    await vi.waitFor(async () => expect(await inProgress()).toEqual([]), 10_000);
    expect(await wordsOf(id)).toContain('hedge');
  });

  it('takes nothing from another connection of the same device', async () => {
    const [first, second] = [await connect({}, 'pendant'), await connect({}, 'pendant')];
    await second.close();
    await vi.waitFor(() => expect(server.context.transcription.sessionCount).toBe(1), 10_000);
    await say(first, 'It is still being said here.');
    const [open] = await inProgress();
    expect(await wordsOf(open?.id)).toContain('still being said');
  });
});
