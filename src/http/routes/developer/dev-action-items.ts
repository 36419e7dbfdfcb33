import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ActionItemEdit } from '../../../action-items/action-item-edit.ts';
import type { ActionItemService } from '../../../action-items/action-item-service.ts';
import { devActionItemSchema, devActionItemToWire } from '../../../wire/developer-wire.ts';
import { HttpError } from '../../http-error.ts';
import { pageOf, pageQuery, sendPage } from '../../list-page.ts';
import { bodyTime, queryBoolean, queryTime } from '../../query-types.ts';

const tags = ['developer API'];
const read = { key: { kind: 'dev', scope: 'action_items:read' } } as const;
const write = { key: { kind: 'dev', scope: 'action_items:write' } } as const;
const byId = z.object({ action_item_id: z.string() });
const description = z.string().min(1).max(500);

const newItem = z.object({
  description,
  completed: z.boolean().default(false),
  due_at: bodyTime().nullish(),
});

/** Tasks for programs of the user. */
export function devActionItemRoutes(deps: {
  actionItems: ActionItemService;
}): FastifyPluginAsyncZod {
  const { actionItems } = deps;
  return async (app) => {
    app.get(
      '/v1/dev/user/action-items',
      {
        config: read,
        schema: {
          tags,
          summary: 'List tasks, newest first',
          querystring: z.object({
            ...pageQuery(100),
            conversation_id: z.string().optional(),
            completed: queryBoolean().optional(),
            start_date: queryTime().optional(),
            end_date: queryTime().optional(),
          }),
          response: { 200: z.array(devActionItemSchema) },
        },
      },
      async ({ uid, query }, reply) => {
        const filter = {
          completed: query.completed ?? null,
          conversationId: query.conversation_id || null,
          createdFrom: query.start_date ?? null,
          createdTo: query.end_date ?? null,
          dueFrom: null,
          dueTo: null,
          updatedSince: query.updated_since ?? null,
        };
        const page = await actionItems.page(uid, filter, pageOf(query));
        return sendPage(reply, page).map(devActionItemToWire);
      },
    );

    app.post(
      '/v1/dev/user/action-items',
      {
        config: write,
        schema: {
          tags,
          summary: 'Add a task',
          body: newItem,
          response: { 200: devActionItemSchema },
        },
      },
      async ({ uid, body }) => devActionItemToWire(await actionItems.create(uid, toInput(body))),
    );

    app.post(
      '/v1/dev/user/action-items/batch',
      {
        config: write,
        schema: {
          tags,
          summary: 'Add up to 50 tasks',
          body: z.object({ action_items: z.array(newItem).max(50) }),
          response: {
            200: z.object({
              action_items: z.array(devActionItemSchema),
              created_count: z.number(),
            }),
          },
        },
      },
      async ({ uid, body }) => {
        const made = await actionItems.createMany(uid, body.action_items.map(toInput));
        return { action_items: made.map(devActionItemToWire), created_count: made.length };
      },
    );

    app.patch(
      '/v1/dev/user/action-items/:action_item_id',
      {
        config: write,
        schema: {
          tags,
          summary: 'Change a task; a null due time takes it away',
          params: byId,
          body: z.object({
            description: description.nullish(),
            completed: z.boolean().nullish(),
            due_at: bodyTime().nullish(),
          }),
          response: { 200: devActionItemSchema },
        },
      },
      async ({ uid, params, body }) => {
        const edit: ActionItemEdit = {
          ...(body.description == null ? {} : { description: trimmed(body.description) }),
          ...(body.completed == null ? {} : { completed: body.completed }),
          ...(body.due_at === undefined ? {} : { dueAt: body.due_at }),
        };
        if (Object.keys(edit).length === 0) {
          throw new HttpError(422, 'At least one field must be provided');
        }
        return devActionItemToWire(await actionItems.update(uid, params.action_item_id, edit));
      },
    );

    app.delete(
      '/v1/dev/user/action-items/:action_item_id',
      {
        config: write,
        schema: {
          tags,
          summary: 'Delete a task',
          params: byId,
          response: { 200: z.object({ success: z.boolean() }) },
        },
      },
      async ({ uid, params }) => {
        await actionItems.delete(uid, params.action_item_id);
        return { success: true };
      },
    );
  };
}

function toInput(body: z.output<typeof newItem>) {
  return {
    description: trimmed(body.description),
    completed: body.completed,
    dueAt: body.due_at ?? null,
    conversationId: null,
  };
}

/** @throws HttpError 422 for a text of nothing but spaces */
function trimmed(text: string): string {
  const words = text.trim();
  if (words === '') throw new HttpError(422, 'description cannot be empty');
  return words;
}
