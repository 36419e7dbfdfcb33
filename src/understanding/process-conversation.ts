import {
  planConversationActionItems,
  writeConversationActionItems,
} from '../action-items/conversation-action-items.ts';
import { loadPhotos } from '../conversations/conversation-photos.ts';
import { loadTranscript, noteConversationChange } from '../conversations/transcript.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { Clock } from '../kernel/clock.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import {
  planConversationMemories,
  writeConversationMemories,
} from '../memories/conversation-memories.ts';
import { GLOBAL } from '../model/collection.ts';
import { type Conversation, conversations, type Structured } from '../model/conversation.ts';
import type { ConversationPhoto } from '../model/conversation-photo.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import type { Job } from '../model/job.ts';
import { type Person, people } from '../model/person.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/transcript-segment.ts';
import { type User, users } from '../model/user.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';
import type { ReadEmotion } from './emotion/emotion-reader.ts';
import type { Understand, UnderstandingResult } from './understand.ts';
import type { SpokenSegment, Understanding, UnderstandingInput } from './understanding-engine.ts';

export interface ProcessOptions {
  store: DocumentStore;
  clock: Clock;
  events: EventBus<DomainEvents>;
  understand: Understand;
  /** Asked where the user has switched it on. */
  readEmotion: ReadEmotion;
  /** IANA zone of users who have not told theirs. */
  defaultTimeZone: string;
}

/**
 * The job that understands a conversation: structure, action items, events and memories, all
 * written in the one commit that also ends the job, so that no effect happens twice.
 */
export async function processConversation(run: JobRun, options: ProcessOptions): Promise<void> {
  const { store, events } = options;
  const { uid, subject: id } = run.job;
  const conversation = await store.find(conversations, uid, id);
  // Only what waits for processing is processed: a job left over after a crash has nothing to do.
  if (conversation?.status !== 'processing') return;
  const user = await store.find(users, GLOBAL, uid);
  const segments = await loadTranscript(store, uid, conversation);
  const input: UnderstandingInput = {
    segments: toSpoken(segments, await peopleById(store, uid), user),
    photos: seenIn(await loadPhotos(store, uid, id)),
    startedAt: conversation.startedAt ?? conversation.createdAt,
    timeZone: user?.timeZone ?? options.defaultTimeZone,
    language: languageOf(run.job, user, conversation),
    userName: user?.name ?? null,
    forced: conversation.forced,
  };
  const result = await options.understand(input, run.signal);
  const isFelt = user?.emotionAware === true && !result.understanding.discarded;
  const emotion = isFelt ? await options.readEmotion(input, run.signal) : undefined;
  const done = await store.transact((tx) => writeResult(tx, run, options, result, emotion));
  if (!done) return;
  events.emit('conversation-processed', { uid, conversationId: id, status: 'completed' });
  events.emit('search-changed', { uid });
}

/** Writes what was understood; false where the conversation has gone meanwhile. */
async function writeResult(
  tx: Transaction,
  run: JobRun,
  options: ProcessOptions,
  result: UnderstandingResult,
  /** Undefined where it was not asked for: what is known stays. */
  emotion: Awaited<ReturnType<ReadEmotion>> | undefined,
): Promise<boolean> {
  const { uid, subject: id } = run.job;
  const now = options.clock.now();
  const { understanding } = result;
  const conversation = await tx.find(conversations, uid, id);
  if (!conversation) {
    await run.finish(tx);
    return false;
  }
  const items = await planConversationActionItems(
    tx,
    uid,
    conversation,
    understanding.actionItems,
    now,
  );
  const facts = await planConversationMemories(tx, uid, conversation, understanding.memories, now);
  await run.finish(tx);
  writeConversationActionItems(tx, uid, items);
  writeConversationMemories(tx, uid, facts);
  tx.patch(conversations, uid, id, {
    structured: structuredOf(conversation, understanding, items.inline),
    discarded: understanding.discarded,
    ...(emotion === undefined ? {} : { emotion: emotion && { ...emotion, at: now } }),
    status: 'completed',
    updatedAt: Math.max(now, conversation.updatedAt + 1),
    processing: {
      engine: result.engine,
      model: result.model,
      modelError: result.modelError,
      failureReason: null,
      processedAt: now,
      runs: conversation.processing.runs + 1,
    },
  });
  noteConversationChange(tx, uid, id, now);
  return true;
}

/** Marks a conversation whose processing has failed for good; the user can ask for it again. */
export async function markProcessingFailed(
  tx: Transaction,
  job: Job,
  reason: string,
  now: number,
): Promise<void> {
  const conversation = await tx.find(conversations, job.uid, job.subject);
  if (conversation?.status !== 'processing') return;
  tx.patch(conversations, job.uid, job.subject, {
    status: 'failed',
    updatedAt: Math.max(now, conversation.updatedAt + 1),
    processing: { ...conversation.processing, failureReason: reason, processedAt: now },
  });
  noteConversationChange(tx, job.uid, job.subject, now);
}

function structuredOf(
  conversation: Conversation,
  understanding: Understanding,
  actionItems: Structured['actionItems'],
): Structured {
  const before = conversation.structured;
  const createdBefore = new Set(
    before.events.filter((event) => event.created).map((event) => `${event.title}@${event.start}`),
  );
  return {
    title: conversation.titleEdited ? before.title : understanding.title,
    overview: understanding.overview,
    emoji: understanding.emoji,
    category: understanding.category,
    actionItems,
    events: understanding.events.map((event) => ({
      ...event,
      created: createdBefore.has(`${event.title}@${event.start}`),
    })),
  };
}

/** What the photos show that something could be made of. */
function seenIn(photos: readonly ConversationPhoto[]): string[] {
  return photos.flatMap((photo) => (photo.discarded ? [] : (photo.description ?? [])));
}

/** What to write in: as was asked for, else the user's language, else the conversation's. */
function languageOf(job: Job, user: User | undefined, conversation: Conversation): string {
  if (typeof job.payload.language === 'string') return job.payload.language;
  if (user?.language) return user.language;
  return conversation.language && conversation.language !== 'multi' ? conversation.language : 'en';
}

async function peopleById(store: DocumentStore, uid: string): Promise<Map<string, Person>> {
  const found = new Map<string, Person>();
  for await (const person of queryAll(store, people, uid, { query: 'byName' })) {
    found.set(person.id, person);
  }
  return found;
}

function toSpoken(
  segments: readonly TranscriptSegment[],
  known: ReadonlyMap<string, Person>,
  user: User | undefined,
): SpokenSegment[] {
  return segments.map((segment) => ({
    id: segment.id,
    text: segment.text,
    speaker: `SPEAKER_${speakerIdOf(segment.speaker)}`,
    name: segment.isUser
      ? (user?.name ?? null)
      : ((segment.personId && known.get(segment.personId)?.name) ?? null),
    isUser: segment.isUser,
    startMs: segment.startMs,
    endMs: segment.endMs,
  }));
}
