import { z } from 'zod';
import type { ActionItemEdit } from '../../../action-items/action-item-edit.ts';
import type { ActionItem } from '../../../model/tasks/action-item.ts';
import { toLocalText } from '../../local-time.ts';
import type { WriteKind } from '../../write-requests.ts';
import { ToolInputError } from '../chat-tool.ts';
import { dayOrTime, readDayOrTime, recordId } from '../record-arguments.ts';
import { defineTool } from '../tool.ts';
import { readDueTime, zonedTime } from '../tool-dates.ts';
import { taskDescription } from './task-description.ts';

/** Changes a task that the user asked to have changed. */
export const updateActionItemTool = defineTool({
  name: 'update_action_item',
  chat: {
    scope: 'action_items.write',
    description: "Changes an action item's text, due time or state. Only if the user asks for it.",
    status: 'Updating action item',
    writes: ['complete-task', 'reopen-task', 'rename-task', 'reschedule-task'],
    keepsToScope: true,
    schema: z.object({
      action_item_id: z.string().min(1),
      completed: z.boolean().optional(),
      description: z.string().min(1).max(1000).optional(),
      due_at: zonedTime('New due time'),
    }),
    run: async ({ actionItems }, { uid, now, timeZone, permission }, args) => {
      const before = await actionItems.get(uid, args.action_item_id);
      const edit = editOf(before, args, now);
      const kinds = kindsOf(edit);
      const isEmpty = [args.completed, args.description, args.due_at].every(
        (arg) => arg === undefined,
      );
      if (isEmpty) throw new ToolInputError('nothing is to be changed');
      if (kinds.length === 0)
        return `The action item is as asked for already: ${before.description}`;
      permission.take(kinds, before.description, edit.description ?? null);
      const item = await actionItems.update(uid, before.id, edit);
      const { completed, description, dueAt } = edit;
      const changes = [
        ...(completed === undefined ? [] : [completed ? 'completed' : 'reopened']),
        ...(description === undefined ? [] : ['description']),
        ...(dueAt === undefined || dueAt === null ? [] : [`due ${toLocalText(dueAt, timeZone)}`]),
      ];
      return `Successfully updated action item: ${item.description}\nChanges: ${changes.join(', ')}`;
    },
  },
  records: {
    title: 'Change a task',
    scope: 'action_items:write',
    effect: 'change',
    description: 'Changes the text, due time or state of a task; an empty due_at takes it away.',
    schema: z.object({
      action_item_id: recordId,
      description: taskDescription.optional(),
      completed: z.boolean().optional(),
      due_at: dayOrTime('When it is due'),
    }),
    run: async ({ actionItems }, { uid, timeZone }, args) => {
      const edit = {
        ...(args.description === undefined ? {} : { description: args.description }),
        ...(args.completed === undefined ? {} : { completed: args.completed }),
        ...(args.due_at === undefined
          ? {}
          : { dueAt: readDayOrTime('due_at', args.due_at, timeZone, 'end') }),
      };
      if (Object.keys(edit).length === 0) throw new ToolInputError('nothing is to be changed');
      return {
        kind: 'action-item',
        item: await actionItems.update(uid, args.action_item_id, edit),
      };
    },
  },
});

type Edit = Pick<ActionItemEdit, 'completed' | 'description' | 'dueAt'>;

/** What the arguments change; models repeat what is to stay as it is. */
function editOf(
  before: ActionItem,
  args: Readonly<Partial<Record<'description' | 'due_at', string | undefined>>> & {
    completed?: boolean | undefined;
  },
  now: number,
): Edit {
  const description = args.description?.trim();
  const dueAt = readDueTime('due_at', args.due_at, now);
  const { completed } = args;
  return {
    ...(completed === undefined || completed === before.completed ? {} : { completed }),
    ...(description === undefined || description === before.description ? {} : { description }),
    ...(dueAt === null || dueAt === before.dueAt ? {} : { dueAt }),
  };
}

function kindsOf({ completed, description, dueAt }: Edit): WriteKind[] {
  return [
    ...(completed === undefined
      ? []
      : [completed ? ('complete-task' as const) : ('reopen-task' as const)]),
    ...(description === undefined ? [] : ['rename-task' as const]),
    ...(dueAt === undefined ? [] : ['reschedule-task' as const]),
  ];
}
