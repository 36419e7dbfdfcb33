import type { Conversation } from '../model/conversations/conversation.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { SearchService } from '../search/question/search-service.ts';
import type { DocumentReader } from '../store/document-store.ts';
import { isQuestion } from '../text/questions.ts';
import { splitSentences } from '../text/sentences.ts';
import { countWords } from '../text/word-count.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import { narrowTo, type ScopeContents } from './chat-scope.ts';
import { excerptOf, matchedTerms, questionTerms } from './question-terms.ts';
import { loadSpeakerNames, type NameSpeaker } from './speaker-names.ts';

/** Windows that are looked at. */
const FOUND = 160;
/** Windows of a search that are read and weighed against each other. */
const WEIGHED = 60;
/** Transcripts that are read for them: each has to be unpacked as a whole. */
const TRANSCRIPTS = 5;
const QUOTE_WORDS = 60;
/** Segments of one passage that are quoted. */
const QUOTED_SEGMENTS = 3;
/** Segments behind a question among which its reply is. */
const REPLY_WITHIN = 3;

/** Words of a segment that says something by itself. */
const TELLING_WORDS = 3;
/** Conversations of a time that are looked at. */
const MOST_OF_TIME = 100;
/** How long before a time a conversation may have begun that still lasted in it. */
const LONGEST_CONVERSATION_MS = 12 * 3_600_000;

/** Words that were spoken and that a question may be answered with. */
export interface Passage {
  conversation: Conversation;
  segmentIds: string[];
  quotes: { segmentId: string; speaker: string; text: string; at: number }[];
  score: number;
}

export interface PassageSearch {
  question: string;
  /** Inclusive, epoch milliseconds; null does not restrict. */
  from: number | null;
  to: number | null;
  /** What may be looked at; null: everything. */
  within: ScopeContents | null;
  limit: number;
}

export interface PassageSources {
  search: Pick<SearchService, 'searchConversations' | 'searchWindows' | 'conversationsOf'>;
  reader: DocumentReader;
}

/** The passages that answer a question best, no two of them the same words; empty if none does. */
export async function findPassages(
  { search, reader }: PassageSources,
  uid: string,
  wanted: PassageSearch,
): Promise<Passage[]> {
  const terms = questionTerms(wanted.question);
  if (terms.length === 0) return [];
  const found = await search.searchWindows(uid, {
    query: wanted.question,
    includeDiscarded: true,
    startDate: wanted.from,
    endDate: wanted.to,
    ...narrowTo(wanted.within),
    limit: FOUND,
  });
  const windows = found.filter(firstOf(TRANSCRIPTS)).slice(0, WEIGHED);
  const transcripts = await loadTranscripts(reader, uid, windows);
  const weighed = windows.flatMap((window) => {
    const transcript = transcripts.get(window.conversation.id);
    const segments = window.segmentIds.flatMap((id) => transcript?.byId.get(id) ?? []);
    if (!transcript || segments.length === 0) return [];
    const text = segments.map((s) => `${transcript.nameOf(s)} ${s.text}`).join(' ');
    const matched = matchedTerms(text, terms);
    const meant = window.matched.includes('meaning');
    if (!meant && matched.size < neededTerms(terms.length)) return [];
    return [{ ...window, segments, transcript }];
  });
  const passages: Passage[] = [];
  const used = new Set<string>();
  for (const { conversation, segments, matchedSegmentIds, transcript, score } of weighed) {
    if (passages.length >= wanted.limit) break;
    const fresh = segments.filter((segment) => !used.has(`${conversation.id}:${segment.id}`));
    if (fresh.length * 2 < segments.length) continue;
    const best = withReplies(bestOf(fresh, matchedSegmentIds), transcript.segments);
    for (const segment of [...fresh, ...best]) used.add(`${conversation.id}:${segment.id}`);
    passages.push({
      conversation,
      segmentIds: [...new Set([...fresh, ...best].map((segment) => segment.id))],
      quotes: quotesOf(conversation, best, transcript.nameOf, terms),
      score,
    });
  }
  return passages;
}

/** Conversations of a time, and whether there are more of it. */
export interface TimePassages {
  /** In their order in time, each with what was said first in it. */
  passages: Passage[];
  hasMore: boolean;
}

