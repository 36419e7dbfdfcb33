import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  conversations,
  makeConversation,
  transcriptChunks,
} from '../../../src/model/conversations/conversation.ts';
import { makeSegment } from '../../../src/model/conversations/transcript-segment.ts';
import { makeMemory, memories } from '../../../src/model/memory.ts';
import { people } from '../../../src/model/people/person.ts';
import { actionItems, makeActionItem } from '../../../src/model/tasks/action-item.ts';
import type { SearchService } from '../../../src/search/question/search-service.ts';
import { searchChanged } from '../../../src/search/search-changed.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { encodeTranscript } from '../../../src/transcripts/transcript.ts';
import { openSearchWorld, type SearchWorld } from '../../fixtures/search-world.ts';

const NOW = Date.UTC(2026, 2, 20, 15);
const FILLER = 'Nothing much happened on the way to the market that day. '.repeat(8).trim();

let world: SearchWorld;
let store: DocumentStore;
let service: SearchService;
let uid: string;
let count = 0;

beforeAll(async () => {
  world = await openSearchWorld(
    { now: () => NOW },
    {
      defaultTimeZone: 'UTC',
      readTime: null,
    },
  );
  ({ store, service } = world);
});
afterAll(() => world.close());
beforeEach(() => {
  count += 1;
  uid = `user${count}`;
});

/** A conversation of lines `me: text`, `<person id>: text`, or `?: text` of nobody known. */
async function add(id: string, lines: string[], parts: { discarded?: boolean } = {}) {
  const segments = lines.map((line, i) => {
    const [, voice = '', text = ''] = /^(\S+): (.*)$/.exec(line) ?? [];
    const personId = voice === 'me' || voice === '?' ? null : voice;
    const times = { startMs: i * 5000, endMs: i * 5000 + 4000 };
    return makeSegment({ id: `${id}-s${i}`, text, personId, isUser: voice === 'me', ...times });
  });
  const chunks = await encodeTranscript(id, segments);
  const base = makeConversation({ id, createdAt: NOW - 3_600_000, status: 'completed' });
  const discarded = parts.discarded ?? false;
  await store.transact((tx) => {
    tx.create(conversations, uid, { ...base, discarded, transcriptChunks: chunks.length });
    for (const chunk of chunks) tx.create(transcriptChunks, uid, chunk);
    searchChanged(tx, uid, 'conversation', id, NOW - 60_000);
  });
}

async function addRecords(): Promise<void> {
  const id = { createdAt: NOW - 7_200_000, updatedAt: NOW - 7_200_000 };
  const fact = makeMemory({ id: 'fact', uid, content: 'Keeps three llamas', ...id });
  const task = makeActionItem({ id: 'task', description: 'Feed the llamas', ...id });
  const parts = { speechSamples: [], speechSampleTranscripts: null, speechSamplesVersion: 1 };
  await store.transact((tx) => {
    tx.create(memories, uid, fact);
    searchChanged(tx, uid, 'memory', 'fact', NOW - 60_000);
    tx.create(actionItems, uid, task);
    searchChanged(tx, uid, 'action_item', 'task', NOW - 60_000);
    tx.create(people, uid, { id: 'p-lama', name: 'Anna Llamasson', ...parts, ...id });
  });
}

async function matches(query: string, parts: { page?: number; perPage?: number } = {}) {
  const page = await service.searchEverything(uid, {
    query,
    page: parts.page ?? 1,
    perPage: parts.perPage ?? 10,
    includeDiscarded: true,
    startDate: null,
    endDate: null,
  });
  return page.matches;
}

const marked = (match: { text: string; marks: [number, number][] } | undefined) =>
  match?.marks.map(([from, to]) => match.text.slice(from, to));

