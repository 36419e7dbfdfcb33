import { z } from 'zod';
import { toLocalText } from '../../local-time.ts';
import { dayOrTime, readDayOrTime } from '../record-arguments.ts';
import { defineTool } from '../tool.ts';
import { readDueTime, zonedTime } from '../tool-dates.ts';
import { taskDescription } from './task-description.ts';

const DAY_MS = 86_400_000;

/** Adds a task that the user asked for. */
export const createActionItemTool = defineTool({
  name: 'create_action_item',
  chat: {
    scope: 'action_items.write',
    description: 'Adds an action item (task, to-do, reminder). Only if the user asks for it.',
    status: 'Creating action item',
    writes: ['create-task'],
    keepsToScope: true,
    schema: z.object({
      description: z.string().min(1).max(1000).describe('What is to be done, verb first'),
      due_at: zonedTime('When it is due; in 24 hours unless told'),
      conversation_id: z.string().optional(),
    }),
    run: async ({ actionItems }, { uid, now, timeZone, permission }, args) => {
      const dueAt = readDueTime('due_at', args.due_at, now) ?? now + DAY_MS;
      permission.take('create-task', args.description);
      const item = await actionItems.create(uid, {
        description: args.description.trim(),
        completed: false,
        dueAt,
        conversationId: args.conversation_id ?? null,
      });
      return `✅ Added: ${item.description} (due ${toLocalText(dueAt, timeZone)})`;
    },
  },
  records: {
    title: 'Add a task',
    scope: 'action_items:write',
    effect: 'add',
    description: 'Adds a task for the user.',
    schema: z.object({ description: taskDescription, due_at: dayOrTime('When it is due') }),
    run: async ({ actionItems }, { uid, timeZone }, args) => ({
      kind: 'action-item',
      item: await actionItems.create(uid, {
        description: args.description,
        completed: false,
        dueAt: readDayOrTime('due_at', args.due_at, timeZone, 'end'),
        conversationId: null,
      }),
    }),
  },
});
