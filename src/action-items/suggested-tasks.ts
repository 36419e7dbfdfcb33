import { idFromText } from '../kernel/ids.ts';
import { type StagedTask, stagedTasks } from '../model/tasks/staged-task.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';
import type { ClaimedActionItem } from './conversation-action-items.ts';
import { makeStagedTask, stagedTaskKey } from './staged-task.ts';

/** What `planSuggestedTasks` has planned and `writeSuggestedTasks` writes. */
export interface SuggestedTasksPlan {
  put: readonly StagedTask[];
  deleteIds: readonly string[];
}

/**
 * Reads the proposals that come from a conversation and plans those for tasks that are only likely. Tasks of others are
 * not proposed, nor are words that were proposed before, open or promoted. Open proposals of the conversation that it
 * does not suggest any more are deleted. Processing twice adds nothing. It only reads, so a transaction calls it before
 * its first write.
 */
export async function planSuggestedTasks(
  reader: DocumentReader,
  uid: string,
  conversation: { id: string; isLocked: boolean },
  suggestions: readonly ClaimedActionItem[],
  now: number,
): Promise<SuggestedTasksPlan> {
  const filters = { conversationId: conversation.id };
  const old: StagedTask[] = [];
  for await (const task of queryAll(reader, stagedTasks, uid, {
    query: 'ofConversation',
    filters,
  })) {
    old.push(task);
  }
  const own = suggestions.filter(({ owner }) => owner === null || owner === 'user');
  const wanted = new Map(
    conversation.isLocked ? [] : own.map((task) => [stagedTaskKey(task.description), task]),
  );
  const put: StagedTask[] = [];
  for (const [key, { description, owner, dueAt, segmentIds }] of wanted) {
    const request = { query: 'byKey', filters: { key }, limit: 1 } as const;
    if ((await reader.query(stagedTasks, uid, request)).items.length > 0) continue;
    const id = idFromText(`staged-task:${conversation.id}:${key}`);
    const said = { owner, conversationId: conversation.id, segmentIds: [...segmentIds] };
    put.push({
      ...makeStagedTask(id, { description, dueAt, source: 'conversation' }, now),
      ...said,
    });
  }
  const deleteIds = old
    .filter(({ completed, key }) => !completed && !wanted.has(key))
    .map(({ id }) => id);
  return { put, deleteIds };
}

/** Writes a plan in the caller's transaction. */
export function writeSuggestedTasks(
  writer: DocumentWriter,
  uid: string,
  { put, deleteIds }: SuggestedTasksPlan,
): void {
  for (const task of put) writer.put(stagedTasks, uid, task);
  for (const id of deleteIds) writer.delete(stagedTasks, uid, id);
}
