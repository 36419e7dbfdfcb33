import { makeConversation } from '../../../src/model/conversations/conversation.ts';
import { makeSegment } from '../../../src/model/conversations/transcript-segment.ts';
import { SentenceRanking } from '../../../src/search/adapters/sqlite/sentence-ranking.ts';
import { parseWordQuery, toIndexText } from '../../../src/search/adapters/sqlite/word-query.ts';
import { conversationDocuments } from '../../../src/search/indexing/search-documents.ts';
import { findPeopleInQuestion } from '../../../src/search/question/people-in-question.ts';
import { isTimeMeant, withoutTime } from '../../../src/search/question/question-filter.ts';
import { isQuestion, tellingPart } from '../../../src/text/questions.ts';
import { stemOf } from '../../../src/text/stems.ts';
import { wordsOf } from '../../../src/text/tokenizer.ts';
import { type EntryPoint, USUAL_WORST } from './entry-point.ts';

/** Where search reads queries, and text that is indexed. */
export const SEARCH_ENTRY_POINTS: readonly EntryPoint[] = [
  {
    name: 'words of a question',
    read: (text) => [isQuestion(text), tellingPart(text), wordsOf(text).map(stemOf)],
    worst: [...USUAL_WORST, 'what ', 'please, ', 'ok ', 'ations', '? '],
  },
  {
    name: 'a query for words',
    read: (text) => {
      const { terms } = parseWordQuery(text);
      const weighed = terms.map((term) => ({ ...term, weight: 1 }));
      return new SentenceRanking(weighed, new Set()).score(text, toIndexText(text), []);
    },
    worst: [...USUAL_WORST, '“x” ', 'plan |plan, ', 'who ', '議'],
  },
  {
    name: 'people in a question',
    read: (text) => {
      const people = ['Ann And', 'the', text.slice(0, 40)].map((name) => ({ id: name, name }));
      return findPeopleInQuestion(text, people, text);
    },
    worst: [...USUAL_WORST, 'Ann ', 'did I ', 'What did I |ever '],
  },
  {
    name: 'a question without its time',
    read: (text) => [
      withoutTime(text, { from: 0, to: 1, text: 'a' }),
      isTimeMeant({ from: 0, to: 1, text }, 2),
    ],
    worst: [...USUAL_WORST, 'at |1'],
  },
  {
    name: 'a transcript that is indexed',
    read: (text) =>
      conversationDocuments(
        makeConversation({ id: 'talk', createdAt: 0 }),
        [makeSegment({ id: '1', text, startMs: 0, endMs: 1000, speaker: 'SPEAKER_00' })],
        { user: null, people: new Map(), timeZone: null },
      ),
    worst: [...USUAL_WORST, 'Go. ', 'Go', '。', '… '],
  },
];
