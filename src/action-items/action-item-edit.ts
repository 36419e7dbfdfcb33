import { AppError } from '../kernel/errors.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import { type ActionItem, actionItems } from '../model/tasks/action-item.ts';
import { searchChanged } from '../search/search-changed.ts';
import { getDocument } from '../store/collection.ts';
import type { DocumentReader, Transaction } from '../store/document-store.ts';
import { mirrorIntoConversation } from './inline-action-item.ts';

/** A change of an item: an absent field is not changed; null clears a nullable one. */
export type ActionItemEdit = Partial<
  Pick<
    ActionItem,
    | 'description'
    | 'completed'
    | 'dueAt'
    | 'exported'
    | 'exportDate'
    | 'exportPlatform'
    | 'appleReminderId'
    | 'sortOrder'
    | 'indentLevel'
    | 'syncRequested'
    | 'source'
    | 'priority'
    | 'category'
    | 'metadata'
    | 'relevanceScore'
  >
>;

/** Returns the item after an edit. Processing does not change an item that the user has edited. */
export function applyEdit(item: ActionItem, edit: ActionItemEdit, now: number): ActionItem {
  const after = { ...item, ...edit, updatedAt: now };
  if (after.completed !== item.completed) after.completedAt = after.completed ? now : null;
  const changed =
    after.description !== item.description ||
    after.completed !== item.completed ||
    after.dueAt !== item.dueAt;
  if (!changed) return after;
  const syncRequested = edit.syncRequested ?? (item.syncRequested || after.exported);
  return { ...after, edited: true, syncRequested };
}

/** Returns an item of the user. @throws AppError `not-found`, `payment-required` if it is locked */
export async function getUnlockedItem(
  reader: DocumentReader,
  uid: string,
  id: string,
): Promise<ActionItem> {
  const item = await getDocument(reader, actionItems, uid, id, 'Action item not found');
  if (item.isLocked) {
    throw new AppError('payment-required', 'A paid plan is required to access this action item.');
  }
  return item;
}

/**
 * Writes changes of items (`after` null: deleted), announces them to the search index, and updates the
 * copies in their conversations. It reads those conversations first, so call it after the transaction's
 * reads and before its other writes.
 */
export async function writeItemChanges(
  tx: Transaction,
  uid: string,
  changes: readonly { before: ActionItem; after: ActionItem | null }[],
  now: number,
): Promise<void> {
  const ids = new Set<string>();
  for (const { before, after } of changes) {
    if (before.conversationId !== null && !(after && isSameInside(before, after))) {
      ids.add(before.conversationId);
    }
  }
  const parents: Conversation[] = await tx.findMany(conversations, uid, [...ids]);
  for (const { before, after } of changes) {
    if (after) tx.put(actionItems, uid, after);
    else tx.delete(actionItems, uid, before.id);
    if (after && before.description === after.description) continue;
    searchChanged(tx, uid, 'action_item', before.id, now);
  }
  for (const parent of parents) {
    const own = changes.filter(({ before }) => before.conversationId === parent.id);
    mirrorIntoConversation(tx, uid, parent, own, now);
  }
}

/** Returns true if both have the same copy in a conversation. */
function isSameInside(before: ActionItem, after: ActionItem): boolean {
  return (
    before.description === after.description &&
    before.completed === after.completed &&
    before.dueAt === after.dueAt
  );
}
