import {
  conversations,
  emptyStructured,
  makeConversation,
} from '../../../src/model/conversations/conversation.ts';
import { makeSegment } from '../../../src/model/conversations/transcript-segment.ts';
import { makeMemory, memories } from '../../../src/model/memory.ts';
import { actionItems, makeActionItem } from '../../../src/model/tasks/action-item.ts';
import { searchChanged } from '../../../src/search/search-changed.ts';
import type { Transaction } from '../../../src/store/document-store.ts';
import { encodeTranscript, writeTranscript } from '../../../src/transcripts/transcript.ts';
import type { TestServer } from '../test-server.ts';

const BATCH = 200;
const HOUR_MS = 3_600_000;

/** Writes what has the numbers from 0 to `count`, some in one transaction. */
async function inBatches(
  { context: { store } }: TestServer,
  count: number,
  write: (tx: Transaction, index: number) => void,
): Promise<void> {
  for (let at = 0; at < count; at += BATCH) {
    await store.transact((tx) => {
      for (let index = at; index < Math.min(count, at + BATCH); index += 1) write(tx, index);
    });
  }
}

/** Adds `count` conversations without words, one an hour, the newest first. Every hundredth names a lighthouse. */
export async function addConversations(
  server: TestServer,
  count: number,
  now: number,
): Promise<void> {
  const { uid } = server;
  await inBatches(server, count, (tx, index) => {
    const place = index % 100 === 0 ? 'lighthouse' : 'harbour';
    const title = `Conversation ${index} about the ${place}`;
    const parts = {
      id: `many-${index}`,
      createdAt: now - index * HOUR_MS,
      status: 'completed' as const,
      structured: { ...emptyStructured(), title, overview: `${title}. `.repeat(4) },
    };
    tx.create(conversations, uid, makeConversation(parts));
    if (index % 100 === 0) searchChanged(tx, uid, 'conversation', parts.id, now);
  });
}

/** Adds one conversation of `hours`: a sentence every five seconds; its number is in it. */
export async function addLongConversation(
  { context: { store }, uid }: TestServer,
  hours: number,
  now: number,
): Promise<{ id: string; segments: number }> {
  const id = 'long';
  const segments = Array.from({ length: hours * 720 }, (_, index) =>
    makeSegment({
      id: `long-${index}`,
      text: `Sentence ${index} says that the ${index % 7 === 0 ? 'ferry' : 'train'} is late again today.`,
      startMs: index * 5_000,
      endMs: index * 5_000 + 4_000,
      speaker: `SPEAKER_0${index % 3}`,
      isUser: index % 3 === 0,
    }),
  );
  const conversation = makeConversation({
    id,
    createdAt: now - hours * HOUR_MS,
    finishedAt: now,
    status: 'completed',
    structured: { ...emptyStructured(), title: 'A day at the station', overview: 'Trains.' },
  });
  const chunks = await encodeTranscript(id, segments);
  await store.transact((tx) => {
    const transcriptChunks = writeTranscript(tx, uid, conversation, chunks);
    tx.create(conversations, uid, { ...conversation, transcriptChunks });
  });
  return { id, segments: segments.length };
}

/**
 * Adds `count` open tasks, one due each hour from now on, the last third without a date, and as many
 * done ones.
 */
export async function addTasks(server: TestServer, count: number, now: number): Promise<void> {
  const { uid } = server;
  await inBatches(server, count, (tx, index) => {
    const dueAt = index < (count * 2) / 3 ? now + index * HOUR_MS : null;
    const createdAt = now - index * 1_000;
    const open = { id: `open-${index}`, description: `Open task ${index}.`, createdAt, dueAt };
    const done = { id: `done-${index}`, description: `Done task ${index}.`, createdAt };
    tx.create(actionItems, uid, makeActionItem(open));
    tx.create(actionItems, uid, makeActionItem({ ...done, completed: true, completedAt: now }));
  });
}

/** Adds `count` memories, the newest first; the first tenth waits for a review. */
export async function addMemories(server: TestServer, count: number, now: number): Promise<void> {
  const { uid } = server;
  await inBatches(server, count, (tx, index) => {
    const place = index % 100 === 99 ? 'lighthouse' : 'harbour';
    const parts = {
      uid,
      content: `Fact ${index} about the ${place}.`,
      createdAt: now - index * 1_000,
      category: index % 2 === 0 ? ('system' as const) : ('interesting' as const),
    };
    tx.create(memories, uid, makeMemory({ ...parts, reviewed: index >= count / 10 }));
  });
}
