import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { GoalService, type GoalServiceOptions } from '../../../users/goal-service.ts';
import {
  goalChangesBody,
  goalChangesFromWire,
  goalProgressSchema,
  goalProgressToWire,
  goalSchema,
  goalToWire,
  newGoalBody,
  newGoalFromWire,
} from '../../../wire/goal-wire.ts';
import { bodyTime, queryInt, queryNumber } from '../../query-types.ts';

const tags = ['goals'];
const byId = z.object({ id: z.string() });

/** What a user wants to reach. */
export function goalRoutes(deps: GoalServiceOptions): FastifyPluginAsyncZod {
  const goals = new GoalService(deps);
  return async (app) => {
    app.get(
      '/v1/goals',
      {
        schema: {
          tags,
          response: { 200: goalSchema.nullable() },
          summary: 'Get the first active goal, or null',
        },
      },
      async ({ uid }) => {
        const [first] = await goals.list(uid);
        return first ? goalToWire(first) : null;
      },
    );

    app.get(
      '/v1/goals/all',
      {
        schema: {
          tags,
          response: { 200: z.array(goalSchema) },
          summary: 'List active goals, oldest first',
        },
      },
      async ({ uid }) => (await goals.list(uid)).map(goalToWire),
    );

    app.post(
      '/v1/goals',
      {
        schema: {
          tags,
          response: { 200: goalSchema },
          summary: 'Add a goal; with four active, the oldest ends',
          body: newGoalBody,
        },
      },
      async ({ uid, body }) => goalToWire(await goals.create(uid, newGoalFromWire(body))),
    );

    app.patch(
      '/v1/goals/:id',
      {
        schema: {
          tags,
          response: { 200: goalSchema },
          summary: 'Change, end or reopen a goal',
          params: byId,
          body: goalChangesBody.extend({
            is_active: z.boolean().nullish(),
            completed_at: bodyTime().nullish(),
          }),
        },
      },
      async ({ uid, params, body }) => {
        const changes = {
          ...goalChangesFromWire(body),
          ...(body.is_active == null ? {} : { isActive: body.is_active }),
          ...(body.completed_at == null ? {} : { endedAt: body.completed_at }),
        };
        return goalToWire(await goals.update(uid, params.id, changes));
      },
    );

    app.patch(
      '/v1/goals/:id/progress',
      {
        schema: {
          tags,
          response: { 200: goalSchema },
          summary: 'Update the progress of a goal',
          params: byId,
          querystring: z.object({ current_value: queryNumber() }),
        },
      },
      async ({ uid, params, query }) =>
        goalToWire(await goals.setProgress(uid, params.id, query.current_value)),
    );

    app.get(
      '/v1/goals/:id/history',
      {
        schema: {
          tags,
          response: { 200: z.array(goalProgressSchema) },
          summary: 'List daily progress of a goal, newest first',
          params: byId,
          querystring: z.object({ days: queryInt({ min: 1, max: 365 }).default(30) }),
        },
      },
      async ({ uid, params, query }) =>
        (await goals.history(uid, params.id, query.days)).map(goalProgressToWire),
    );

    app.delete(
      '/v1/goals/:id',
      {
        schema: {
          response: { 200: z.object({ success: z.boolean(), deleted_id: z.string() }) },
          tags,
          summary: 'Delete a goal',
          params: byId,
        },
      },
      async ({ uid, params }) => {
        await goals.delete(uid, params.id);
        return { success: true, deleted_id: params.id };
      },
    );
  };
}
