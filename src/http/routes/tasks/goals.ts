import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { goalTypeSchema } from '../../../model/tasks/goal.ts';
import { GoalService, type GoalServiceOptions } from '../../../users/goal-service.ts';
import { goalProgressToWire, goalToWire } from '../../../wire/goal-wire.ts';
import { queryInt, queryNumber } from '../../query-types.ts';

const tags = ['goals'];
const byId = z.object({ id: z.string() });
const title = z.string().min(1).max(500);
const unit = z.string().max(50);

/** What a user wants to reach. */
export function goalRoutes(deps: GoalServiceOptions): FastifyPluginAsyncZod {
  const goals = new GoalService(deps);
  return async (app) => {
    app.get(
      '/v1/goals',
      { schema: { tags, summary: 'Get the first active goal, or null' } },
      async ({ uid }) => {
        const [first] = await goals.list(uid);
        return first ? goalToWire(first) : null;
      },
    );

    app.get(
      '/v1/goals/all',
      { schema: { tags, summary: 'List active goals, oldest first' } },
      async ({ uid }) => (await goals.list(uid)).map(goalToWire),
    );

    app.post(
      '/v1/goals',
      {
        schema: {
          tags,
          summary: 'Add a goal; with four active, the oldest ends',
          body: z.object({
            title,
            goal_type: goalTypeSchema.default('scale'),
            target_value: z.number(),
            current_value: z.number().default(0),
            min_value: z.number().default(0),
            max_value: z.number().default(10),
            unit: unit.nullish(),
          }),
        },
      },
      async ({ uid, body }) =>
        goalToWire(
          await goals.create(uid, {
            title: body.title,
            goalType: body.goal_type,
            targetValue: body.target_value,
            currentValue: body.current_value,
            minValue: body.min_value,
            maxValue: body.max_value,
            unit: body.unit ?? null,
          }),
        ),
    );

    app.patch(
      '/v1/goals/:id',
      {
        schema: {
          tags,
          summary: 'Change a goal',
          params: byId,
          body: z.object({
            title: title.nullish(),
            target_value: z.number().nullish(),
            current_value: z.number().nullish(),
            min_value: z.number().nullish(),
            max_value: z.number().nullish(),
            unit: unit.nullish(),
          }),
        },
      },
      async ({ uid, params, body }) => {
        const changes = {
          title: body.title,
          targetValue: body.target_value,
          currentValue: body.current_value,
          minValue: body.min_value,
          maxValue: body.max_value,
          unit: body.unit,
        };
        const given = Object.entries(changes).filter(([, value]) => value != null);
        return goalToWire(await goals.update(uid, params.id, Object.fromEntries(given)));
      },
    );

    app.patch(
      '/v1/goals/:id/progress',
      {
        schema: {
          tags,
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
