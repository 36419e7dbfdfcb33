import { afterEach, describe, expect, it } from 'vitest';
import { ImportService } from '../../src/conversations/import-service.ts';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { isCurrent, memories } from '../../src/model/memory.ts';
import { actionItems } from '../../src/model/tasks/action-item.ts';
import { queryAll } from '../../src/store/collection.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** Times that one transcript is processed. */
const RUNS = 100;

let server: TestServer;
let simulator: OpenAiSimulator | null = null;
afterEach(async () => {
  await server.stop();
  await simulator?.close();
  simulator = null;
});

const TALK = [
  'We meet for the planning meeting on Friday at 3 pm in the office.',
  "I'll send the budget report to Maria tomorrow.",
  'By the way, I live in Lisbon and I work at the observatory.',
];

async function importTalk(lines: readonly string[], startedAt = '2027-03-01T09:00:00Z') {
  const { context, uid } = server;
  const imports = new ImportService({
    store: context.store,
    clock: context.clock,
    ensurePerson: async (owner, name) => (await context.people.createPerson(owner, name)).id,
  });
  const turns = lines.map((text, i) => ({
    speaker: 'Anna',
    text,
    startMs: i * 6000,
    endMs: i * 6000 + 5000,
  }));
  const { conversationId } = await imports.importTranscript(uid, {
    turns,
    me: 'Anna',
    startedAt: Date.parse(startedAt),
    language: 'en',
    title: null,
    isDated: false,
  });
  await expect
    .poll(async () => (await context.store.find(conversations, uid, conversationId))?.status)
    .toBe('completed');
  return conversationId;
}

/** All that stands, and all that can be found, as a comparable list. */
async function everything() {
  const { context, uid } = server;
  const { store } = context;
  const facts = [];
  for await (const memory of queryAll(store, memories, uid, { query: 'byScoring' })) {
    facts.push(memory.id);
  }
  const tasks = [];
  for await (const item of queryAll(store, actionItems, uid, { query: 'recent' })) {
    tasks.push(item.id);
  }
  let events = 0;
  for await (const found of queryAll(store, conversations, uid, { query: 'recent' })) {
    events += found.structured.events.length;
  }
  await context.searchFeed.catchUp(uid, AbortSignal.timeout(20_000));
  const hits = await context.searchIndex.search(uid, {
    query: TALK.join(' '),
    kinds: ['conversation', 'window', 'memory', 'action_item'],
    from: null,
    to: null,
    people: [],
    includeDiscarded: true,
    limit: 500,
  });
  return {
    facts: facts.sort(),
    tasks: tasks.sort(),
    events,
    found: hits.map((hit) => `${hit.kind}:${hit.id}`).sort(),
  };
}

/** What a model may say of the talk the `n`th time: the same, in other words. */
function answerInOtherWords(n: number) {
  const pick = (options: readonly string[]) => options[n % options.length];
  const said = (number: number, quote: string) => ({ segments: [number], quote });
  return {
    discard: false,
    title: pick(['Planning and Budget', 'Budget and Planning', 'Planning the Budget']),
    overview: 'Anna plans the meeting and the budget report.',
    emoji: '📊',
    category: 'work',
    actionItems: [
      {
        ...said(2, 'send the budget report to Maria'),
        description: pick([
          'Send the budget report to Maria',
          'Send budget report to Maria',
          'Send Maria the budget report',
        ]),
        owner: 'user',
        due: '2027-03-02T23:59:00+00:00',
      },
    ],
    events: [
      {
        ...said(1, 'planning meeting on Friday at 3 pm'),
        title: pick(['Planning meeting', 'Planning meeting in the office']),
        description: 'Planning meeting in the office',
        start: '2027-03-05T15:00:00+00:00',
        durationMinutes: 60,
      },
    ],
    memories: [
      {
        ...said(3, 'I live in Lisbon'),
        content: pick(['Lives in Lisbon', 'Anna lives in Lisbon', 'Is living in Lisbon']),
        category: 'system',
        replaces: [],
      },
    ],
    people: ['Maria'],
    topics: ['budget'],
    entities: [],
    dates: [],
  };
}

describe('one transcript processed a hundred times', () => {
  it('adds nothing, by rules', async () => {
    server = await startTestServer({ DEFAULT_TIME_ZONE: 'UTC' });
    const id = await importTalk(TALK);
    const once = await everything();
    expect(once.facts.length).toBeGreaterThan(0);
    expect(once.tasks).toHaveLength(1);
    expect(once.events).toBeGreaterThan(0);
    for (let run = 1; run < RUNS; run += 1) {
      await server.context.processing.reprocess(server.uid, id);
    }
    expect(await everything()).toEqual(once);
  });

  it('adds nothing, by a model that says it in other words each time', async () => {
    simulator = await OpenAiSimulator.start();
    server = await startTestServer({
      DEFAULT_TIME_ZONE: 'UTC',
      OPENAI_BASE_URL: simulator.baseUrl,
      OPENAI_EMBEDDING_MODEL: 'none',
    });
    simulator.structuredScript = answerInOtherWords;
    const id = await importTalk(TALK);
    const counts = async () => {
      const { facts, tasks, events, found } = await everything();
      return [facts.length, tasks.length, events, found.length];
    };
    const once = await counts();
    expect(once).toEqual([1, 1, 1, expect.any(Number)]);
    for (let run = 1; run < RUNS; run += 1) {
      const { processing } = await server.context.processing.reprocess(server.uid, id);
      expect(processing.modelError).toBeNull();
    }
    expect(await counts()).toEqual(once);
  });
});

describe('two transcripts that contradict each other', () => {
  it('leave the newer fact current and the older in its history', async () => {
    server = await startTestServer({ DEFAULT_TIME_ZONE: 'UTC' });
    await importTalk(['I live in Lisbon with the sea close by.', 'Send the report please.']);
    await importTalk(['I live in Porto now, it is much nicer here.'], '2027-05-01T09:00:00Z');
    const { store } = server.context;
    const all = [];
    for await (const memory of queryAll(store, memories, server.uid, { query: 'byScoring' })) {
      all.push(memory);
    }
    const current = all.filter((memory) => isCurrent(memory) && /live/i.test(memory.content));
    expect(current.map(({ content }) => content)).toEqual([expect.stringContaining('Porto')]);
    const older = all.find(({ content }) => content.includes('Lisbon'));
    expect(older).toMatchObject({ replacedBy: current[0]?.id, validTo: expect.any(Number) });
    expect(current[0]?.replaces).toEqual([older?.id]);
    const listed = await server.api('GET', '/v3/memories');
    expect(JSON.stringify(listed.body)).not.toContain('Lisbon');
    const history = await server.api('GET', `/v3/memories/${current[0]?.id}/history`);
    expect(JSON.stringify(history.body)).toContain('Lisbon');
  });
});
