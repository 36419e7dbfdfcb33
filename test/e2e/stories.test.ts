import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { users } from '../../src/model/accounts/user.ts';
import { GLOBAL } from '../../src/model/collection.ts';
import { CLOUD_DIMENSIONS, CloudEngines } from '../fixtures/cloud-engines.ts';
import { hasFirestoreEmulator } from '../fixtures/firestore-emulator.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface WireConversation {
  id: string;
  status: string;
  structured: { title: string; action_items: { description: string }[] };
  transcript_segments: { id: string; text: string }[];
  processing: { engine: string; model_error: string | null };
}

/** Engines that the stories are told on. */
interface Engines {
  env: Record<string, string>;
  /** What of a user can be found beside the store; empty if the store is all that there is. */
  leftOf(uid: string): Promise<string[]>;
  stop(): Promise<void>;
}

const nothingElse = { leftOf: async () => [], stop: async () => undefined };
const firestoreEnv = { STORE: 'firestore', FIREBASE_PROJECT_ID: `test-${randomUUID()}` };
const clouds = await CloudEngines.start();

describe('with the engines: embedded', () => tellStories({ env: {}, ...nothingElse }));
describe.skipIf(!hasFirestoreEmulator())('with the engines: firestore', () =>
  tellStories({ env: firestoreEnv, ...nothingElse }),
);
describe.skipIf(clouds === null)('with the engines: all clouds at once', () => {
  if (clouds) tellStories(clouds);
});

