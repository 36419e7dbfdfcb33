import { z } from 'zod';
import { recordId } from '../record-arguments.ts';
import { defineTool } from '../tool.ts';

/** Marks a task as done; in the chat only if the user asked for that. */
export const completeActionItemTool = defineTool({
  name: 'complete_action_item',
  chat: {
    scope: 'action_items.write',
    description: 'Marks an action item as done. Only if the user asks for it.',
    status: 'Completing action item',
    writes: ['complete-task'],
    keepsToScope: true,
    schema: z.object({ action_item_id: z.string().min(1) }),
    run: async ({ actionItems }, { uid, permission }, { action_item_id }) => {
      const before = await actionItems.get(uid, action_item_id);
      permission.take('complete-task', before.description);
      const item = await actionItems.update(uid, before.id, { completed: true });
      return `✅ Completed: ${item.description}`;
    },
  },
  records: {
    title: 'Complete a task',
    scope: 'action_items:write',
    effect: 'change',
    description: 'Marks a task as done, or as open again.',
    schema: z.object({ action_item_id: recordId, completed: z.boolean().default(true) }),
    run: async ({ actionItems }, { uid }, { action_item_id, completed }) => ({
      kind: 'action-item',
      item: await actionItems.update(uid, action_item_id, { completed }),
    }),
  },
});
