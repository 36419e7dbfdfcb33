import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ActionItemEdit } from '../../../action-items/action-item-edit.ts';
import type { ActionItemService } from '../../../action-items/action-item-service.ts';
import { actionItemSchema, actionItemToWire } from '../../../wire/action-item-wire.ts';
import { HttpError } from '../../http-error.ts';
import { bodyTime, queryBoolean, queryInt, queryTime } from '../../query-types.ts';
import type { ActionItemSearch } from '../../route-search.ts';
import { noContent, STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const byId = z.object({ id: z.string() });
const relevanceScore = z.number().int().min(0).max(1_000);
const tags = ['action items'];

const listQuery = z.object({
  limit: queryInt({ min: 1, max: 500 }).default(50),
  offset: queryInt({ min: 0 }).default(0),
  completed: queryBoolean().optional(),
  include_completed: queryBoolean().optional(),
  conversation_id: z.string().optional(),
  start_date: queryTime().optional(),
  end_date: queryTime().optional(),
  due_start_date: queryTime().optional(),
  due_end_date: queryTime().optional(),
  /** `due`: one order over all pages, by due date, then what has none; of the filters only `completed` counts. */
  order: z.enum(['due']).optional(),
});

/** What the macOS app says of a task beyond what it is. */
const clientFields = {
  source: z.string().max(200).nullish(),
  priority: z.string().max(50).nullish(),
  category: z.string().max(100).nullish(),
  metadata: z.string().max(20_000).nullish(),
  relevance_score: relevanceScore.nullish(),
};

const newItem = z.object({
  description: z.string().min(1),
  completed: z.boolean().nullish(),
  due_at: bodyTime().nullish(),
  conversation_id: z.string().nullish(),
  ...clientFields,
});

const updatedCount = z.object({ status: z.literal('ok'), updated_count: z.number() });

const place = {
  sort_order: z.number().int().nullish(),
  indent_level: z.number().int().min(0).max(3).nullish(),
};

const edit = z.object({
  description: z.string().min(1).nullish(),
  completed: z.boolean().nullish(),
  due_at: bodyTime().nullish(),
  exported: z.boolean().nullish(),
  export_date: bodyTime().nullish(),
  export_platform: z.string().nullish(),
  apple_reminder_id: z.string().nullish(),
  ...place,
  ...clientFields,
});

const syncEdit = edit
  .omit({ export_date: true, sort_order: true, indent_level: true })
  .extend({ id: z.string() });

/** The user's tasks: listing, adding, editing, and keeping in step with a task app on the phone. */
export function actionItemRoutes(deps: {
  actionItems: ActionItemService;
  search: ActionItemSearch;
}): FastifyPluginAsyncZod {
  const { actionItems, search } = deps;
  return async (app) => {
    app.get(
      '/v1/action-items',
      {
        schema: {
          response: {
            200: z.object({ action_items: z.array(actionItemSchema), has_more: z.boolean() }),
          },
          tags,
          summary: 'List action items',
          querystring: listQuery,
        },
      },
      async ({ uid, query }) => {
        const openOnly = query.include_completed === false ? false : null;
        const filter = {
          completed: query.completed ?? openOnly,
          conversationId: query.conversation_id || null,
          createdFrom: query.start_date ?? null,
          createdTo: query.end_date ?? null,
          dueFrom: query.due_start_date ?? null,
          dueTo: query.due_end_date ?? null,
        };
        const page = { offset: query.offset, limit: query.limit };
        const { items, hasMore } = await (query.order === 'due'
          ? actionItems.listByDue(uid, filter.completed, page)
          : actionItems.list(uid, filter, page));
        return { action_items: items.map(actionItemToWire), has_more: hasMore };
      },
    );

    app.post(
      '/v1/action-items',
      {
        schema: {
          response: { 200: actionItemSchema },
          tags,
          summary: 'Add an action item',
          body: newItem,
        },
      },
      async ({ uid, body }) => actionItemToWire(await actionItems.create(uid, toInput(body))),
    );

    app.post(
      '/v1/action-items/batch',
      {
        schema: {
          response: {
            200: z.object({ action_items: z.array(actionItemSchema), created_count: z.number() }),
          },
          tags,
          summary: 'Add open action items',
          body: z.array(newItem).max(200),
        },
      },
      async ({ uid, body }) => {
        const inputs = body.map((item) => ({ ...toInput(item), completed: false }));
        const made = await actionItems.createMany(uid, inputs);
        return { action_items: made.map(actionItemToWire), created_count: made.length };
      },
    );

    app.patch(
      '/v1/action-items/batch',
      {
        schema: {
          response: { 200: updatedCount },
          tags,
          summary: 'Set order and indentation of action items',
          body: z.object({ items: z.array(z.object({ id: z.string(), ...place })).max(500) }),
        },
      },
      async ({ uid, body }) => {
        const edits = body.items.map(({ id, ...fields }) => ({ id, edit: toEdit(fields) }));
        return { status: 'ok' as const, updated_count: await actionItems.updateMany(uid, edits) };
      },
    );

    app.patch(
      '/v1/action-items/batch-scores',
      {
        schema: {
          response: { 200: statusOkSchema },
          tags,
          summary: 'Set how relevant tasks are',
          body: z.object({
            scores: z
              .array(z.object({ id: z.string().min(1), relevance_score: relevanceScore }))
              .max(500),
          }),
        },
      },
      async ({ uid, body }) => {
        const edits = body.scores.map(({ id, relevance_score: score }) => ({
          id,
          edit: { relevanceScore: score },
        }));
        await actionItems.updateMany(uid, edits);
        return STATUS_OK;
      },
    );

    app.get(
      '/v1/action-items/search',
      {
        schema: {
          response: { 200: z.object({ action_items: z.array(actionItemSchema) }) },
          tags,
          summary: 'Search action items by words and meaning',
          querystring: z.object({
            query: z.string().min(1),
            limit: queryInt({ min: 1, max: 50 }).default(10),
          }),
        },
      },
      async ({ uid, query }) => {
        const { query: text, limit } = query;
        const found = await search.searchActionItems(uid, { query: text, limit });
        return { action_items: found.map(actionItemToWire) };
      },
    );

    app.get(
      '/v1/action-items/pending-sync',
      {
        schema: {
          response: {
            200: z.object({
              pending_export: z.array(actionItemSchema),
              synced_items: z.array(actionItemSchema),
            }),
          },
          tags,
          summary: 'List pending and exported action items for a task app',
          querystring: z.object({ platform: z.string().default('apple_reminders') }),
        },
      },
      async ({ uid, query }) => {
        const { pending, synced } = await actionItems.pendingSync(uid, query.platform);
        return {
          pending_export: pending.map(actionItemToWire),
          synced_items: synced.map(actionItemToWire),
        };
      },
    );

    app.patch(
      '/v1/action-items/sync-batch',
      {
        schema: {
          response: { 200: updatedCount },
          tags,
          summary: 'Apply changes from a task app',
          body: z.object({ items: z.array(syncEdit).max(100) }),
        },
      },
      async ({ uid, body }) => {
        const edits = body.items.map(({ id, ...fields }) => ({
          id,
          edit: { ...toEdit(fields), syncRequested: false },
        }));
        return { status: 'ok' as const, updated_count: await actionItems.updateMany(uid, edits) };
      },
    );

    app.get(
      '/v1/action-items/:id',
      {
        schema: {
          response: { 200: actionItemSchema },
          tags,
          summary: 'Get an action item',
          params: byId,
        },
      },
      async ({ uid, params }) => actionItemToWire(await actionItems.get(uid, params.id)),
    );

    app.patch(
      '/v1/action-items/:id',
      {
        schema: {
          response: { 200: actionItemSchema },
          tags,
          summary: 'Change an action item',
          params: byId,
          body: edit,
        },
      },
      async ({ uid, params, body }) =>
        actionItemToWire(await actionItems.update(uid, params.id, toEdit(body))),
    );

    app.patch(
      '/v1/action-items/:id/completed',
      {
        schema: {
          response: { 200: actionItemSchema },
          tags,
          summary: 'Complete or reopen an action item',
          params: byId,
          querystring: z.object({ completed: queryBoolean().optional() }),
          body: z.object({ completed: z.boolean().nullish() }).nullish(),
        },
      },
      async ({ uid, params, query, body }) => {
        const completed = query.completed ?? body?.completed ?? null;
        if (completed === null) {
          throw new HttpError(422, 'completed is required, in the query or in the body');
        }
        return actionItemToWire(await actionItems.update(uid, params.id, { completed }));
      },
    );

    app.delete(
      '/v1/action-items/:id',
      {
        schema: {
          response: { 204: noContent },
          tags,
          summary: 'Delete an action item',
          params: byId,
        },
      },
      async ({ uid, params }, reply) => {
        await actionItems.delete(uid, params.id);
        return reply.code(204).send(undefined);
      },
    );
  };
}

function toInput(body: z.output<typeof newItem>) {
  return {
    description: body.description,
    completed: body.completed ?? false,
    dueAt: body.due_at ?? null,
    conversationId: body.conversation_id ?? null,
    ...clientFieldsOf(body),
  };
}

type ClientBody = Pick<z.output<typeof newItem>, keyof typeof clientFields>;

/** The fields that are given; null leaves one as it is. */
function clientFieldsOf(body: Partial<ClientBody>) {
  const { source, priority, category, metadata, relevance_score: score } = body;
  return {
    ...(typeof source === 'string' ? { source } : {}),
    ...(typeof priority === 'string' ? { priority } : {}),
    ...(typeof category === 'string' ? { category } : {}),
    ...(typeof metadata === 'string' ? { metadata } : {}),
    ...(typeof score === 'number' ? { relevanceScore: score } : {}),
  };
}

/** Null leaves a field as it is, as absence does, except that it takes away the due date. */
function toEdit(body: Partial<z.output<typeof edit>>): ActionItemEdit {
  const fields: ActionItemEdit = clientFieldsOf(body);
  if (typeof body.description === 'string') fields.description = body.description;
  if (typeof body.completed === 'boolean') fields.completed = body.completed;
  if (body.due_at !== undefined) fields.dueAt = body.due_at;
  if (typeof body.exported === 'boolean') fields.exported = body.exported;
  if (typeof body.export_date === 'number') fields.exportDate = body.export_date;
  if (typeof body.export_platform === 'string') fields.exportPlatform = body.export_platform;
  if (typeof body.apple_reminder_id === 'string') fields.appleReminderId = body.apple_reminder_id;
  if (typeof body.sort_order === 'number') fields.sortOrder = body.sort_order;
  if (typeof body.indent_level === 'number') fields.indentLevel = body.indent_level;
  return fields;
}
