import { documentsIn } from '../deletions/deleted-documents.ts';
import type { DeletionHandler } from '../deletions/deletions.ts';
import { AppError } from '../kernel/errors.ts';
import { conversations } from '../model/conversations/conversation.ts';
import { actionItems } from '../model/tasks/action-item.ts';
import { searchChanged } from '../search/search-changed.ts';
import { toInlineActionItem } from './inline-action-item.ts';

/** Brings back a task, also in the conversation that it came from. */
export const actionItemDeletions: DeletionHandler = {
  async planRestore(tx, uid, { subjectId }, documents, now) {
    if (await tx.find(actionItems, uid, subjectId)) {
      throw new AppError('already-exists', 'The task is there again.');
    }
    const items = documentsIn(actionItems, documents);
    const ids = [...new Set(items.flatMap(({ conversationId }) => conversationId ?? []))];
    const parents = await tx.findMany(conversations, uid, ids);
    return () => {
      for (const item of items) {
        tx.put(actionItems, uid, item);
        searchChanged(tx, uid, 'action_item', item.id, now);
      }
      for (const parent of parents) {
        const { structured } = parent;
        const there = new Set(structured.actionItems.map((item) => item.id));
        const own = items.filter((item) => item.conversationId === parent.id);
        const added = own.filter((item) => !there.has(item.id)).map(toInlineActionItem);
        tx.patch(conversations, uid, parent.id, {
          structured: { ...structured, actionItems: [...structured.actionItems, ...added] },
          updatedAt: Math.max(now, parent.updatedAt + 1),
        });
        searchChanged(tx, uid, 'conversation', parent.id, now);
      }
    };
  },
};