describe('the list of all matches', () => {
  it('shows the sentence that matches, with marks on its words', async () => {
    await add('walk', [`me: ${FILLER} The lighthouse keeper painted the boats green. ${FILLER}`]);
    const [first] = await matches('who painted the boat');
    expect(first?.kind).toBe('window');
    expect(first?.text).toContain('The lighthouse keeper painted the boats green.');
    expect(first?.text.length).toBeLessThanOrEqual(281);
    expect(marked(first)).toEqual(['painted', 'boats']);
  });

  it('marks words of scripts without spaces, and words with accents in either form', async () => {
    await add('tokyo', ['me: 明日は病院に行きます。']);
    await add('paris', ['me: On se retrouve au cafe\u0301 demain.']);
    expect(marked((await matches('病院'))[0])).toEqual(['病院']);
    expect(marked((await matches('café'))[0])).toEqual(['cafe\u0301']);
  });

  it('shows the reply of the other voice with a question that matches', async () => {
    await add('shed', [
      'me: When does the ferry to the island leave?',
      'p-ben: At ten past six, from the small pier.',
    ]);
    const [first] = await matches('When does the ferry leave?');
    expect(first?.reply).toEqual({
      segmentId: 'shed-s1',
      isUser: false,
      personId: 'p-ben',
      text: 'At ten past six, from the small pier.',
    });
    const [statement] = await matches('small pier');
    expect(statement?.reply).toBeNull();
  });

  it('finds the reply behind the end of a window', async () => {
    await add('long', [
      `me: ${FILLER} ${FILLER} Where did you leave the trumpet?`,
      '?: In the cellar, behind the door.',
      `me: ${FILLER}`,
    ]);
    const [first] = await matches('Where is the trumpet?');
    expect(first?.reply?.text).toBe('In the cellar, behind the door.');
  });

  it('orders transcripts, memories, tasks and people in one list by their scores', async () => {
    await add('zoo', ['me: We saw two llamas at the zoo.']);
    await addRecords();
    const found = await matches('llamas');
    expect(found.map(({ kind, id }) => `${kind} ${id}`)).toEqual(
      expect.arrayContaining(['person p-lama', 'memory fact', 'action_item task', 'window zoo:0']),
    );
    expect(found[0]?.kind).toBe('person');
    const scores = found.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(marked(found.find(({ kind }) => kind === 'memory'))).toEqual(['llamas']);
  });

  it('finds a person by the beginning of a name, and by no longer text', async () => {
    await addRecords();
    expect((await matches('anna lla'))[0]?.id).toBe('p-lama');
    expect((await matches('tell me what we know of anna'))[0]?.id).not.toBe('p-lama');
  });

  it('counts the turns beside one: the same words near others that match come first', async () => {
    await add('alone', ['me: The kiln is broken.', 'p-ben: I had soup for lunch.']);
    await add('beside', ['me: The kiln is broken.', 'p-ben: Then we glaze tomorrow.']);
    const found = await matches('kiln glaze');
    expect(found[0]?.conversation?.id).toBe('beside');
  });

  it('leaves rejected memories and locked conversations out, and says what was discarded', async () => {
    await add('dropped', ['me: The gramophone plays again.'], { discarded: true });
    await addRecords();
    const [only] = await matches('gramophone');
    expect(only?.conversation?.discarded).toBe(true);
    await store.transact((tx) => tx.patch(memories, uid, 'fact', { userReview: false }));
    await store.transact((tx) => tx.patch(conversations, uid, 'dropped', { isLocked: true }));
    expect((await matches('llamas')).map(({ kind }) => kind)).not.toContain('memory');
    expect(await matches('gramophone')).toEqual([]);
  });

  it('pages through one order without repeats', async () => {
    for (let i = 0; i < 5; i += 1) await add(`talk${i}`, [`me: Brass bells ring ${i} times.`]);
    const all = await matches('brass bells');
    const pages = [
      ...(await matches('brass bells', { perPage: 2 })),
      ...(await matches('brass bells', { page: 2, perPage: 2 })),
      ...(await matches('brass bells', { page: 3, perPage: 2 })),
    ];
    expect(pages.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  });

  it('never cuts a quote inside an emoji', async () => {
    await add('party', [`me: ${'👩‍👩‍👧'.repeat(60)} balloons and more balloons`]);
    const [first] = await matches('balloons');
    expect(first?.text).not.toMatch(/\u200d…$|[\ud800-\udbff]…$/u);
  });
});
