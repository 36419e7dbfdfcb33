import { DateTime } from 'luxon';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findDateRange } from '../../../src/chat/date-range.ts';
import {
  conversations,
  makeConversation,
  transcriptChunks,
} from '../../../src/model/conversations/conversation.ts';
import { makeSegment } from '../../../src/model/conversations/transcript-segment.ts';
import { people } from '../../../src/model/people/person.ts';
import type { SearchService } from '../../../src/search/question/search-service.ts';
import { searchChanged } from '../../../src/search/search-changed.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { encodeTranscript } from '../../../src/transcripts/transcript.ts';
import { openSearchWorld, type SearchWorld } from '../../fixtures/search-world.ts';

const ZONE = 'Pacific/Auckland';
/** A Friday. */
const NOW = DateTime.fromISO('2026-03-20T15:00', { zone: ZONE }).toMillis();
const at = (iso: string) => DateTime.fromISO(iso, { zone: ZONE }).toMillis();

let world: SearchWorld;
let store: DocumentStore;
let service: SearchService;
let uid: string;
let count = 0;

beforeAll(async () => {
  world = await openSearchWorld(
    { now: () => NOW },
    {
      defaultTimeZone: ZONE,
      readTime: findDateRange,
    },
  );
  ({ store, service } = world);
});
afterAll(() => world.close());
beforeEach(async () => {
  count += 1;
  uid = `user${count}`;
  for (const [id, name] of [
    ['p-ann', 'Ann Lee'],
    ['p-ben', 'Ben Lee'],
    ['p-will', 'Will'],
  ] as const) {
    const parts = { speechSamples: [], speechSampleTranscripts: null, speechSamplesVersion: 1 };
    const person = { id, name, createdAt: 1, updatedAt: 1, ...parts };
    await store.transact((tx) => tx.put(people, uid, person));
  }
});

/** A conversation of lines `person id: text`. */
async function add(id: string, startedAt: number, ...lines: string[]): Promise<void> {
  const segments = lines.map((line, i) => {
    const [, personId = '', text = ''] = /^(\S+): (.*)$/.exec(line) ?? [];
    const times = { startMs: i * 5000, endMs: i * 5000 + 4000 };
    return makeSegment({ id: `${id}-s${i}`, text, personId, ...times });
  });
  const chunks = await encodeTranscript(id, segments);
  const base = makeConversation({ id, createdAt: startedAt, status: 'completed' });
  await store.transact((tx) => {
    tx.create(conversations, uid, { ...base, transcriptChunks: chunks.length });
    for (const chunk of chunks) tx.create(transcriptChunks, uid, chunk);
    searchChanged(tx, uid, 'conversation', id, NOW - 60_000);
  });
}

async function search(query: string, parts: { startDate?: number; perPage?: number } = {}) {
  const { items } = await service.searchConversations(uid, {
    query,
    page: 1,
    perPage: parts.perPage ?? 10,
    includeDiscarded: false,
    startDate: parts.startDate ?? null,
    endDate: null,
  });
  return items;
}

const held = (items: Awaited<ReturnType<typeof search>>) =>
  items.map(({ conversation, filter }) => [conversation.id, filter.time]);

describe('a question with a time', () => {
  beforeEach(async () => {
    await add('tuesday', at('2026-03-17T10:00'), 'p-ann: The budget is tight.');
    await add('wednesday', at('2026-03-18T10:00'), 'p-ann: The budget is fine after all.');
    await add('autumn', at('2025-10-01T10:00'), 'p-ann: The budget budget budget.');
  });

  it('finds first what was said then, and says of everything else that it was not', async () => {
    expect(held(await search('What was said about the budget last Tuesday?'))).toEqual([
      ['tuesday', 'exact'],
      ['wednesday', 'near'],
      ['autumn', 'dropped'],
    ]);
    const only = await search('What was said about the budget last Tuesday?', { perPage: 1 });
    expect(held(only)).toEqual([['tuesday', 'exact']]);
  });

  it('widens instead of answering nothing', async () => {
    const yesterday = held(await search('budget yesterday'));
    expect(yesterday[0]).toEqual(['wednesday', 'near']);
    expect(yesterday.slice(1).map(([, time]) => time)).toEqual(['dropped', 'dropped']);
    // As much around it: a year before and after the year before last.
    expect(held(await search('the budget two years ago'))[0]).toEqual(['autumn', 'near']);
    const longAgo = held(await search('the budget on 3 January 2020'));
    expect(longAgo.map(([, time]) => time)).toEqual(['dropped', 'dropped', 'dropped']);
  });

  it('counts days in the zone of the user', async () => {
    await add('late', at('2026-03-16T00:30'), 'p-ann: The ferry was early.');
    expect(held(await search('ferry on Monday'))).toEqual([['late', 'exact']]);
  });

  it('alone lists what there was then, the newest first', async () => {
    expect(held(await search('What happened this week?'))).toEqual([
      ['wednesday', 'exact'],
      ['tuesday', 'exact'],
    ]);
    expect(held(await search('what happened yesterday'))).toEqual([['wednesday', 'near']]);
    const bounds = { startDate: null, endDate: null, includeDiscarded: false };
    const page = { query: 'What happened this week?', page: 1, perPage: 10, ...bounds };
    const { matches } = await service.searchEverything(uid, page);
    expect(matches.map(({ kind, id }) => [kind, id])).toEqual([
      ['conversation', 'wednesday'],
      ['conversation', 'tuesday'],
    ]);
  });

  it('keeps to the bounds of the caller, who is never widened', async () => {
    const items = await search('budget last Tuesday', { startDate: at('2026-03-18T00:00') });
    expect(held(items)).toEqual([['wednesday', 'given']]);
    expect(await search('budget', { startDate: NOW })).toEqual([]);
  });

  it('does not take a clock time or a doubtful word for a day', async () => {
    expect(held(await search('may the budget be fine'))[0]?.[1]).toBe('unasked');
    expect(held(await search('budget at 3 pm'))[0]?.[1]).toBe('unasked');
  });
});

describe('a question with a person', () => {
  beforeEach(async () => {
    await add(
      'talk',
      at('2026-03-17T10:00'),
      'p-ben: The harbour crane is old and I would rather replace the crane.',
      `p-ben: ${'Something else altogether was on my mind. '.repeat(12)}`,
      'p-ann: I like the harbour crane as it is.',
      `p-ann: ${'Nobody spoke of anything in particular. '.repeat(12)}`,
    );
    await add(
      'other',
      at('2026-03-18T10:00'),
      'p-will: The crane, the harbour, the harbour crane.',
    );
  });

  it.each([
    ['What did Ann say about the harbour crane?', 'talk-s2'],
    ['what did ben lee think of the harbour crane', 'talk-s0'],
    ['what about the harbour crane and Will', 'other-s0'],
  ])('puts what that person says first: %s', async (question, segment) => {
    const [first] = await search(question);
    expect(first?.matches[0]?.matchedSegmentIds[0]).toBe(segment);
    expect(first?.filter).toEqual({ time: 'unasked', person: 'held' });
  });

  it('says where that person does not speak, and leaves nothing out', async () => {
    const items = await search('What did Ann say about the harbour crane?');
    expect(items.map(({ filter }) => filter.person)).toEqual(['held', 'dropped']);
  });

  it('takes a word for a name only where it is written as one, and only where it is one name', async () => {
    expect((await search('will the harbour crane last'))[0]?.filter.person).toBe('unasked');
    expect((await search('What did Lee say about the crane?'))[0]?.filter.person).toBe('unasked');
  });
});