function tellStories(engines: Engines): void {
  let simulator: OpenAiSimulator;
  let server: TestServer;
  beforeAll(async () => {
    const dimensions = CLOUD_DIMENSIONS;
    simulator = await OpenAiSimulator.start({ apiKey: 'test-key', dimensions });
    server = await startTestServer({
      OPENAI_API_KEY: 'test-key',
      OPENAI_BASE_URL: simulator.baseUrl,
      OPENAI_TIMEOUT_MS: '2000',
      ...engines.env,
    });
  });
  afterAll(async () => {
    await server?.stop();
    await simulator?.close();
    await engines.stop();
  });

  async function listen(token = server.token): Promise<ListenClient> {
    const client = await ListenClient.connect(server.wsUrl, token, { custom_stt: 'enabled' });
    await client.ready();
    return client;
  }

  async function say(client: ListenClient, texts: readonly string[], fromS = 0): Promise<void> {
    client.suggest(
      texts.map((text, i) => ({
        text,
        start: fromS + i * 5,
        end: fromS + i * 5 + 4,
        is_user: true,
      })),
    );
    const last = texts.at(-1) ?? '';
    await client.until(() => client.text().includes(last));
  }

  async function end(token = server.token): Promise<WireConversation> {
    const ended = await server.api('POST', '/v1/conversations', {}, token);
    expect(ended.status).toBe(200);
    return (ended.body as { conversation: WireConversation }).conversation;
  }

  async function found(query: string): Promise<string[]> {
    const answer = await server.api('POST', '/v1/conversations/search', { query });
    return (answer.body as { items: { id: string }[] }).items.map(({ id }) => id);
  }

  it('live words become a conversation', async () => {
    const client = await listen();
    await say(client, [
      'We have to repair the greenhouse roof before the first frost arrives.',
      'I will order the new glass panes tomorrow morning.',
    ]);
    const conversation = await end();
    expect(conversation).toMatchObject({ status: 'completed', processing: { engine: 'model' } });
    expect(conversation.structured.title).not.toBe('');
    const text = conversation.transcript_segments.map((segment) => segment.text).join(' ');
    expect(text).toContain('greenhouse roof');
    expect(text).toContain('glass panes');
    await client.until(() => client.events.some(({ type }) => type === 'memory_created'));
    await client.close();
    const shown = await server.api('GET', `/v1/conversations/${conversation.id}`);
    expect(shown).toMatchObject({ status: 200, body: { id: conversation.id } });
  });

  it('a client that is cut off goes on in the same conversation', async () => {
    const first = await listen();
    await say(first, ['The ferry to the island leaves at noon.']);
    first.socket.terminate();
    const second = await listen();
    await say(second, ['So we should be at the harbour by eleven.'], 10);
    const live = await server.api('GET', '/v1/conversations?statuses=in_progress');
    expect(live.body).toHaveLength(1);
    const conversation = await end();
    await second.close();
    const text = conversation.transcript_segments.map((segment) => segment.text).join(' ');
    expect(text).toContain('ferry to the island');
    expect(text).toContain('harbour by eleven');
  });

  it('processing that failed at the model is made good by asking again', async () => {
    simulator.fault = 'server-error';
    const client = await listen();
    await say(client, ['The orchestra needs a second cellist before the spring concert.']);
    const conversation = await end();
    await client.close();
    simulator.fault = 'none';
    expect(conversation.processing).toMatchObject({ engine: 'rules' });
    expect(conversation.processing.model_error).toContain('provider-unavailable');
    const again = await server.api('POST', `/v1/conversations/${conversation.id}/reprocess`);
    expect(again).toMatchObject({
      status: 200,
      body: { status: 'completed', processing: { engine: 'model', model_error: null } },
    });
  });

  it('memories and action items are found, kept, and done', async () => {
    const client = await listen();
    await say(client, [
      'I live in Porto with my sister.',
      'I will send the budget to Anna tomorrow.',
    ]);
    const { id } = await end();
    await client.close();
    const open = await server.api('GET', `/v1/action-items?conversation_id=${id}`);
    const [task] = (open.body as { action_items: { id: string; completed: boolean }[] })
      .action_items;
    expect(task).toMatchObject({ completed: false });
    await server.api('PATCH', `/v1/action-items/${task?.id}/completed?completed=true`);
    const done = await server.api('GET', '/v1/action-items?completed=true');
    expect(done.body).toMatchObject({ action_items: [{ id: task?.id, completed: true }] });

    const kept = await server.api('POST', '/v3/memories', { content: 'I play the cello.' });
    expect(kept.status).toBe(200);
    const facts = await server.api('GET', '/v3/memories');
    expect((facts.body as { content: string }[]).map(({ content }) => content)).toContain(
      'I play the cello.',
    );
    const memoryId = (kept.body as { id: string }).id;
    await server.api('DELETE', `/v3/memories/${memoryId}`);
    expect(JSON.stringify((await server.api('GET', '/v3/memories')).body)).not.toContain('cello');
  });

  it('what was said is found, while it is live, afterwards, and no more once it is deleted', async () => {
    const client = await listen();
    await say(client, ['The lighthouse keeper collects rare stamps from Madagascar.']);
    const [live] = await found('rare stamps from Madagascar');
    const { id } = await end();
    expect(live).toBe(id);
    await client.close();
    expect((await found('lighthouse keeper'))[0]).toBe(id);
    expect((await server.api('DELETE', `/v1/conversations/${id}`)).status).toBe(204);
    expect(await found('lighthouse keeper')).not.toContain(id);
  });

  it('a deleted account leaves nothing behind', async () => {
    const { accounts, store } = server.context;
    const user = await accounts.createUser('leaving');
    const { token } = await accounts.createToken(user.id, 'test');
    const client = await listen(token);
    await say(client, ['Nobody is to know where the treasure is buried.']);
    await end(token);
    await client.close();
    await server.api('POST', '/v3/memories', { content: 'I bury treasure.' }, token);
    expect(await uploadFile(server.url, token)).toBe(200);
    if (engines === clouds) {
      // Otherwise that nothing is found afterwards would say nothing.
      const engine = (left: string) => left.split(':')[0];
      const holding = async () => [...new Set((await engines.leftOf(user.id)).map(engine))];
      await expect.poll(holding).toEqual(['firestore', 'redis', 'pinecone', 'gcs']);
    }
    const gone = await server.api('DELETE', '/v1/users/delete-account', {}, token);
    expect(gone.status).toBe(200);
    expect((await server.api('GET', '/v1/conversations', undefined, token)).status).toBe(401);
    await expect.poll(() => store.listOwners()).not.toContain(user.id);
    expect(await store.find(users, GLOBAL, user.id)).toBeUndefined();
    for await (const { document } of store.exportOwner(GLOBAL)) {
      expect(JSON.stringify(document)).not.toContain(user.id);
    }
    for await (const { collection } of store.exportOwner(user.id)) throw new Error(collection);
    await expect.poll(() => engines.leftOf(user.id)).toEqual([]);
    expect((await server.api('GET', '/v1/conversations')).status).toBe(200);
  });
}

async function uploadFile(url: string, token: string): Promise<number> {
  const form = new FormData();
  form.append('files', new Blob(['The map is under the doormat.']), 'map.txt');
  const answer = await fetch(`${url}/v2/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  return answer.status;
}
