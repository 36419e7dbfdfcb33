import { AppError } from '../kernel/errors.ts';
import { type ActionItem, actionItems } from '../model/action-item.ts';
import { type Conversation, conversations } from '../model/conversation.ts';
import { searchChanged } from '../search/search-changed.ts';
import { getDocument } from '../store/collection.ts';
import type { DocumentReader, Transaction } from '../store/document-store.ts';
import { mirrorIntoConversation } from './inline-action-item.ts';

/** A change of an item: an absent field is left as it is; null clears one that may be absent. */
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
  >
>;

/** The item as it is after an edit. What the user changes in it, processing then leaves alone. */
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

/** An item of the user: absent is 404, locked is 402. */
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
 * Writes changes of items (`after` null: deleted), what tells the search index, and their mirror in
 * the conversations they belong to. Reads those conversations first, so it comes after the
 * transaction's reads and before its other writes.
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

/** True where a conversation shows both alike, so that there is nothing to mirror. */
function isSameInside(before: ActionItem, after: ActionItem): boolean {
  return (
    before.description === after.description &&
    before.completed === after.completed &&
    before.dueAt === after.dueAt
  );
}
