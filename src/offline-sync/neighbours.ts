import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import { joinedConversations } from '../model/conversations/sync-file.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader } from '../store/document-store.ts';
import type { Neighbour, Span } from './join-plan.ts';

/** Longest conversation whose end is found by its beginning, milliseconds. */
const LONGEST_MS = 26 * 3_600_000;
/** Longest pause that a client may ask for, milliseconds. */
const LONGEST_PAUSE_MS = 4 * 3_600_000;

/** Returns the conversations of a user that may take words of this time, or be joined by them. */
export async function findNeighbours(
  reader: DocumentReader,
  uid: string,
  words: Span,
): Promise<Conversation[]> {
  const found: Conversation[] = [];
  const request = {
    query: 'recent',
    // Ordered from the newest on: `from` and `to` are bounds of the time all the same.
    from: words.startAt - LONGEST_MS,
    to: words.endAt + LONGEST_PAUSE_MS,
  } as const;
  for await (const conversation of queryAll(reader, conversations, uid, request)) {
    if (takesSpeech(conversation)) found.push(conversation);
  }
  return found;
}

/** Returns the conversation that an id stands for now, through those that have become part of others. */
export async function findJoined(
  reader: DocumentReader,
  uid: string,
  id: string,
): Promise<Conversation | undefined> {
  let current = id;
  // A chain ends: each conversation joins one that exists.
  for (let steps = 0; steps < 100; steps += 1) {
    const moved = await reader.find(joinedConversations, uid, current);
    if (!moved) return reader.find(conversations, uid, current);
    current = moved.into;
  }
  return undefined;
}

/** Calls and what was written or heard elsewhere take no words of a device. */
export function takesSpeech(conversation: Conversation): boolean {
  const { exclusive, textSource, importKey, isLocked, source } = conversation;
  return (
    !exclusive && textSource === null && importKey === null && !isLocked && source !== 'onboarding'
  );
}

/** A conversation as the plan of joining sees it. */
export function toNeighbour(conversation: Conversation): Neighbour {
  const { id, startedAt, createdAt, finishedAt, timeoutMs, externalData } = conversation;
  const startAt = startedAt ?? createdAt;
  return {
    id,
    startAt,
    endAt: Math.max(startAt, finishedAt ?? startAt),
    timeoutMs,
    endedByUserAt: conversation.endRequestedAt,
    isFromFiles: conversation.fromFiles,
    isInProgress: conversation.status === 'in_progress',
    isFixed: externalData?.split_metadata !== undefined,
    edits: editsOf(conversation),
  };
}

function editsOf(conversation: Conversation): number {
  const { titleEdited, overviewEdited, starred, folderChosen, visibility } = conversation;
  const marks = [titleEdited, overviewEdited, starred, folderChosen, visibility !== 'private'];
  return marks.filter(Boolean).length;
}
