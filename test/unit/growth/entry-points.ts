import { CitationFilter, withoutCitations } from '../../../src/chat/citation-filter.ts';
import { findDateRange } from '../../../src/chat/date-range.ts';
import { answerPlainRequest } from '../../../src/chat/plain-requests.ts';
import { excerptOf, matchedTerms, questionTerms } from '../../../src/chat/question-terms.ts';
import { namesFiles, readQuestion } from '../../../src/chat/routing.ts';
import { ChatTurn } from '../../../src/chat/turn.ts';
import { limitText, MAX_TOOL_OUTPUT, markAsData } from '../../../src/chat/untrusted-text.ts';
import { WritePermission } from '../../../src/chat/write-permission.ts';
import { isSameFact } from '../../../src/memories/fact-similarity.ts';
import { contradict } from '../../../src/memories/fact-slots.ts';
import { emotionOf } from '../../../src/understanding/emotion/emotion-rules.ts';
import { resolveDates } from '../../../src/understanding/rules/resolve-date.ts';

/** A function that reads text which a user, a client or a file sent, and what is worst for it. */
export interface EntryPoint {
  name: string;
  read: (text: string) => unknown;
  /** Texts to repeat, beside those that every entry point is given. `|` ends a part said once. */
  worst: readonly string[];
}

/** Repeated for every entry point. */
export const WORST_EVERYWHERE = [
  ' ', '\n', '\r\n', '\t ', 'a', 'A ', '0', '1:', '"', '“', '„', '«', "'", '’', '(', '[', '{', '<', '>',
  ':', ', ', '.', '. ', '! ', '?', '-', ' - ', '—', '@', 'a@', '&', '=', '_', '/', '\\', '\u0301',
  '👍', '한국 ', '漢', '\ud800', 'and ', 'and and and ', 'the the ', "I'm ", 'add ', 'from ', 'to ',
  'next tuesday at 3pm or ', 'yes, ',
]; // biome-ignore format: a list of short strings

const LOCAL = { now: Date.parse('2026-11-10T10:00:00Z'), timeZone: 'Europe/Berlin' };

/** Every entry point of text from outside. Add a line for a new one. */
export const ENTRY_POINTS: readonly EntryPoint[] = [
  {
    name: 'permission to write',
    read: (text) => new WritePermission(text, text).asksFor('create-task'),
    worst: ['add |x', 'mark it, and ', '“” ', '„x', '> \n', 'remind me to ', 'please '],
  },
  {
    name: 'topic and time of a question',
    read: (text) => readQuestion(text, [{ sender: 'human', text }], LOCAL),
    worst: ['between 1 and ', 'from |x ', '5pm ', 'hello ', 'monday to ', '2026-01-01 '],
  },
  {
    name: 'time of a question',
    read: (text) => findDateRange(text, LOCAL),
    worst: ['since ', 'last ', 'in may ', 'at 5 to ', 'in the last 3 days '],
  },
  {
    name: 'dates',
    read: (text) => resolveDates(text, { reference: LOCAL.now, timeZone: LOCAL.timeZone }),
    worst: [
      '5pm ',
      '10:00-',
      '1/2/2026 ',
      '1.2.2026 ',
      'march 3 ',
      'between |1 and ',
      'the 1st to ',
    ],
  },
  {
    name: 'terms and excerpt of a passage',
    read: (text) => {
      excerptOf(text, questionTerms(text), 60);
      return matchedTerms(text, ['budget', 'plan']);
    },
    worst: ['plan. ', 'x |. ', '。', 'a.b.'],
  },
  {
    name: 'words for files',
    read: (text) => namesFiles(text),
    worst: ['file', 'pièce '],
  },
  {
    name: 'a request done without a model',
    read: (text) => doRequest(text),
    worst: [
      'add |x ',
      'add |x to ',
      'add a task |.',
      'mark |x task ',
      'remember |.',
      'mark |x as ',
    ],
  },
  {
    name: 'an answer with citations',
    read: (text) => {
      const filter = new CitationFilter((n) => n === 1);
      return withoutCitations(filter.push(text) + filter.end());
    },
    worst: ['[1', '[1]', '[1, ', '[1, 2]'],
  },
  {
    name: 'text marked as data',
    read: (text) => limitText(markAsData('conversation', text), MAX_TOOL_OUTPUT),
    worst: ['</data>'],
  },
  {
    name: 'feelings',
    read: (text) => emotionOf(text),
    worst: ['so happy ', 'never so ', 'he is sad and ', 'not '],
  },
  {
    name: 'facts compared',
    read: (text) => [isSameFact(text, `${text}x`), contradict(text, `${text}x`)],
    worst: ['not ', 'Lives in |x', 'my favourite ', 'user '],
  },
];

async function doRequest(text: string): Promise<boolean> {
  const item = (description: string) => ({ id: '1', description, dueAt: null, isLocked: false });
  const deps = {
    actionItems: {
      list: async () => ({ items: [item(text), item('Other')], hasMore: false }),
      create: async (_uid: string, { description }: { description: string }) => item(description),
      update: async () => item(text),
    },
    memories: { list: async () => [], create: async () => ({ content: text }) },
  };
  const turn = new ChatTurn({
    uid: 'anna',
    chat: { appId: null, sessionId: null },
    ...LOCAL,
    userName: null,
    message: text,
    range: null,
    topic: text,
    isSpoken: false,
    permission: WritePermission.direct(),
    signal: new AbortController().signal,
    tell: () => undefined,
  });
  // Only the fields that are read are there.
  return await answerPlainRequest(deps as never, turn);
}
