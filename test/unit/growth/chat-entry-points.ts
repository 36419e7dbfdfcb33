import { addressesIn } from '../../../src/chat/addresses.ts';
import { CitationFilter, withoutCitations } from '../../../src/chat/citation-filter.ts';
import { findDateRange } from '../../../src/chat/date-range.ts';
import { quoteOf, rankPassages } from '../../../src/chat/files/file-passages.ts';
import { toPassages } from '../../../src/chat/files/split-passages.ts';
import { withoutLinks } from '../../../src/chat/link-filter.ts';
import { DIRECT_CALL } from '../../../src/chat/permission.ts';
import { answerPlainRequest } from '../../../src/chat/plain-requests.ts';
import { excerptOf, matchedTerms, questionTerms } from '../../../src/chat/question-terms.ts';
import { namesFiles, readQuestion } from '../../../src/chat/routing.ts';
import { ChatTurn } from '../../../src/chat/turn.ts';
import { limitText, MAX_TOOL_OUTPUT, markAsData } from '../../../src/chat/untrusted-text.ts';
import { WritePermission } from '../../../src/chat/write-permission.ts';
import { type EntryPoint, LOCAL, USUAL_WORST } from './entry-point.ts';

/** Where chat reads text. */
export const CHAT_ENTRY_POINTS: readonly EntryPoint[] = [
  {
    name: 'permission to write',
    read: (text) => new WritePermission(text, text).asksFor('create-task'),
    worst: [
      ...USUAL_WORST,
      'add |x',
      'mark it, and ',
      '“” ',
      '„x',
      '> \n',
      'remind me to ',
      'please ',
    ],
  },
  {
    name: 'topic and time of a question',
    read: (text) => readQuestion(text, [{ sender: 'human', text }], LOCAL),
    worst: [
      ...USUAL_WORST,
      'between 1 and ',
      'from |x ',
      '5pm ',
      'hello ',
      'monday to ',
      '2026-01-01 ',
    ],
  },
  {
    name: 'time of a question',
    read: (text) => findDateRange(text, LOCAL),
    worst: [...USUAL_WORST, 'since ', 'last ', 'in may ', 'at 5 to ', 'in the last 3 days '],
  },
  {
    name: 'terms and excerpt of a passage',
    read: (text) => {
      excerptOf(text, questionTerms(text), 60);
      return matchedTerms(text, ['budget', 'plan']);
    },
    worst: [...USUAL_WORST, 'plan. ', 'x |. ', '。', 'a.b.'],
  },
  {
    name: 'words for files',
    read: (text) => namesFiles(text),
    worst: [...USUAL_WORST, 'file', 'pièce '],
  },
  {
    name: 'a request done without a model',
    read: (text) => doRequest(text),
    worst: [
      ...USUAL_WORST,
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
    worst: [...USUAL_WORST, '[1', '[1]', '[1, ', '[1, 2]'],
  },
  {
    name: 'links in an answer',
    read: (text) => [withoutLinks(text), addressesIn(text).size],
    worst: [
      ...USUAL_WORST,
      ...['![', '![x', '[[]', '](https://a.b/', '[a](', '[a]: ', '<a ', '<img |src=', 'https://|a'],
      ...['https://a.b/c ', 'a.b.', 'a.b/', 'a@b.', '&#58;', '//', 'www.', ':', 'http:', '(', '<<'],
    ],
  },
  {
    name: 'text marked as data',
    read: (text) => limitText(markAsData('conversation', text), MAX_TOOL_OUTPUT),
    worst: [...USUAL_WORST, '</data>'],
  },
  {
    name: 'a file that is asked about',
    read: async (text) => {
      const passages = toPassages(text, null);
      const found = await rankPassages([{ file: 'notes', passages }], text, 8);
      return found.map((passage) => quoteOf(passage, text));
    },
    worst: [...USUAL_WORST, 'plan. ', 'x\n'],
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
    within: null,
    uid: 'anna',
    chat: { appId: null, sessionId: null },
    ...LOCAL,
    userName: null,
    message: text,
    earlier: [],
    range: null,
    topic: text,
    isSpoken: false,
    permission: DIRECT_CALL,
    signal: new AbortController().signal,
    tell: () => undefined,
  });
  // Only the fields that are read are there.
  return await answerPlainRequest(deps as never, turn);
}
