import { DateTime } from 'luxon';
import { toCategory } from '../../model/conversations/category.ts';
import type { SearchMetadata } from '../../model/conversations/conversation.ts';
import { graphemesOf, wordsOf } from '../../text/tokenizer.ts';
import { clipWords } from '../../text/word-count.ts';
import { WordSet } from '../../text/word-set.ts';
import type {
  ActionItemClaim,
  EventClaim,
  MemoryClaim,
  Understanding,
  UnderstandingInput,
} from '../understanding-engine.ts';
import type { Answer, Head } from './answer-schema.ts';
import type { Evidence } from './evidence.ts';
import { parseSpokenTime, wordsForTime } from './spoken-time.ts';
import { speakerName } from './transcript-parts.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_EVENT_MINUTES = 180;
/** Entries of each list of search metadata. */
const MAX_TERMS = 20;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The claims of a conversation, or of a part of it. */
export type Claims = Pick<Understanding, 'actionItems' | 'events' | 'memories' | 'metadata'>;

/** The claims of a model's answer that hold: within bounds, with a source in what was said. */
export function readClaims(answer: Answer, input: UnderstandingInput, evidence: Evidence): Claims {
  return {
    actionItems: answer.actionItems.flatMap((item) => readActionItem(item, input, evidence)),
    events: answer.events.flatMap((event) => readEvent(event, input, evidence)),
    memories: answer.memories.flatMap((memory) => readMemory(memory, input, evidence)),
    metadata: readMetadata(answer, input),
  };
}

/** Title, overview, emoji and category within their bounds. */
export function readHead(
  head: Head,
): Pick<Understanding, 'title' | 'overview' | 'emoji' | 'category'> {
  return {
    title: clipWords(head.title, 10),
    overview: head.overview.trim(),
    emoji: firstEmoji(head.emoji),
    category: toCategory(head.category),
  };
}

function readActionItem(
  item: Answer['actionItems'][number],
  input: UnderstandingInput,
  evidence: Evidence,
): ActionItemClaim[] {
  const description = clipWords(item.description, 15).replace(/\.$/, '');
  const due = item.due && parseSpokenTime(item.due, input.timeZone, { hour: 23, minute: 59 });
  const dueAt = typeof due === 'number' && !isPast(due, input) ? due : null;
  const segmentIds = evidence.anchor({
    text: description,
    quote: item.quote,
    cited: item.segments,
    dateWords: timeWords(dueAt, input),
  });
  if (description === '' || !segmentIds) return [];
  return [{ description, owner: readOwner(item.owner, input), dueAt, segmentIds }];
}

function readEvent(
  event: Answer['events'][number],
  input: UnderstandingInput,
  evidence: Evidence,
): EventClaim[] {
  const title = clipWords(event.title, 10);
  const start = parseSpokenTime(event.start, input.timeZone, { hour: 9, minute: 0 });
  if (title === '' || start === null || isPast(start, input)) return [];
  const segmentIds = evidence.anchor({
    text: title,
    quote: event.quote,
    cited: event.segments,
    dateWords: timeWords(start, input),
  });
  if (!segmentIds) return [];
  const minutes = Math.round(event.durationMinutes);
  const durationMinutes = Math.min(MAX_EVENT_MINUTES, Math.max(1, minutes));
  return [{ title, description: event.description.trim(), start, durationMinutes, segmentIds }];
}

function readMemory(
  memory: Answer['memories'][number],
  input: UnderstandingInput,
  evidence: Evidence,
): MemoryClaim[] {
  const content = clipWords(memory.content, 20);
  const segmentIds = evidence.anchor({
    text: content,
    quote: memory.quote,
    cited: memory.segments,
    dateWords: [],
  });
  if (content === '' || !segmentIds) return [];
  const category = memory.category === 'interesting' ? 'interesting' : 'system';
  const replaces = (memory.replaces ?? []).flatMap(
    (number) => input.knownFacts[number - 1]?.id ?? [],
  );
  // What others say of the user, the user has to confirm.
  const isSure = input.segments.some(({ id, isUser }) => isUser && segmentIds.includes(id));
  return [{ content, category, segmentIds, replaces, isSure }];
}

/** Names that were heard or seen, topics and days within their bounds. */
function readMetadata(answer: Answer, input: UnderstandingInput): SearchMetadata {
  const heard = new WordSet(
    input.segments.flatMap(({ text, name }) => wordsOf(`${text} ${name ?? ''}`)),
  );
  const wasHeard = (name: string) => wordsOf(name).some((word) => heard.has(word));
  return {
    people: terms(answer.people).filter(wasHeard),
    topics: terms(answer.topics),
    entities: terms(answer.entities).filter(wasHeard),
    dates: terms(answer.dates).filter((day) => DateTime.fromISO(day).isValid && DAY.test(day)),
  };
}

function terms(list: readonly string[] | null | undefined): string[] {
  const clipped = (list ?? []).map((term) => clipWords(term, 6)).filter((term) => term !== '');
  return [...new Set(clipped)].slice(0, MAX_TERMS);
}

/** `user`, the label of a numbered voice, or a name that was heard; null for anybody else. */
function readOwner(owner: string | null, input: UnderstandingInput): string | null {
  const name = owner?.trim() ?? '';
  if (name === '') return null;
  const lower = name.toLowerCase();
  if (lower === 'user' || lower === input.userName?.trim().toLowerCase()) return 'user';
  const voice = input.segments.find((segment) => speakerName(segment).toLowerCase() === lower);
  if (voice) return voice.isUser ? 'user' : (voice.name ?? voice.speaker);
  const heard = new WordSet(input.segments.flatMap((s) => wordsOf(`${s.text} ${s.name ?? ''}`)));
  const words = wordsOf(name);
  return words.length > 0 && words.every((word) => heard.has(word)) ? clipWords(name, 5) : null;
}

function isPast(time: number, input: UnderstandingInput): boolean {
  return time < input.startedAt - DAY_MS;
}

function timeWords(time: number | null, input: UnderstandingInput): string[] {
  if (time === null) return [];
  return wordsForTime(time, input.startedAt, input.timeZone, input.language);
}

function firstEmoji(text: string): string {
  for (const segment of graphemesOf(text)) {
    if (/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(segment)) return segment;
  }
  return '🧠';
}
