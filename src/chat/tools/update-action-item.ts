import { z } from 'zod';
import type { ActionItemEdit } from '../../action-items/action-item-edit.ts';
import type { ActionItemService } from '../../action-items/action-item-service.ts';
import { toLocalText } from '../date-range.ts';
import { defineTool, ToolInputError } from './chat-tool.ts';
import { readTime, zonedTime } from './tool-dates.ts';

type Items = Pick<ActionItemService, 'get' | 'update'>;

/** Changes a task that the user asked to have changed. */
export function updateActionItemTool({ actionItems }: { actionItems: Items }) {
  return defineTool({
    name: 'update_action_item_tool',
    scope: 'action_items.write',
    description:
      "Changes an action item's text, due time or state. Only where the user asks for it.",
    status: 'Updating action item',
    writes: 'change-task',
    schema: z.object({
      action_item_id: z.string().min(1),
      completed: z.boolean().optional(),
      description: z.string().min(1).max(1000).optional(),
      due_at: zonedTime('New due time'),
    }),
    run: async ({ uid, timeZone, permission }, args) => {
      const before = await actionItems.get(uid, args.action_item_id);
      const dueAt = readTime('due_at', args.due_at);
      const edit: ActionItemEdit = {
        ...(args.completed === undefined ? {} : { completed: args.completed }),
        ...(args.description === undefined ? {} : { description: args.description.trim() }),
        ...(dueAt === null ? {} : { dueAt }),
      };
      if (Object.keys(edit).length === 0) throw new ToolInputError('nothing is to be changed');
      permission.take('change-task', before.description);
      const item = await actionItems.update(uid, before.id, edit);
      const changes = [
        ...(args.completed === undefined ? [] : [item.completed ? 'completed' : 'reopened']),
        ...(args.description === undefined ? [] : ['description']),
        ...(item.dueAt === null || dueAt === null ? [] : [`due ${toLocalText(dueAt, timeZone)}`]),
      ];
      return `Successfully updated action item: ${item.description}\nChanges: ${changes.join(', ')}`;
    },
  });
}

/** Marks a task as done where the user asked for that. */
export function completeActionItemTool({ actionItems }: { actionItems: Items }) {
  return defineTool({
    name: 'complete_action_item_tool',
    scope: 'action_items.write',
    description: 'Marks an action item as done. Only where the user asks for it.',
    status: 'Completing action item',
    writes: 'change-task',
    schema: z.object({ action_item_id: z.string().min(1) }),
    run: async ({ uid, permission }, { action_item_id }) => {
      const before = await actionItems.get(uid, action_item_id);
      permission.take('change-task', before.description);
      const item = await actionItems.update(uid, before.id, { completed: true });
      return `✅ Completed: ${item.description}`;
    },
  });
}
