import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { people } from '../../src/model/people/person.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { addConversation, askChat } from './chat-world.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const DAY = 86_400_000;
let simulator: OpenAiSimulator;
let server: TestServer;
let withModel: TestServer;
let folder = '';
let empty = '';

/** Three conversations about the same thing: of Ben alone, of Ann alone in a folder, and of a stranger. */
async function fill(to: TestServer): Promise<void> {
  const now = Date.now();
  const { store, folders } = to.context;
  folder = (await folders.create(to.uid, newFolder('Garden'))).id;
  empty = (await folders.create(to.uid, newFolder('Nothing yet'))).id;
  await store.transact((tx) => {
    for (const [id, name] of [
      ['ann', 'Ann'],
      ['ben', 'Ben'],
    ] as const) {
      tx.create(people, to.uid, {
        id,
        name,
        createdAt: now,
        updatedAt: now,
        speechSamples: [],
        speechSampleTranscripts: null,
        speechSamplesVersion: 1,
      });
    }
  });
  await addConversation(
    to,
    to.uid,
    { id: 'shed', createdAt: now - 3 * DAY, folderId: folder },
    'The shed',
    [
      { text: 'The budget for the shed is nine hundred euros.', personId: 'ann' },
      { text: 'Then we buy the larch boards.', isUser: true },
    ],
  );
  await addConversation(to, to.uid, { id: 'boat', createdAt: now - 2 * DAY }, 'The boat', [
    { text: 'The budget for the boat is four thousand euros.', personId: 'ben' },
  ]);
  const { id } = await to.context.accounts.createUser('stranger');
  await addConversation(to, id, { id: 'secret', createdAt: now - DAY }, 'Secret', [
    { text: 'The budget for the ring is secret.' },
  ]);
}

const newFolder = (name: string) => ({ name, description: null, color: null, icon: null });
const cited = ({ done }: Awaited<ReturnType<typeof askChat>>) =>
  done.memories.map(({ id }: { id: string }) => id);

beforeAll(async () => {
  server = await startTestServer();
  simulator = await OpenAiSimulator.start({ apiKey: 'test-key' });
  withModel = await startTestServer({
    OPENAI_API_KEY: 'test-key',
    OPENAI_BASE_URL: simulator.baseUrl,
  });
  await fill(withModel);
  await fill(server);
});
afterAll(async () => {
  await server.stop();
  await withModel.stop();
  await simulator.close();
});

describe('a question with a scope, without a model', () => {
  const question = 'How much is the budget?';

  it('looks at one folder alone', async () => {
    const everywhere = await askChat(server, question);
    expect(cited(everywhere).toSorted()).toEqual(['boat', 'shed']);
    const inFolder = await askChat(server, question, { scope: { type: 'folder', id: folder } });
    expect(cited(inFolder)).toEqual(['shed']);
    expect(inFolder.text).not.toContain('four thousand');
    const none = await askChat(server, question, { scope: { type: 'folder', id: empty } });
    expect(none.text).toBe(
      'I found nothing about that in the conversations of the folder “Nothing yet”.',
    );
  });

  it('looks at the conversations of one person, and at one conversation alone', async () => {
    const ben = await askChat(server, question, { scope: { type: 'person', id: 'ben' } });
    expect(cited(ben)).toEqual(['boat']);
    const boards = await askChat(server, 'Which boards do we buy?', {
      scope: { type: 'person', id: 'ann' },
    });
    expect(cited(boards)).toEqual(['shed']);
    const noBoards = await askChat(server, 'Which boards do we buy?', {
      scope: { type: 'person', id: 'ben' },
    });
    expect(noBoards.text).toBe('I found nothing about that in the conversations with Ben.');
    const one = await askChat(server, question, { scope: { type: 'conversation', id: 'boat' } });
    expect(cited(one)).toEqual(['boat']);
  });

  it('tells what is in the scope if the question names nothing, and keeps to a time', async () => {
    const scope = { type: 'folder', id: folder };
    const all = await askChat(server, 'What was said?', { scope });
    expect(all.text).toMatch(/^This is in the conversations of the folder “Garden”:/);
    expect(cited(all)).toEqual(['shed']);
    const yesterday = await askChat(server, 'What did we talk about yesterday?', { scope });
    expect(yesterday.text).toMatch(/^There are no conversations from that time/);
  });

  it('lists only tasks and memories that come from there', async () => {
    const { actionItems, memories } = server.context;
    const task = { completed: false, dueAt: null };
    await actionItems.create(server.uid, {
      description: 'Buy boards',
      conversationId: 'shed',
      ...task,
    });
    await actionItems.create(server.uid, {
      description: 'Paint hull',
      conversationId: 'boat',
      ...task,
    });
    await actionItems.create(server.uid, {
      description: 'Call Mia',
      conversationId: null,
      ...task,
    });
    const scope = { type: 'folder', id: folder };
    const answer = await askChat(server, 'What are my tasks?', { scope });
    expect(answer.text).toContain('Buy boards');
    expect(answer.text).not.toMatch(/Paint hull|Call Mia/);
    const input = { category: null, visibility: 'private' as const, tags: [], headline: null };
    await memories.create(server.uid, { content: 'Plays the cello', ...input });
    const known = await askChat(server, 'What do you know about me?', { scope });
    expect(known.text).not.toContain('cello');
  });

  it('says that there is no such scope, before anything is stored', async () => {
    const send = (scope: unknown) =>
      server.api('POST', '/v2/messages', { text: 'Not stored', scope });
    for (const type of ['folder', 'person', 'conversation']) {
      expect((await send({ type, id: 'secret' })).status).toBe(404);
    }
    expect((await send({ type: 'planet', id: 'mars' })).status).toBe(422);
    const { body } = await server.api('GET', '/v2/messages');
    expect(JSON.stringify(body)).not.toContain('Not stored');
  });
});

describe('a question with a scope, with a model', () => {
  it('offers only tools that keep to the scope, and these find nothing else', async () => {
    const calls = [
      ['search_conversations_tool', { query: 'budget', start_date: null }],
      ['get_conversations_tool', {}],
      ['get_people_tool', {}],
      ['search_memories_tool', { query: 'budget' }],
      ['get_action_items_tool', {}],
      ['get_conversation_events_tool', {}],
      ['get_memories_tool', {}],
    ] as const;
    let step = 0;
    simulator.chatScript = () => {
      const next = calls[step];
      step += 1;
      if (!next) return { role: 'assistant', content: 'Nine hundred[1].' };
      const [name, args] = next;
      const call = { name, arguments: JSON.stringify(args) };
      return {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: `call_${step}`, type: 'function', function: call }],
      };
    };
    await withModel.context.actionItems.create(withModel.uid, {
      description: 'Paint hull within the budget',
      conversationId: 'boat',
      completed: false,
      dueAt: null,
    });
    const scope = { type: 'person', id: 'ann' };
    const answer = await askChat(withModel, 'How much is the budget?', { scope });
    expect(cited(answer)).toEqual(['shed']);
    const { messages, tools } = simulator.chats.at(-1);
    const offered = tools.map((tool: { function: { name: string } }) => tool.function.name);
    expect(offered).toContain('search_conversations_tool');
    expect(offered).not.toContain('get_people_tool');
    expect(messages[0].content).toContain('one person speaks');
    const told = messages.filter((m: { role: string }) => m.role === 'tool');
    expect(told).toHaveLength(calls.length);
    const text = JSON.stringify(told);
    expect(text).toContain('nine hundred');
    expect(text).toContain('there is no such tool');
    expect(text).not.toMatch(/boat|hull|four thousand/i);
  });
});
