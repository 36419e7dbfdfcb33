import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AssistantMessage } from '../simulators/openai-chat.ts';
import {
  SECRET_THOUGHT,
  SERVER_FAULTS,
  type ServerFault,
} from '../simulators/openai-server-faults.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { addConversation, askChat } from './chat-world.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let simulator: OpenAiSimulator;
let server: TestServer;

/** A server is started for each kind of model server: what it learns of one stays. */
async function start(...faults: ServerFault[]): Promise<void> {
  simulator = await OpenAiSimulator.start();
  for (const fault of faults) simulator.also.add(fault);
  server = await startTestServer({ OPENAI_BASE_URL: simulator.baseUrl });
  await addConversation(
    server,
    server.uid,
    { id: 'roof', createdAt: Date.now() - 86_400_000 },
    'The greenhouse',
    [
      { text: 'The greenhouse roof leaks in three places.' },
      { text: 'Glass panes cost forty euros each.', isUser: true },
    ],
  );
}
async function stop(): Promise<void> {
  await server.stop();
  await simulator.close();
}
const say = (content: string): AssistantMessage => ({ role: 'assistant', content });
const QUESTION = 'What was said about the greenhouse roof?';

/** Everything that is stored of the user, as text. */
async function stored(): Promise<string> {
  const documents: unknown[] = [];
  for await (const each of server.context.store.exportOwner(server.uid)) documents.push(each);
  return JSON.stringify(documents);
}

describe('chat with a model that takes no tools', () => {
  beforeAll(() => start('no-tools-400', 'think-unopened', 'no-stream-options'));
  afterEach(() => {
    simulator.chatScript = null;
  });
  afterAll(stop);

  it('answers from passages that were found for the question, with citations', async () => {
    simulator.chatScript = () => say('It leaks in three places[1], they said[4].');
    const answer = await askChat(server, QUESTION);
    expect(answer.text).toBe('It leaks in three places[1], they said.');
    expect(answer.done).toMatchObject({ text: 'It leaks in three places, they said.' });
    expect(answer.done.memories).toMatchObject([{ id: 'roof' }]);
    expect(answer.done.memories[0].segment_ids).toContain('roof-s0');
    const { messages, tools } = simulator.chats.at(-1);
    expect(tools).toBeUndefined();
    expect(messages[0].content).toContain('The greenhouse roof leaks in three places.');
    expect(messages.at(-1)).toEqual({ role: 'user', content: QUESTION });
  });

  it('cites what an answer has used even if the model forgot to', async () => {
    simulator.chatScript = () => say('It leaks in three places.');
    const cited = await askChat(server, QUESTION);
    expect(cited.text).toBe('It leaks in three places.[1]');
    expect(cited.done.memories).toMatchObject([{ id: 'roof' }]);
    simulator.chatScript = () => say('I found nothing about the greenhouse roof.');
    expect((await askChat(server, QUESTION)).done.memories).toEqual([]);
  });

  it('is refused tools once, not at each question', async () => {
    simulator.requests.length = 0;
    await askChat(server, QUESTION);
    expect(simulator.chats).toHaveLength(1);
  });

  it('does what is plainly asked for', async () => {
    const answer = await askChat(server, 'Add a task: order glass panes');
    expect(answer.text).toContain('Order glass panes');
    const { items } = await server.context.store.query(
      (await import('../../src/model/tasks/action-item.ts')).actionItems,
      server.uid,
      { query: 'recent', limit: 10 },
    );
    expect(items.map(({ description }) => description)).toContain('Order glass panes');
  });

  it('shows and keeps no thought', async () => {
    const answer = await askChat(server, QUESTION);
    expect(answer.parts.join('')).not.toContain(SECRET_THOUGHT);
    expect(await stored()).not.toContain(SECRET_THOUGHT);
  });
});

describe('a model that prints its calls', () => {
  beforeAll(() => start('think-tags'));
  afterAll(stop);

  it.each(SERVER_FAULTS.filter((fault) => fault.startsWith('prints-')))(
    '%s: is given what it asks for, and nothing of it is shown or kept',
    async (fault) => {
      simulator.also.add(fault);
      simulator.chatScript = ({ messages }) =>
        messages.at(-1).role === 'tool'
          ? say('It leaks[1].')
          : {
              role: 'assistant',
              content: null,
              tool_calls: [
                {
                  id: 'call_1',
                  type: 'function',
                  function: {
                    name: 'search_conversations_tool',
                    arguments: '{"query": "greenhouse roof"}',
                  },
                },
              ],
            };
      const answer = await askChat(server, QUESTION);
      simulator.also.delete(fault);
      expect(answer.statuses).toEqual(['Searching conversations']);
      expect(answer.text).toMatch(/^(?:Let me look that up\.\n\n)?It leaks\[1\]\.$/);
      expect(answer.done.memories).toMatchObject([{ id: 'roof' }]);
      expect(await stored()).not.toMatch(/search_conversations_tool|TOOL_CALLS|python_tag/);
    },
  );
});

describe('a model that thinks inside of its data', () => {
  beforeAll(() => start('think-in-fields', 'no-response-format-422'));
  afterAll(stop);

  it('structures a conversation without its thoughts', async () => {
    const { status, body } = await server.api('POST', '/v1/conversations/roof/reprocess');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      structured: { title: expect.stringContaining('greenhouse') },
      processing: { engine: 'model' },
    });
    expect(await stored()).not.toContain(SECRET_THOUGHT);
  });
});

describe('a model server that floods', () => {
  beforeAll(() => start());
  afterAll(stop);

  it.each(['flood-line', 'flood-event', 'flood-text'] as const)(
    '%s: the answer ends with what has arrived, and says so',
    async (fault) => {
      simulator.also.clear();
      await askChat(server, 'Hi!');
      simulator.also.add(fault);
      const { done } = await askChat(server, 'Hi!');
      expect(done.text).toMatch(/^(?:First words|Word after word)\./);
      expect(done.text).toMatch(/This answer is cut off here: [^\n]+$/);
      expect(done.text.length).toBeLessThan(101_000);
    },
  );

  it('says so if the model itself was cut off', async () => {
    simulator.also.clear();
    simulator.fault = 'truncated';
    const { done } = await askChat(server, 'Hi!');
    expect(done.text).toContain('the language model has reached its limit');
  });
});
