import { z } from 'zod';
import type { ActionItem } from '../../../model/tasks/action-item.ts';
import { isInScope } from '../../chat-scope.ts';
import { toLocalText } from '../../local-time.ts';
import { markAsData } from '../../untrusted-text.ts';
import { dayOrTime, pageArguments, pageOf, readDayOrTime, recordId } from '../record-arguments.ts';
import { defineTool } from '../tool.ts';
import { readTime, zonedTime } from '../tool-dates.ts';

/** Tasks that are looked through for those of a scope, the newest. */
const MOST_IN_SCOPE = 5000;

/** The user's tasks. */
export const getActionItemsTool = defineTool({
  name: 'get_action_items',
  chat: {
    scope: 'action_items.read',
    description: "Lists the user's action items (tasks, to-dos), with their ids.",
    status: 'Checking action items',
    writes: [],
    keepsToScope: true,
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
    run: async ({ actionItems }, { uid, timeZone, within }, args) => {
      const filter = {
        completed: args.completed ?? null,
        conversationId: args.conversation_id ?? null,
        createdFrom: readTime('start_date', args.start_date),
        createdTo: readTime('end_date', args.end_date),
        dueFrom: readTime('due_start_date', args.due_start_date),
        dueTo: readTime('due_end_date', args.due_end_date),
      };
      const { limit, offset } = args;
      const page = within === null ? { limit, offset } : { limit: MOST_IN_SCOPE, offset: 0 };
      const found = await actionItems.list(uid, filter, page);
      const fitting = found.items.filter((item) => isInScope(within, item.conversationId));
      const items = within === null ? fitting : fitting.slice(offset, offset + limit);
      const hasMore = within === null ? found.hasMore : fitting.length > offset + limit;
      const open = items.filter((item) => !item.isLocked);
      if (open.length === 0) return 'No action items.';
      const lines = open.map((item, i) => `${i + 1}. ${describeItem(item, timeZone)}`);
      const more = hasMore ? `\nThere are more: ask with offset ${offset + limit}.` : '';
      return `User Action Items (${open.length} shown):\n${markAsData('action items', lines.join('\n'))}${more}`;
    },
  },
  records: {
    title: 'List tasks',
    scope: 'action_items:read',
    effect: 'read',
    description: 'Tasks of the user, newest first.',
    schema: z.object({
      completed: z.boolean().optional(),
      conversation_id: recordId.optional(),
      start_date: dayOrTime('Earliest time at which the task was made'),
      end_date: dayOrTime('Latest time at which the task was made'),
      due_start_date: dayOrTime('Earliest time at which it is due'),
      due_end_date: dayOrTime('Latest time at which it is due'),
      updated_since: dayOrTime('Only tasks changed since; the oldest change comes first'),
      ...pageArguments(50, 200),
    }),
    run: async ({ actionItems }, { uid, timeZone }, args) => {
      const time = (name: keyof typeof args & string, edge: 'start' | 'end') => {
        const given = args[name];
        return readDayOrTime(name, typeof given === 'string' ? given : undefined, timeZone, edge);
      };
      const filter = {
        completed: args.completed ?? null,
        conversationId: args.conversation_id ?? null,
        createdFrom: time('start_date', 'start'),
        createdTo: time('end_date', 'end'),
        dueFrom: time('due_start_date', 'start'),
        dueTo: time('due_end_date', 'end'),
        updatedSince: time('updated_since', 'start'),
      };
      const page = await actionItems.page(uid, filter, pageOf(args));
      return { kind: 'action-items', ...page };
    },
  },
});

function describeItem(item: ActionItem, timeZone: string): string {
  const state = item.completed ? '✅ Completed' : '⬜ Pending';
  const due = item.dueAt === null ? '' : `, due ${toLocalText(item.dueAt, timeZone)}`;
  return `[${state}] ${item.description} (ID: ${item.id}${due}, created ${toLocalText(item.createdAt, timeZone)})`;
}