/** Finds the conversations that lasted at some moment of a time, whatever they were about. */
export async function findPassagesOfTime(
  { search, reader }: PassageSources,
  uid: string,
  { from, to, within, limit }: Omit<PassageSearch, 'question'> & { from: number; to: number },
): Promise<TimePassages> {
  const { items } = await search.searchConversations(uid, {
    query: '',
    page: 1,
    perPage: MOST_OF_TIME,
    includeDiscarded: false,
    startDate: from - LONGEST_CONVERSATION_MS,
    endDate: to,
    ...narrowTo(within),
  });
  const lasting = items.filter(({ conversation }) => {
    const startedAt = conversation.startedAt ?? conversation.createdAt;
    return startedAt <= to && Math.max(startedAt, conversation.finishedAt ?? startedAt) >= from;
  });
  // The newest come first; they are told in their order.
  const shown = lasting.slice(0, limit).reverse();
  const transcripts = await loadTranscripts(reader, uid, shown);
  const passages = shown.map(({ conversation }) => {
    const transcript = transcripts.get(conversation.id);
    const first = (transcript?.segments ?? [])
      .filter(({ text }) => countWords(text) >= TELLING_WORDS)
      .slice(0, QUOTED_SEGMENTS);
    return {
      conversation,
      segmentIds: first.map((segment) => segment.id),
      quotes: transcript ? quotesOf(conversation, first, transcript.nameOf, []) : [],
      score: 0,
    };
  });
  return { passages, hasMore: lasting.length > limit };
}

/** Lets windows of the first `count` different conversations through. */
function firstOf(count: number) {
  const seen = new Set<string>();
  return ({ conversation }: { conversation: Conversation }): boolean => {
    if (seen.size < count) seen.add(conversation.id);
    return seen.has(conversation.id);
  };
}

/** How many words of a question a passage has to share: one of up to three, two of more. */
function neededTerms(count: number): number {
  return Math.max(1, Math.min(2, Math.ceil(count / 3)));
}

async function loadTranscripts(
  reader: DocumentReader,
  uid: string,
  windows: readonly { conversation: Conversation }[],
) {
  const conversations = new Map(windows.map(({ conversation }) => [conversation.id, conversation]));
  const loaded = await Promise.all(
    [...conversations.values()].map(async (conversation) => {
      const segments = await loadTranscript(reader, uid, conversation);
      const nameOf = await loadSpeakerNames(reader, uid, segments, () => 'You');
      const byId = new Map(segments.map((segment) => [segment.id, segment]));
      return [conversation.id, { segments, byId, nameOf }] as const;
    }),
  );
  return new Map(loaded);
}

/** The segments, each question with its reply: what another speaker says next. */
function withReplies(
  chosen: readonly TranscriptSegment[],
  transcript: readonly TranscriptSegment[],
): TranscriptSegment[] {
  const wanted = new Set(chosen);
  for (const [index, segment] of transcript.entries()) {
    if (!chosen.includes(segment) || !asks(segment.text)) continue;
    const reply = transcript
      .slice(index + 1, index + 1 + REPLY_WITHIN)
      .find((next) => !isSameVoice(next, segment) && /[\p{L}\p{N}]/u.test(next.text));
    if (reply) wanted.add(reply);
  }
  return transcript.filter((segment) => wanted.has(segment));
}

/** True for speech that ends with a question, or asks one without a question mark. */
function asks(text: string): boolean {
  const last = splitSentences(text.trim()).at(-1) ?? '';
  return isQuestion(last.trim());
}

function isSameVoice(a: TranscriptSegment, b: TranscriptSegment): boolean {
  return a.speaker === b.speaker && a.isUser === b.isUser && a.personId === b.personId;
}

/** The segments that answer best, in the order in which they were spoken. */
function bestOf(segments: readonly TranscriptSegment[], matchedIds: readonly string[]) {
  const byId = new Map(segments.map((segment) => [segment.id, segment]));
  const matched = matchedIds.flatMap((id) => byId.get(id) ?? []).slice(0, QUOTED_SEGMENTS);
  const chosen = new Set(matched.length > 0 ? matched : segments.slice(0, QUOTED_SEGMENTS));
  return segments.filter((segment) => chosen.has(segment));
}

function quotesOf(
  conversation: Conversation,
  segments: readonly TranscriptSegment[],
  nameOf: NameSpeaker,
  terms: readonly string[],
): Passage['quotes'] {
  const startedAt = conversation.startedAt ?? conversation.createdAt;
  return segments.map((segment) => ({
    segmentId: segment.id,
    speaker: nameOf(segment),
    text: excerptOf(segment.text, terms, QUOTE_WORDS),
    at: startedAt + segment.startMs,
  }));
}
