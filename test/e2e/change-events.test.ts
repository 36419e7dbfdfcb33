import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventReader } from './event-reader.ts';
import { ListenClient } from './listen-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

describe('change events', () => {
  let server: TestServer;
  const open: EventReader[] = [];

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(async () => {
    for (const reader of open) reader.close();
    await server?.stop();
  });

  async function follow(lastId?: string, token = server.token): Promise<EventReader> {
    const reader = await EventReader.open(`${server.url}/v1/events`, {
      authorization: `Bearer ${token}`,
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    });
    open.push(reader);
    return reader;
  }

  it('tells each step of a conversation, and the task and memory that come out of it', async () => {
    const events = await follow();
    expect((await events.next())?.event).toBe('ready');
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      custom_stt: 'enabled',
    });
    await client.ready();
    client.suggest([
      { text: 'My name is Ada and I am allergic to peanuts.', start: 0, end: 4 },
      { text: 'I will send the report to Ben tomorrow.', start: 5, end: 9 },
    ]);
    await client.until(() => client.segments.size > 0);
    const { body } = await server.api('POST', '/v1/conversations', {});
    const { id } = (body as { conversation: { id: string } }).conversation;
    await client.close();

    const statuses: unknown[] = [];
    await events.until(({ data }) => {
      if (data.kind === 'conversation' && data.id === id) statuses.push(data.status);
      return statuses.at(-1) === 'completed';
    });
    expect(statuses[0]).toBe('in_progress');
    expect(new Set(statuses).size).toBeGreaterThan(1);
  });

  it('tells a task that was added, changed and deleted', async () => {
    const events = await follow();
    const { body } = await server.api('POST', '/v1/action-items', { description: 'Buy milk' });
    const { id } = body as { id: string };
    const own = ({ data }: { data: Record<string, unknown> }) => data.id === id;
    expect((await events.until(own)).data).toEqual({
      kind: 'action_item',
      id,
      deleted: false,
      status: null,
    });
    await server.api('DELETE', `/v1/action-items/${id}`);
    const deleted = await events.until((event) => own(event) && event.data.deleted === true);
    expect(deleted.data.kind).toBe('action_item');
  });

  it('tells after a reconnect what happened meanwhile, and nothing before it', async () => {
    const first = await follow();
    await first.next();
    await server.api('POST', '/v3/memories', { content: 'Likes tea in the morning.' });
    const seen = await first.until(({ event }) => event === 'change');
    first.close();
    const { body } = await server.api('POST', '/v3/memories', { content: 'Plays the cello.' });
    const again = await follow(seen.id);
    expect((await again.next())?.event).toBe('ready');
    const missed = await again.next();
    expect(missed?.data).toMatchObject({ kind: 'memory', id: (body as { id: string }).id });
  });

  it('ends with what was missed if the client does not read streams', async () => {
    const first = (await server.api('GET', '/v1/events')).body as string;
    const { body } = await server.api('POST', '/v3/memories', { content: 'Rides a red bicycle.' });
    const lastId = /^id: (.+)$/m.exec(first)?.[1] ?? '';
    const missed = (await server.api('GET', `/v1/events?last_event_id=${lastId}`)).body as string;
    expect(first).not.toContain('event: change');
    expect(missed).toContain(`"id":"${(body as { id: string }).id}"`);
  });

  it('asks a client to load everything again if it cannot tell what was missed', async () => {
    const events = await follow('another-process-12');
    expect((await events.next())?.event).toBe('reset');
  });

  it("tells nobody of another user's changes", async () => {
    const { id } = await server.context.accounts.createUser('b');
    const { token } = await server.context.accounts.createToken(id, 'test');
    const events = await follow(undefined, token);
    await events.next();
    await server.api('POST', '/v1/action-items', { description: 'Not for b' });
    await server.api('POST', '/v1/action-items', { description: 'For b' }, token);
    const event = await events.next();
    const { body } = await server.api('GET', '/v1/action-items', undefined, token);
    const own = (body as { action_items: { id: string }[] }).action_items[0];
    expect(event?.data.id).toBe(own?.id);
  });

  it('refuses a user with too many streams, and ends streams when the server stops', async () => {
    const { id } = await server.context.accounts.createUser('c');
    const { token } = await server.context.accounts.createToken(id, 'test');
    const streams = await Promise.all(Array.from({ length: 20 }, () => follow(undefined, token)));
    await expect(follow(undefined, token)).rejects.toThrow('status 429');
    await server.stop();
    for (const stream of streams) while ((await stream.next()) !== null);
  });
});
