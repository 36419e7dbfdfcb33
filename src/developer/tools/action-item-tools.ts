import { z } from 'zod';
import type { ActionItemService } from '../../action-items/action-item-service.ts';
import { ToolInputError } from '../../chat/tools/chat-tool.ts';
import type { SearchService } from '../../search/question/search-service.ts';
import {
  dayOrTime,
  defineRecordTool,
  pageArguments,
  pageOf,
  type RecordTool,
  readDayOrTime,
} from './record-tool.ts';

const id = z.string().min(1).max(200);
const description = z.string().trim().min(1).max(1000);

export interface ActionItemToolDeps {
  actionItems: ActionItemService;
  search: Pick<SearchService, 'searchActionItems'>;
}

/** Tools for the tasks of a user. */
export function actionItemTools(deps: ActionItemToolDeps): RecordTool[] {
  return [
    getActionItems(deps),
    searchActionItems(deps),
    createActionItem(deps),
    completeActionItem(deps),
    updateActionItem(deps),
    deleteActionItem(deps),
  ];
}

function getActionItems({ actionItems }: ActionItemToolDeps): RecordTool {
  return defineRecordTool({
    name: 'get_action_items',
    title: 'List tasks',
    scope: 'action_items:read',
    effect: 'read',
    description: 'Tasks of the user, newest first.',
    schema: z.object({
      completed: z.boolean().optional(),
      conversation_id: id.optional(),
      start_date: dayOrTime('Earliest time at which the task was made'),
      end_date: dayOrTime('Latest time at which the task was made'),
      due_start_date: dayOrTime('Earliest time at which it is due'),
      due_end_date: dayOrTime('Latest time at which it is due'),
      updated_since: dayOrTime('Only tasks changed since; the oldest change comes first'),
      ...pageArguments(50, 200),
    }),
    run: async ({ uid, timeZone }, args) => {
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
  });
}

function searchActionItems({ search }: ActionItemToolDeps): RecordTool {
  return defineRecordTool({
    name: 'search_action_items',
    title: 'Search tasks',
    scope: 'action_items:read',
    effect: 'read',
    description: 'Tasks that fit a query, by words and by meaning, best first.',
    schema: z.object({
      query: z.string().trim().min(1).max(1000),
      limit: z.number().int().min(1).max(100).default(10),
    }),
    run: async ({ uid }, args) => {
      const found = await search.searchActionItems(uid, args);
      const items = found.map(({ actionItem }) => actionItem);
      return { kind: 'action-items', items, nextCursor: null };
    },
  });
}

function createActionItem({ actionItems }: ActionItemToolDeps): RecordTool {
  return defineRecordTool({
    name: 'create_action_item',
    title: 'Add a task',
    scope: 'action_items:write',
    effect: 'add',
    description: 'Adds a task for the user.',
    schema: z.object({ description, due_at: dayOrTime('When it is due') }),
    run: async ({ uid, timeZone }, args) => ({
      kind: 'action-item',
      item: await actionItems.create(uid, {
        description: args.description,
        completed: false,
        dueAt: readDayOrTime('due_at', args.due_at, timeZone, 'end'),
        conversationId: null,
      }),
    }),
  });
}

function completeActionItem({ actionItems }: ActionItemToolDeps): RecordTool {
  return defineRecordTool({
    name: 'complete_action_item',
    title: 'Complete a task',
    scope: 'action_items:write',
    effect: 'change',
    description: 'Marks a task as done, or as open again.',
    schema: z.object({ action_item_id: id, completed: z.boolean().default(true) }),
    run: async ({ uid }, args) => {
      const { action_item_id, completed } = args;
      return {
        kind: 'action-item',
        item: await actionItems.update(uid, action_item_id, { completed }),
      };
    },
  });
}

function updateActionItem({ actionItems }: ActionItemToolDeps): RecordTool {
  return defineRecordTool({
    name: 'update_action_item',
    title: 'Change a task',
    scope: 'action_items:write',
    effect: 'change',
    description: 'Changes the text, due time or state of a task; an empty due_at takes it away.',
    schema: z.object({
      action_item_id: id,
      description: description.optional(),
      completed: z.boolean().optional(),
      due_at: dayOrTime('When it is due'),
    }),
    run: async ({ uid, timeZone }, args) => {
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
  });
}

function deleteActionItem({ actionItems }: ActionItemToolDeps): RecordTool {
  return defineRecordTool({
    name: 'delete_action_item',
    title: 'Delete a task',
    scope: 'action_items:write',
    effect: 'delete',
    description: 'Deletes a task for good.',
    schema: z.object({ action_item_id: id }),
    run: async ({ uid }, args) => {
      await actionItems.delete(uid, args.action_item_id);
      return { kind: 'done' };
    },
  });
}
