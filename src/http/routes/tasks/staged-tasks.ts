import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type StagedTaskOptions,
  StagedTaskService,
} from '../../../action-items/staged-task-service.ts';
import { actionItemSchema, actionItemToWire } from '../../../wire/action-item-wire.ts';
import { stagedTaskSchema, stagedTaskToWire } from '../../../wire/staged-task-wire.ts';
import { bodyTime, queryInt } from '../../query-types.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['action items'];
const score = z.number().int().min(0).max(1_000);

/** Tasks that a desktop app proposes, and that become action items one by one. */
export function stagedTaskRoutes(deps: StagedTaskOptions): FastifyPluginAsyncZod {
  const staged = new StagedTaskService(deps);
  return async (app) => {
    app.post(
      '/v1/staged-tasks',
      {
        schema: {
          tags,
          summary: 'Propose a task; the same words are one proposal',
          body: z.object({
            description: z.string().trim().min(1).max(5_000),
            due_at: bodyTime().nullish(),
            source: z.string().max(200).nullish(),
            priority: z.string().max(50).nullish(),
            category: z.string().max(100).nullish(),
            metadata: z.string().max(20_000).nullish(),
            relevance_score: score.nullish(),
          }),
          response: { 200: stagedTaskSchema },
        },
      },
      async ({ uid, body }) =>
        stagedTaskToWire(
          await staged.create(uid, {
            description: body.description,
            dueAt: body.due_at ?? null,
            source: body.source ?? null,
            priority: body.priority ?? null,
            category: body.category ?? null,
            metadata: body.metadata ?? null,
            relevanceScore: body.relevance_score ?? null,
          }),
        ),
    );

    app.get(
      '/v1/staged-tasks',
      {
        schema: {
          tags,
          summary: 'List open proposals, the best first',
          querystring: z.object({
            limit: queryInt({ min: 1, max: 1_000 }).default(100),
            offset: queryInt({ min: 0 }).default(0),
          }),
          response: { 200: z.object({ items: z.array(stagedTaskSchema), has_more: z.boolean() }) },
        },
      },
      async ({ uid, query }) => {
        const { items, hasMore } = await staged.list(uid, query);
        return { items: items.map(stagedTaskToWire), has_more: hasMore };
      },
    );

    app.patch(
      '/v1/staged-tasks/batch-scores',
      {
        schema: {
          tags,
          summary: 'Set how relevant proposals are; the lowest score is the best',
          body: z.object({
            scores: z.array(z.object({ id: z.string().min(1), relevance_score: score })).max(500),
          }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, body }) => {
        const scores = body.scores.map(({ id, relevance_score }) => [id, relevance_score] as const);
        await staged.setScores(uid, new Map(scores));
        return STATUS_OK;
      },
    );

    app.post(
      '/v1/staged-tasks/promote',
      {
        schema: {
          tags,
          summary: 'Make an action item of the best proposal',
          response: {
            200: z.object({
              promoted: z.boolean(),
              reason: z.string().nullable(),
              promoted_task: actionItemSchema.nullable(),
            }),
          },
        },
      },
      async ({ uid }) => {
        const item = await staged.promote(uid);
        return {
          promoted: item !== null,
          reason: item === null ? 'No staged tasks available' : null,
          promoted_task: item && actionItemToWire(item),
        };
      },
    );

    addMoves(app, staged);
    addDecisions(app, staged);

    app.delete(
      '/v1/staged-tasks/:id',
      {
        schema: {
          tags,
          summary: 'Delete a proposal; an absent one is no error',
          params: z.object({ id: z.string() }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params }) => {
        await staged.delete(uid, params.id);
        return STATUS_OK;
      },
    );
  };
}

/** What a user decides about one proposal. */
function addDecisions(app: Parameters<FastifyPluginAsyncZod>[0], staged: StagedTaskService): void {
  const params = z.object({ id: z.string() });
  app.post(
    '/v1/staged-tasks/:id/promote',
    {
      schema: {
        tags,
        summary: 'Make an action item of one proposal',
        params,
        response: { 200: actionItemSchema },
      },
    },
    async ({ uid, params }) => actionItemToWire(await staged.promoteOne(uid, params.id)),
  );

  app.patch(
    '/v1/staged-tasks/:id',
    {
      schema: {
        tags,
        summary: 'Close a proposal, which is not made again then, or open it again',
        params,
        body: z.object({ completed: z.boolean() }),
        response: { 200: stagedTaskSchema },
      },
    },
    async ({ uid, params, body }) =>
      stagedTaskToWire(await staged.setClosed(uid, params.id, body.completed)),
  );
}

/** What the macOS app asks for once, to turn tasks of its earlier versions into proposals. */
function addMoves(app: Parameters<FastifyPluginAsyncZod>[0], staged: StagedTaskService): void {
  app.post(
    '/v1/staged-tasks/migrate',
    {
      schema: {
        tags,
        summary: 'Turn tasks found on the screen into proposals, but for the best three',
        response: { 200: z.object({ status: z.string() }) },
      },
    },
    async ({ uid }) => {
      const { moved, kept } = await staged.moveScreenTasks(uid);
      return { status: `moved ${moved}, kept ${kept}` };
    },
  );

  app.post(
    '/v1/staged-tasks/migrate-conversation-items',
    {
      schema: {
        tags,
        summary: 'Turn open tasks found in conversations into proposals',
        response: {
          200: z.object({ status: z.literal('ok'), migrated: z.number(), deleted: z.number() }),
        },
      },
    },
    async ({ uid }) => ({
      status: 'ok' as const,
      migrated: await staged.moveConversationTasks(uid),
      deleted: 0,
    }),
  );
}
