import { z } from 'zod';
import type { ActionItemService } from '../../action-items/action-item-service.ts';
import { toLocalText } from '../date-range.ts';
import { defineTool } from './chat-tool.ts';
import { readDueTime, zonedTime } from './tool-dates.ts';

const DAY_MS = 86_400_000;

/** Adds a task that the user asked for. */
export function createActionItemTool(deps: { actionItems: Pick<ActionItemService, 'create'> }) {
  return defineTool({
    name: 'create_action_item_tool',
    scope: 'action_items.write',
    description: 'Adds an action item (task, to-do, reminder). Only where the user asks for it.',
    status: 'Creating action item',
    writes: ['create-task'],
    schema: z.object({
      description: z.string().min(1).max(1000).describe('What is to be done, verb first'),
      due_at: zonedTime('When it is due; in 24 hours unless told'),
      conversation_id: z.string().optional(),
    }),
    run: async ({ uid, now, timeZone, permission }, args) => {
      const dueAt = readDueTime('due_at', args.due_at, now) ?? now + DAY_MS;
      permission.take('create-task', args.description);
      const item = await deps.actionItems.create(uid, {
        description: args.description.trim(),
        completed: false,
        dueAt,
        conversationId: args.conversation_id ?? null,
      });
      return `✅ Added: ${item.description} (due ${toLocalText(dueAt, timeZone)})`;
    },
  });
}
