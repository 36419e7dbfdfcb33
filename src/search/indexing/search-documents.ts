import type { Conversation } from '../../model/conversations/conversation.ts';
import type { TranscriptSegment } from '../../model/conversations/transcript-segment.ts';
import { isCurrent, type Memory } from '../../model/memory.ts';
import type { ActionItem } from '../../model/tasks/action-item.ts';
import { zonedTime } from '../../model/zoned-time.ts';
import { countWords } from '../../text/word-count.ts';
import {
  makeSearchDocument,
  type SearchDocument,
  type SearchFacets,
  USER_SPEAKER,
} from '../search-index.ts';
import { splitSpeech } from './speech-pieces.ts';

/** A window is closed once it has this many words, and never grows beyond the second number. */
const WINDOW_WORDS = 60;
const MAX_WINDOW_WORDS = 120;
/** A window begins with the last piece of the one before, unless that is longer than this. */
const MAX_OVERLAP_WORDS = 40;

/** What the speakers of a transcript are called. */
export interface SpeakerNames {
  /** Of the user, null if unknown. */
  user: string | null;
  /** By person id. */
  people: ReadonlyMap<string, string>;
  /** IANA zone in which days have their names, null for UTC. */
  timeZone: string | null;
}

/** A segment, or a part of a long one. */
interface Piece {
  segmentId: string;
  text: string;
  words: number;
  startMs: number;
  /** Person id, `USER_SPEAKER`, or null. */
  speaker: string | null;
  name: string | null;
}

/**
 * Everything of a conversation that can be found: itself by its title, overview, category, action
 * items and events, and its transcript as overlapping windows of some 60 to 120 words. Windows are
 * numbered from the beginning, so that what is added to a live transcript leaves the earlier ones.
 */
export function conversationDocuments(
  conversation: Conversation,
  segments: readonly TranscriptSegment[],
  names: SpeakerNames,
): SearchDocument[] {
  const startedAt = conversation.startedAt ?? conversation.createdAt;
  const { title, text } = describe(conversation);
  const pieces = toPieces(segments, names);
  const documents: SearchDocument[] = [];
  if (title !== '' || text !== '') {
    const facets = facetsOf(conversation, pieces);
    documents.push(
      makeSearchDocument({
        id: conversation.id,
        kind: 'conversation',
        conversationId: conversation.id,
        happenedAt: startedAt,
        title,
        text,
        context: [
          ...facets.people,
          ...facets.topics,
          ...facets.entities,
          dayText(startedAt, names.timeZone),
        ].join('\n'),
        speakers: distinct(pieces.map((piece) => piece.speaker)),
        facets,
        discarded: conversation.discarded,
      }),
    );
  }
  toWindows(pieces).forEach((window, n) => {
    const happenedAt = startedAt + (window[0]?.startMs ?? 0);
    documents.push(
      makeSearchDocument({
        id: `${conversation.id}:${n}`,
        kind: 'window',
        conversationId: conversation.id,
        happenedAt,
        title: distinct(window.map((piece) => piece.name)).join(', '),
        text: window.map((piece) => piece.text).join('\n'),
        context: dayText(happenedAt, names.timeZone),
        segmentIds: distinct(window.map((piece) => piece.segmentId)),
        lines: window.map(({ segmentId, speaker }) => ({ segmentId, speaker })),
        speakers: distinct(window.map((piece) => piece.speaker)),
        facets: {
          people: distinct(window.map((piece) => piece.name)),
          topics: [],
          entities: [],
          dates: [],
        },
        discarded: conversation.discarded,
      }),
    );
  });
  return documents;
}

/** A memory that the user has not rejected; none otherwise. */
export function memoryDocuments(memory: Memory): SearchDocument[] {
  if (memory.userReview === false || !isCurrent(memory)) return [];
  return [
    makeSearchDocument({
      id: memory.id,
      kind: 'memory',
      conversationId: memory.conversationId,
      happenedAt: memory.createdAt,
      title: memory.headline ?? '',
      text: [memory.content, ...memory.tags].join('\n'),
      segmentIds: memory.segmentIds,
      category: memory.category,
    }),
  ];
}

export function actionItemDocuments(item: ActionItem): SearchDocument[] {
  return [
    makeSearchDocument({
      id: item.id,
      kind: 'action_item',
      conversationId: item.conversationId,
      happenedAt: item.createdAt,
      title: item.owner === null || item.owner === 'user' ? '' : item.owner,
      text: item.description,
      segmentIds: item.segmentIds,
    }),
  ];
}

function describe(conversation: Conversation): { title: string; text: string } {
  const { title, overview, category, actionItems, events } = conversation.structured;
  const parts = [
    overview,
    ...actionItems.map((item) => item.description),
    ...events.flatMap((event) => [event.title, event.description]),
    ...conversation.appsResults.map((result) => result.content),
    conversation.geolocation?.address ?? '',
    category === 'other' ? '' : category,
  ];
  const text = parts.filter((part) => part.trim() !== '').join('\n');
  return { title: title.trim(), text };
}

/** What is stored of a conversation beside its text, and who speaks in it. */
function facetsOf(conversation: Conversation, pieces: readonly Piece[]): SearchFacets {
  const { people, topics, entities, dates } = conversation.searchMetadata;
  const speakers = distinct(pieces.map((piece) => piece.name));
  return { people: distinct([...people, ...speakers]), topics, entities, dates };
}

/** The day by its names, as people ask for it: `Tuesday 17 March 2026`. */
function dayText(time: number, timeZone: string | null): string {
  return zonedTime(time, timeZone ?? 'utc')
    .setLocale('en')
    .toFormat('cccc d LLLL yyyy');
}

function toPieces(segments: readonly TranscriptSegment[], names: SpeakerNames): Piece[] {
  return segments.flatMap((segment) => {
    const speaker = segment.isUser ? USER_SPEAKER : segment.personId;
    const name = nameOf(segment, names);
    const total = countWords(segment.text);
    let before = 0;
    return splitSpeech(segment.text, MAX_WINDOW_WORDS).map((part) => {
      // A window's lines are told apart by their ends.
      const text = part.replace(/\s+/g, (space) => (space.includes('\n') ? ' ' : space));
      const words = countWords(text);
      const share = total === 0 ? 0 : before / total;
      before += words;
      const startMs = segment.startMs + Math.round((segment.endMs - segment.startMs) * share);
      return { segmentId: segment.id, text, words, startMs, speaker, name };
    });
  });
}

function nameOf(segment: TranscriptSegment, names: SpeakerNames): string | null {
  if (segment.isUser) return names.user;
  return segment.personId === null ? null : (names.people.get(segment.personId) ?? null);
}

function toWindows(pieces: readonly Piece[]): Piece[][] {
  const windows: Piece[][] = [];
  let window: Piece[] = [];
  let words = 0;
  let added = 0;
  for (const piece of pieces) {
    if (added > 0 && (words >= WINDOW_WORDS || words + piece.words > MAX_WINDOW_WORDS)) {
      windows.push(window);
      const last = window.at(-1);
      const overlaps =
        last !== undefined &&
        last.words <= MAX_OVERLAP_WORDS &&
        last.words + piece.words <= MAX_WINDOW_WORDS;
      window = overlaps ? [last] : [];
      words = overlaps ? last.words : 0;
      added = 0;
    }
    window.push(piece);
    words += piece.words;
    added += 1;
  }
  if (added > 0) windows.push(window);
  return windows;
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))];
}
