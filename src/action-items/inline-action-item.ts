import {
  type Conversation,
  conversations,
  type InlineActionItem,
} from '../model/conversations/conversation.ts';
import type { ActionItem } from '../model/tasks/action-item.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/** Returns the copy of an item in its conversation. */
export function toInlineActionItem(item: ActionItem): InlineActionItem {
  return {
    id: item.id,
    description: item.description,
    completed: item.completed,
    createdAt: item.createdAt,
    updatedAt: item.updatedAt,
    dueAt: item.dueAt,
    completedAt: item.completedAt,
    conversationId: item.conversationId,
    owner: item.owner,
    segmentIds: [...item.segmentIds],
  };
}

/**
 * Updates the copies of items in their conversation. A change is an item before and after it (null:
 * deleted). The copy is found by the same id, else by the same description. An item without a copy is
 * not added.
 */
export function mirrorIntoConversation(
  writer: DocumentWriter,
  uid: string,
  conversation: Conversation,
  changes: readonly { before: ActionItem; after: ActionItem | null }[],
  now: number,
): void {
  const inline = [...conversation.structured.actionItems];
  let touched = false;
  for (const { before, after } of changes) {
    const byId = inline.findIndex((item) => item.id === before.id);
    const index =
      byId >= 0 ? byId : inline.findIndex((item) => item.description === before.description);
    if (index < 0) continue;
    touched = true;
    if (after) inline[index] = toInlineActionItem(after);
    else inline.splice(index, 1);
  }
  if (!touched) return;
  writer.patch(conversations, uid, conversation.id, {
    structured: { ...conversation.structured, actionItems: inline },
    // Always increases, so that concurrent writers of the conversation notice the change.
    updatedAt: Math.max(now, conversation.updatedAt + 1),
  });
  searchChanged(writer, uid, 'conversation', conversation.id, now);
}
