import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChatEvent, ChatService } from '../../src/chat/chat-service.ts';
import { ProductInfo } from '../../src/chat/product-info.ts';
import type { EmotionOf } from '../../src/chat/tone.ts';
import { ScreenActivity } from '../../src/desktop/screen-activity.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import type { DailySummary } from '../../src/model/conversations/daily-summary.ts';
import { GoalService } from '../../src/users/goal-service.ts';
import { HealthData } from '../../src/users/health-data.ts';
import type { AssistantMessage } from '../simulators/openai-chat.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { addConversation, askChat } from './chat-world.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
let simulator: OpenAiSimulator;

const say = (content: string): AssistantMessage => ({ role: 'assistant', content });

/** The model calls one tool, then says what it answered. */
function callOnce(name: string, args: object): void {
  simulator.chatScript = ({ messages }) => {
    const last = messages.at(-1);
    if (last.role === 'tool') return say(last.content);
    const call = { name, arguments: JSON.stringify(args) };
    return {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: call }],
    };
  };
}

beforeAll(async () => {
  simulator = await OpenAiSimulator.start();
  server = await startTestServer({
    OPENAI_BASE_URL: simulator.baseUrl,
    OPENAI_EMBEDDING_MODEL: 'none',
  });
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

describe('the tools of the chat', () => {
  it('show a chart with the answer', async () => {
    callOnce('create_chart_tool', {
      chart_type: 'bar',
      title: 'Meetings',
      labels: ['Mon', 'Tue'],
      values: [3, 1.5],
      y_label: 'hours',
    });
    const answer = await askChat(server, 'How many hours did I talk on each day?');
    expect(answer.statuses).toEqual(['Creating chart']);
    expect(answer.done.chart_data).toEqual({
      chart_type: 'bar',
      title: 'Meetings',
      x_label: null,
      y_label: 'hours',
      datasets: [
        {
          label: 'Data',
          data_points: [
            { label: 'Mon', value: 3 },
            { label: 'Tue', value: 1.5 },
          ],
          color: null,
        },
      ],
    });
    const [stored] = (await server.api('GET', '/v2/messages')).body as { chart_data: unknown }[];
    expect(stored?.chart_data).toEqual(answer.done.chart_data);
    callOnce('create_chart_tool', { chart_type: 'bar', title: 'x', labels: ['a'], values: [1, 2] });
    const broken = await askChat(server, 'Show me another chart of that');
    expect(broken.text).toContain('must have the same length');
    expect(broken.done.chart_data).toBeNull();
  });

  it('keep a preference once, and only where the user asks for it', async () => {
    callOnce('save_user_preference_tool', { preference: 'Answers in French, without emojis' });
    const kept = await askChat(server, 'From now on answer in French without emojis');
    expect(kept.text).toBe('Saved preference: Answers in French, without emojis');
    callOnce('save_user_preference_tool', { preference: 'Answers in French without emojis!' });
    await expect
      .poll(async () => (await askChat(server, 'Always answer in French, no emojis')).text)
      .toBe('That preference is known already.');
    const memories = (await server.api('GET', '/v3/memories')).body;
    expect(memories).toMatchObject([{ tags: ['preference'] }]);
    const refused = await askChat(server, 'Do people here speak French?');
    expect(refused.text).toMatch(/refused|not changed/);
  });

  it('read and change the daily summary, the latter where the user asks for it', async () => {
    const settings = async () => (await server.context.users.getUser(server.uid)).dailySummary;
    callOnce('manage_daily_summary_tool', { action: 'get_settings' });
    expect((await askChat(server, 'When does my daily summary come?')).text).toBe(
      'The daily summary is enabled, at 22:00.',
    );
    callOnce('manage_daily_summary_tool', { action: 'set_time', hour: 7 });
    expect((await askChat(server, 'When is it due again?')).text).toMatch(/^refused/);
    expect(await settings()).toEqual({ enabled: true, hourLocal: 22 });
    const changed = await askChat(server, 'Please set my daily summary to 7 in the morning');
    expect(changed.text).toBe('Daily summary settings saved: enabled, at 07:00.');
    callOnce('manage_daily_summary_tool', { action: 'disable' });
    await askChat(server, 'Turn off the daily summary');
    expect(await settings()).toEqual({ enabled: false, hourLocal: 7 });
  });

  it('tell of the product from its own documents', async () => {
    callOnce('get_omi_product_info_tool', { query: 'Which variable sets the OPENAI_BASE_URL?' });
    const answer = await askChat(server, 'How do I use a model server of my own?');
    expect(answer.text).toMatch(/From (?:README\.md|docs\/\w+\.md): /);
    expect(answer.text).toContain('OPENAI_BASE_URL');
  });
});

function daySummary(headline: string, overview: string): DailySummary {
  return {
    ...{
      id: 'day',
      date: '2026-03-02',
      timeZone: 'Europe/Berlin',
      createdAt: 0,
      headline,
      overview,
    },
    ...{
      dayEmoji: '',
      highlights: [],
      actionItems: [],
      unresolvedQuestions: [],
      decisionsMade: [],
    },
    stats: { totalConversations: 0, totalDurationMinutes: 0, actionItemsCount: 0 },
    ...{ knowledgeNuggets: [], locations: [], engine: 'rules', modelError: null },
  };
}

/** A chat like the server's own, with parts that other branches of the product provide. */
function chatWith(parts: { emotionOf?: EmotionOf; isKeyless?: boolean }): ChatService {
  const { context } = server;
  return new ChatService({
    store: context.store,
    reader: context.store,
    blobs: context.blobs,
    clock: context.clock,
    search: context.search,
    memories: context.memories,
    actionItems: context.actionItems,
    people: context.people,
    knowledgeGraphs: context.knowledgeGraphs,
    users: context.users,
    apps: { find: async () => undefined },
    modelFor: (uid) =>
      parts.isKeyless ? null : context.models.chatModel({ uid, feature: 'chat' }),
    visionModelFor: () => null,
    emotionOf: parts.emotionOf ?? null,
    product: new ProductInfo(async () => []),
    dailySummaries: {
      list: async (uid, { from, to }) =>
        uid === server.uid ? [daySummary('A day', `Between ${from} and ${to}.`)] : [],
    },
    goals: new GoalService({ store: context.store, clock: context.clock }),
    healthData: new HealthData(context),
    screenActivity: new ScreenActivity(context),
    conversations: context.conversations,
    shownConversations: context.developerConversations,
    toolSources: [],
    defaultTimeZone: 'Europe/Berlin',
    logger: silentLogger,
  });
}

async function answerOf(chat: ChatService, text: string): Promise<string> {
  const id = { appId: 'tone', sessionId: null };
  const request = { text, page: null, scope: null, fileIds: [], isSpoken: false, mayWrite: true };
  const events: ChatEvent[] = [];
  for await (const event of chat.answer(server.uid, id, request, AbortSignal.timeout(30_000))) {
    events.push(event);
  }
  return events.map((event) => (event.type === 'text' ? event.text : '')).join('');
}

describe('parts that are plugged in', () => {
  it('daily summaries are read in the days that the user asked about', async () => {
    callOnce('get_daily_summaries_tool', { start_date: '2026-03-01T23:30:00Z' });
    const text = await answerOf(chatWith({}), 'What was in my daily summaries?');
    expect(text).toContain('2026-03-02: A day\nBetween 2026-03-02 and null.');
  });

  it('how a message sounds sets the tone, with a model and without', async () => {
    await addConversation(server, server.uid, { id: 'vet', createdAt: Date.now() }, 'At the vet', [
      { text: 'The vet could not help the old dog any more.' },
    ]);
    const heard: string[] = [];
    const emotionOf: EmotionOf = async (uid, text) => {
      heard.push(`${uid} ${text}`);
      return text.includes('lost') ? { emotion: 'sadness', score: 0.9 } : null;
    };
    simulator.chatScript = () => say('I am here.');
    await answerOf(chatWith({ emotionOf }), 'I lost my dog, what did the vet say?');
    expect(heard).toEqual([`${server.uid} I lost my dog, what did the vet say?`]);
    expect(simulator.chats.at(-1).messages[0].content).toContain('The user sounds sad.');
    await answerOf(chatWith({ emotionOf }), 'What did the vet say?');
    expect(simulator.chats.at(-1).messages[0].content).not.toContain('The user sounds');
    const keyless = chatWith({ emotionOf, isKeyless: true });
    const answer = await answerOf(keyless, 'I have lost him. What did the vet say about the dog?');
    expect(answer).toMatch(/^I am sorry that this is hard right now\.\n\nThis is what was said/);
    const failing = chatWith({
      isKeyless: true,
      emotionOf: () => Promise.reject(new Error('no model')),
    });
    expect(await answerOf(failing, 'What about the vet and the dog?')).toMatch(
      /^This is what was said/,
    );
  });
});
