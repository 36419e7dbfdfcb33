import type { ActionItem } from '../model/action-item.ts';
import { type Conversation, conversations, type InlineActionItem } from '../model/conversation.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/** A standalone item as it stands inside its conversation. */
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
 * Brings the inline items of a conversation in line with changes of standalone ones. Each change is
 * an item as it was and as it is (null: deleted); its inline twin has the same id, else the same
 * description. Items without a twin are not added.
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
    // Always moves on: whoever works on the conversation sees by it that it was changed.
    updatedAt: Math.max(now, conversation.updatedAt + 1),
  });
  searchChanged(writer, uid, 'conversation', conversation.id, now);
}
