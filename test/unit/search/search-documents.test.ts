import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyStructured,
  makeConversation,
} from '../../../src/model/conversations/conversation.ts';
import {
  makeSegment,
  type TranscriptSegment,
} from '../../../src/model/conversations/transcript-segment.ts';
import { makeMemory } from '../../../src/model/memory.ts';
import { makeActionItem } from '../../../src/model/tasks/action-item.ts';
import {
  actionItemDocuments,
  conversationDocuments,
  memoryDocuments,
} from '../../../src/search/indexing/search-documents.ts';
import { splitSpeech } from '../../../src/search/indexing/speech-pieces.ts';
import { countWords } from '../../../src/text/word-count.ts';

const conversation = makeConversation({ id: 'c', createdAt: 5_000, startedAt: 1_000_000 });
const names = { user: 'Dana', people: new Map([['p1', 'Ben']]), timeZone: 'Europe/Lisbon' };

function segmentsOf(lengths: readonly number[]): TranscriptSegment[] {
  return lengths.map((words, i) =>
    makeSegment({
      id: `s${i}`,
      text: Array.from({ length: words }, (_, w) => `w${i}x${w}`).join(' '),
      startMs: i * 1000,
      endMs: i * 1000 + 900,
    }),
  );
}

const windowsOf = (segments: readonly TranscriptSegment[]) =>
  conversationDocuments(conversation, segments, names).filter((doc) => doc.kind === 'window');

describe('conversationDocuments', () => {
  it('describes the conversation itself', () => {
    const structured = {
      ...emptyStructured(),
      title: 'Boiler',
      overview: 'The boiler leaks.',
      category: 'family' as const,
      events: [
        {
          title: 'Plumber visit',
          description: 'Bring the key',
          start: 1,
          durationMinutes: 30,
          created: false,
          segmentIds: [],
        },
      ],
    };
    const [document] = conversationDocuments({ ...conversation, structured }, [], names);
    expect(document).toEqual({
      id: 'c',
      kind: 'conversation',
      conversationId: 'c',
      happenedAt: 1_000_000,
      title: 'Boiler',
      text: 'The boiler leaks.\nPlumber visit\nBring the key\nfamily',
      context: 'Thursday 1 January 1970',
      segmentIds: [],
      lines: [],
      speakers: [],
      facets: { people: [], topics: [], entities: [], dates: [] },
      category: null,
      discarded: false,
    });
  });

  it('is empty for a conversation with neither words nor title', () => {
    expect(conversationDocuments(conversation, [], names)).toEqual([]);
    expect(windowsOf([makeSegment({ id: 's', text: '  ', startMs: 0, endMs: 1 })])).toEqual([]);
  });

  it('cuts windows that overlap by a segment, with ids, times and segments', () => {
    const windows = windowsOf(segmentsOf([30, 30, 30, 30, 30]));
    expect(windows.map(({ id, segmentIds, happenedAt }) => [id, segmentIds, happenedAt])).toEqual([
      ['c:0', ['s0', 's1'], 1_000_000],
      ['c:1', ['s1', 's2'], 1_001_000],
      ['c:2', ['s2', 's3'], 1_002_000],
      ['c:3', ['s3', 's4'], 1_003_000],
    ]);
  });

  it('names the speakers who have a name', () => {
    const base = { text: 'hello there', startMs: 0, endMs: 1 };
    const [window] = windowsOf([
      makeSegment({ ...base, id: '1', isUser: true }),
      makeSegment({ ...base, id: '2', personId: 'p1' }),
      makeSegment({ ...base, id: '3', personId: 'gone' }),
      makeSegment({ ...base, id: '4', isUser: true }),
    ]);
    expect(window?.title).toBe('Dana, Ben');
    expect(window?.text).toBe('hello there\nhello there\nhello there\nhello there');
  });

  it('splits a long segment between its sentences and estimates their times', () => {
    const sentence = (n: number) => `${'word '.repeat(49)}end${n}.`;
    const text = [1, 2, 3, 4].map(sentence).join(' ');
    const windows = windowsOf([makeSegment({ id: 'long', text, startMs: 0, endMs: 60_000 })]);
    expect(windows.map((window) => window.text)).toEqual([
      `${sentence(1)} ${sentence(2)}`,
      `${sentence(3)} ${sentence(4)}`,
    ]);
    expect(windows.map((window) => window.happenedAt - 1_000_000)).toEqual([0, 30_000]);
    expect(windows.every((window) => window.segmentIds[0] === 'long')).toBe(true);
  });

  it('holds every segment, in windows of bounded size, and keeps earlier windows as more is said', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 25 }),
        fc.integer({ min: 1, max: 300 }),
        (lengths, more) => {
          const before = windowsOf(segmentsOf(lengths));
          const after = windowsOf(segmentsOf([...lengths, more]));
          const held = new Set(before.flatMap((window) => window.segmentIds));
          expect(held.size).toBe(lengths.length);
          for (const window of before) expect(countWords(window.text)).toBeLessThanOrEqual(120);
          expect(after.slice(0, Math.max(0, before.length - 1))).toEqual(before.slice(0, -1));
          expect(new Set(after.map((window) => window.id)).size).toBe(after.length);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('splitSpeech', () => {
  it('loses nothing, whatever the text', () => {
    const texts = fc.array(fc.constantFrom('word ', 'end. ', '会議', '。', 'x', '!? ', '\n', '…'), {
      maxLength: 400,
    });
    fc.assert(
      fc.property(texts, (parts) => {
        const text = parts.join('');
        const split = splitSpeech(text, 20);
        expect(split.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
        for (const part of split) expect(countWords(part)).toBeLessThanOrEqual(20);
      }),
      { numRuns: 100 },
    );
  });
});

describe('memoryDocuments and actionItemDocuments', () => {
  it('hold what can be said of them', () => {
    const memory = makeMemory({ uid: 'u', content: 'Likes figs', createdAt: 7, tags: ['food'] });
    expect(memoryDocuments(memory)).toMatchObject([
      { id: memory.id, kind: 'memory', text: 'Likes figs\nfood', happenedAt: 7 },
    ]);
    expect(memoryDocuments({ ...memory, userReview: false })).toEqual([]);
    const item = makeActionItem({
      id: 'i',
      description: 'Call Ben',
      createdAt: 9,
      conversationId: 'c',
      segmentIds: ['s1'],
    });
    expect(actionItemDocuments(item)).toMatchObject([
      { id: 'i', kind: 'action_item', text: 'Call Ben', conversationId: 'c', segmentIds: ['s1'] },
    ]);
  });
});
