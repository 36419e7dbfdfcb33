import { z } from 'zod';
import { recordId } from '../record-arguments.ts';
import { defineTool } from '../tool.ts';

/** Deletes a task. */
export const deleteActionItemTool = defineTool({
  name: 'delete_action_item',
  records: {
    title: 'Delete a task',
    scope: 'action_items:write',
    effect: 'delete',
    description: 'Deletes a task for good.',
    schema: z.object({ action_item_id: recordId }),
    run: async ({ actionItems }, { uid }, args) => {
      await actionItems.delete(uid, args.action_item_id);
      return { kind: 'done' };
    },
  },
});
