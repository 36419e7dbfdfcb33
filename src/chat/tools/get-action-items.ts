import { z } from 'zod';
import type { ActionItemService } from '../../action-items/action-item-service.ts';
import type { ActionItem } from '../../model/tasks/action-item.ts';
import { toLocalText } from '../date-range.ts';
import { markAsData } from '../untrusted-text.ts';
import { defineTool } from './chat-tool.ts';
import { readTime, zonedTime } from './tool-dates.ts';

/** The user's tasks. */
export function getActionItemsTool(deps: { actionItems: Pick<ActionItemService, 'list'> }) {
  return defineTool({
    name: 'get_action_items_tool',
    scope: 'action_items.read',
    description: "Lists the user's action items (tasks, to-dos), with their ids.",
    status: 'Checking action items',
    writes: [],
    schema: z.object({
      limit: z.number().int().min(1).max(500).default(50),
      offset: z.number().int().min(0).max(10_000).default(0),
      completed: z.boolean().optional().describe('Only done ones, or only open ones'),
      conversation_id: z.string().optional(),
      start_date: zonedTime('Earliest time of creation'),
      end_date: zonedTime('Latest time of creation'),
      due_start_date: zonedTime('Earliest due time'),
      due_end_date: zonedTime('Latest due time'),
    }),
    run: async ({ uid, timeZone }, args) => {
      const filter = {
        completed: args.completed ?? null,
        conversationId: args.conversation_id ?? null,
        createdFrom: readTime('start_date', args.start_date),
        createdTo: readTime('end_date', args.end_date),
        dueFrom: readTime('due_start_date', args.due_start_date),
        dueTo: readTime('due_end_date', args.due_end_date),
      };
      const { limit, offset } = args;
      const { items, hasMore } = await deps.actionItems.list(uid, filter, { limit, offset });
      const open = items.filter((item) => !item.isLocked);
      if (open.length === 0) return 'No action items.';
      const lines = open.map((item, i) => `${i + 1}. ${describeItem(item, timeZone)}`);
      const more = hasMore ? `\nThere are more: ask with offset ${offset + limit}.` : '';
      return `User Action Items (${open.length} shown):\n${markAsData('action items', lines.join('\n'))}${more}`;
    },
  });
}

function describeItem(item: ActionItem, timeZone: string): string {
  const state = item.completed ? '✅ Completed' : '⬜ Pending';
  const due = item.dueAt === null ? '' : `, due ${toLocalText(item.dueAt, timeZone)}`;
  return `[${state}] ${item.description} (ID: ${item.id}${due}, created ${toLocalText(item.createdAt, timeZone)})`;
}
