import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenAiFault, OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface WireConversation {
  id: string;
  status: string;
  structured: { title: string; overview: string; action_items: { segment_ids: string[] }[] };
  processing: {
    engine: string;
    model: string | null;
    model_error: string | null;
    failure_reason: string | null;
  };
}

let simulator: OpenAiSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await OpenAiSimulator.start({ apiKey: 'test-key' });
  server = await startTestServer({
    OPENAI_API_KEY: 'test-key',
    OPENAI_BASE_URL: simulator.baseUrl,
    OPENAI_TIMEOUT_MS: '2000',
  });
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

async function talk(): Promise<WireConversation> {
  const client = await ListenClient.connect(server.wsUrl, server.token, { custom_stt: 'enabled' });
  await client.ready();
  client.suggest([
    {
      text: 'We need to repair the greenhouse roof before the first frost arrives.',
      start: 0,
      end: 5,
    },
    { text: 'I will order the new glass panes tomorrow morning.', start: 6, end: 9, is_user: true },
  ]);
  await client.until(() => client.text().includes('glass panes'));
  const ended = await server.api('POST', '/v1/conversations', {});
  await client.close();
  expect(ended.status).toBe(200);
  return (ended.body as { conversation: WireConversation }).conversation;
}

describe('understanding with a language model', () => {
  it('structures the conversation, with sources', async () => {
    const conversation = await talk();
    expect(conversation.status).toBe('completed');
    expect(conversation.processing).toMatchObject({ engine: 'model', model_error: null });
    expect(conversation.processing.model).not.toBeNull();
    expect(conversation.structured.title).not.toBe('');
    for (const item of conversation.structured.action_items) {
      expect(item.segment_ids.length).toBeGreaterThan(0);
    }
  });

  it.each<[OpenAiFault, string]>([
    ['garbage', 'provider-protocol'],
    ['partial-json', 'provider-protocol'],
    ['rate-limited', 'provider-quota'],
    ['server-error', 'provider-unavailable'],
    ['unauthorized', 'provider-unauthorized'],
    ['hang', 'timeout'],
    ['drop', 'provider-unavailable'],
  ])(
    'where the model server answers %s, the rules do the job and the reason is kept',
    async (fault, code) => {
      simulator.fault = fault;
      try {
        const conversation = await talk();
        expect(conversation.status).toBe('completed');
        expect(conversation.structured.title).toMatch(/greenhouse|glass|roof/i);
        expect(conversation.processing).toMatchObject({
          engine: 'rules',
          model: null,
          failure_reason: null,
        });
        expect(conversation.processing.model_error).toContain(code);
      } finally {
        simulator.fault = 'none';
      }
    },
  );

  it('can be asked for again, and adds nothing twice', async () => {
    const first = await talk();
    const tasks = async () =>
      (
        (await server.api('GET', `/v1/action-items?conversation_id=${first.id}`)).body as {
          action_items: { id: string }[];
        }
      ).action_items.map((item) => item.id);
    const before = await tasks();
    for (let run = 0; run < 3; run += 1) {
      const again = await server.api('POST', `/v1/conversations/${first.id}/reprocess`);
      expect(again.status).toBe(200);
      expect((again.body as WireConversation).status).toBe('completed');
    }
    expect(await tasks()).toEqual(before);
  });
});
