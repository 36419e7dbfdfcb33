import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImportService } from '../../src/conversations/import-service.ts';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { type OpenAiFault, OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface Counts {
  call_count: number;
  failed_call_count: number;
  input_tokens: number;
  cached_input_tokens: number;
  output_tokens: number;
  total_tokens: number;
  cost_usd: number | null;
  own_key_call_count: number;
}
interface Report {
  days: (Counts & { day: string; feature: string; model: string })[];
  total: Counts;
}

let simulator: OpenAiSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await OpenAiSimulator.start();
  server = await startTestServer({
    OPENAI_API_KEY: 'operators-key',
    OPENAI_BASE_URL: simulator.baseUrl,
    OPENAI_MODEL: 'big-model',
    OPENAI_MODEL_AGENT: 'chat-model',
    OPENAI_EMBEDDING_MODEL: 'none',
    LLM_PRICES: '{"big-model":{"input":2,"cachedInput":0.5,"output":8}}',
  });
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

let talks = 0;
/** A new conversation, processed; its words differ from all before. */
async function talk() {
  talks += 1;
  const { context, uid } = server;
  const imports = new ImportService({
    store: context.store,
    clock: context.clock,
    ensurePerson: async (owner, name) => (await context.people.createPerson(owner, name)).id,
  });
  const { conversationId } = await imports.importTranscript(uid, {
    turns: [
      turn(0, 'Anna', `We need to repair roof number ${talks} of the greenhouse before the frost.`),
      turn(6, 'Ben', 'I will order the new glass panes tomorrow morning.'),
    ],
    me: 'Ben',
    startedAt: Date.parse('2027-03-01T09:00:00Z'),
    language: 'en',
    title: null,
    isDated: false,
  });
  await expect.poll(async () => (await conversationOf(conversationId)).status).toBe('completed');
  return conversationOf(conversationId);
}

function turn(startS: number, speaker: string, text: string) {
  return { speaker, text, startMs: startS * 1000, endMs: startS * 1000 + 5000 };
}

async function conversationOf(id: string) {
  const conversation = await server.context.store.find(conversations, server.uid, id);
  if (!conversation) throw new Error('The conversation is gone.');
  return conversation;
}

async function usage(): Promise<Report> {
  const answer = await server.api('GET', '/v1/users/me/llm-usage?days=1');
  expect(answer.status).toBe(200);
  return answer.body as Report;
}

async function structureUsed(): Promise<Counts | undefined> {
  return (await usage()).days.find(({ feature }) => feature === 'structure');
}

describe('the ledger of models', () => {
  it('counts tokens and cost by day, feature and model', async () => {
    const conversation = await talk();
    expect(conversation.processing.engine).toBe('model');
    const used = await structureUsed();
    expect(used).toMatchObject({ model: 'big-model', call_count: 1, failed_call_count: 0 });
    if (!used) throw new Error('Nothing was counted.');
    expect(used.input_tokens).toBeGreaterThan(1000);
    const dollars = (used.input_tokens * 2 + used.output_tokens * 8) / 1e6;
    expect(used.cost_usd).toBeCloseTo(dollars, 9);
    expect((await server.api('GET', '/v1/users/me/llm-usage/total?days=1')).body).toMatchObject({
      total_tokens: (await usage()).total.total_tokens,
    });
    expect((await server.api('GET', '/v1/users/me/llm-usage/top-features?limit=1')).body).toEqual([
      expect.objectContaining({ feature: 'structure' }),
    ]);
  });

  it.each<[OpenAiFault, { answered: number; requests: number }]>([
    ['garbage', { answered: 2, requests: 2 }],
    ['partial-json', { answered: 2, requests: 2 }],
    ['refusal', { answered: 1, requests: 1 }],
    ['truncated', { answered: 1, requests: 1 }],
    ['server-error', { answered: 0, requests: 1 }],
    ['context-too-long', { answered: 0, requests: 2 }],
  ])('counts what was spent where the server answers %s', async (fault, { answered, requests }) => {
    const before = await structureUsed();
    const asked = simulator.requests.length;
    simulator.fault = fault;
    try {
      const conversation = await talk();
      expect(conversation.processing.engine).toBe('rules');
      expect(conversation.processing.modelError).not.toBeNull();
    } finally {
      simulator.fault = 'none';
    }
    const after = await structureUsed();
    expect((after?.call_count ?? 0) - (before?.call_count ?? 0)).toBe(answered);
    expect(after?.failed_call_count).toBeGreaterThan(before?.failed_call_count ?? 0);
    const spent = (after?.input_tokens ?? 0) - (before?.input_tokens ?? 0);
    expect(spent > 0).toBe(answered > 0);
    expect(simulator.requests.length - asked).toBeLessThanOrEqual(requests);
  });

  it('waits as the server asks and comes again in bounds, then does without it', async () => {
    const asked = simulator.requests.length;
    simulator.fault = 'rate-limited';
    try {
      const conversation = await talk();
      expect(conversation.processing.engine).toBe('rules');
      expect(conversation.processing.modelError).toContain('provider-quota');
    } finally {
      simulator.fault = 'none';
    }
    // Three runs of the job, each with one retry at most.
    expect(simulator.requests.length - asked).toBeLessThanOrEqual(6);
    expect(simulator.requests.length - asked).toBeGreaterThan(2);
  });

  it('knows no cost of a model that has no price', async () => {
    simulator.chatScript = () => ({ role: 'assistant', content: 'Nothing comes to mind.' });
    const response = await fetch(`${server.url}/v2/messages`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ text: 'Who ordered the glass panes?' }),
    });
    await response.text();
    simulator.chatScript = null;
    const chat = (await usage()).days.find(({ feature }) => feature === 'chat');
    expect(chat).toMatchObject({ model: 'chat-model', cost_usd: null });
    expect(chat?.input_tokens).toBeGreaterThan(0);
    expect((await usage()).total.cost_usd).toBeNull();
  });
});

describe('keys of a user', () => {
  const key = 'sk-of-the-user';
  const fingerprints = { openai: createHash('sha256').update(key).digest('hex') };
  const get = (headers: Record<string, string>, path = '/v1/users/people') =>
    fetch(`${server.url}${path}`, {
      headers: { authorization: `Bearer ${server.token}`, ...headers },
    });

  it('are not looked at before the user is enrolled', async () => {
    expect((await get({ 'x-byok-openai': 'anything' })).status).toBe(200);
    expect(server.context.userApiKeys.openAiKeyOf(server.uid)).toBeNull();
  });

  it('pay for what the request gives rise to, and refuse what does not match', async () => {
    const enrolled = await server.api('POST', '/v1/users/me/byok-active', { fingerprints });
    expect(enrolled).toEqual({ status: 200, body: { active: true } });
    expect((await get({})).status).toBe(200);
    const wrong = await get({ 'x-byok-openai': 'sk-other' });
    expect(wrong.status).toBe(403);
    expect(await wrong.json()).toEqual({
      detail: 'BYOK key fingerprint mismatch for provider: openai',
      code: 'forbidden',
    });
    const missing = await get({ 'x-byok-gemini': 'sk-other' });
    expect(missing.status).toBe(403);
    expect(await missing.json()).toEqual({
      detail: 'BYOK key header missing for enrolled provider: openai',
      code: 'forbidden',
    });
    expect((await get({ 'x-byok-openai': 'sk-other' }, '/v1/users/me/subscription')).status).toBe(
      200,
    );

    expect((await get({ 'x-byok-openai': key })).status).toBe(200);
    const before = await structureUsed();
    await talk();
    expect(simulator.requests.at(-1)?.authorization).toBe(`Bearer ${key}`);
    const after = await structureUsed();
    expect((after?.own_key_call_count ?? 0) - (before?.own_key_call_count ?? 0)).toBe(1);
  });

  it('are nowhere in what is stored, and forgotten with the enrolment', async () => {
    const stored: unknown[] = [];
    for await (const entry of server.context.store.exportOwner(server.uid)) stored.push(entry);
    expect(stored.length).toBeGreaterThan(0);
    const user = await server.context.users.getUser(server.uid);
    expect(JSON.stringify([stored, user])).not.toContain(key);
    expect(user.byok?.fingerprints).toEqual(fingerprints);
    await server.api('DELETE', '/v1/users/me/byok-active');
    expect(server.context.userApiKeys.openAiKeyOf(server.uid)).toBeNull();
    await talk();
    expect(simulator.requests.at(-1)?.authorization).toBe('Bearer operators-key');
  });
});
