import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { goalTypeSchema } from '../../../model/tasks/goal.ts';
import { GoalService, type GoalServiceOptions } from '../../../users/goal-service.ts';
import { devGoalSchema, devGoalToWire } from '../../../wire/developer-wire.ts';
import { goalProgressToWire } from '../../../wire/goal-wire.ts';
import { HttpError } from '../../http-error.ts';
import { queryBoolean, queryInt, queryNumber } from '../../query-types.ts';

const tags = ['developer API'];
const read = { key: { kind: 'dev', scope: 'goals:read' } } as const;
const write = { key: { kind: 'dev', scope: 'goals:write' } } as const;
const byId = z.object({ goal_id: z.string() });
const title = z.string().min(1).max(500);
const unit = z.string().max(50);

/** Goals for programs of the user. */
export function devGoalRoutes(deps: GoalServiceOptions): FastifyPluginAsyncZod {
  const goals = new GoalService(deps);
  return async (app) => {
    app.get(
      '/v1/dev/user/goals',
      {
        config: read,
        schema: {
          tags,
          summary: 'Active goals, oldest first; with the inactive ones, newest first',
          querystring: z.object({
            limit: queryInt({ min: 1, max: 1000 }).default(10),
            include_inactive: queryBoolean().default(false),
          }),
          response: { 200: z.array(devGoalSchema) },
        },
      },
      async ({ uid, query }) => {
        if (query.include_inactive) return (await goals.listAll(uid)).map(devGoalToWire);
        return (await goals.list(uid)).slice(0, query.limit).map(devGoalToWire);
      },
    );

    app.get(
      '/v1/dev/user/goals/:goal_id',
      {
        config: read,
        schema: { tags, summary: 'One goal', params: byId, response: { 200: devGoalSchema } },
      },
      async ({ uid, params }) => devGoalToWire(await goals.get(uid, params.goal_id)),
    );

    app.post(
      '/v1/dev/user/goals',
      {
        config: write,
        schema: {
          tags,
          summary: 'Add a goal; the oldest of four ends',
          body: z.object({
            title,
            goal_type: goalTypeSchema.default('scale'),
            target_value: z.number(),
            current_value: z.number().default(0),
            min_value: z.number().default(0),
            max_value: z.number().default(10),
            unit: unit.nullish(),
          }),
          response: { 200: devGoalSchema },
        },
      },
      async ({ uid, body }) =>
        devGoalToWire(
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
      '/v1/dev/user/goals/:goal_id',
      {
        config: write,
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
          response: { 200: devGoalSchema },
        },
      },
      async ({ uid, params, body }) => {
        const changes = {
          ...(body.title == null ? {} : { title: body.title }),
          ...(body.target_value == null ? {} : { targetValue: body.target_value }),
          ...(body.current_value == null ? {} : { currentValue: body.current_value }),
          ...(body.min_value == null ? {} : { minValue: body.min_value }),
          ...(body.max_value == null ? {} : { maxValue: body.max_value }),
          ...(body.unit == null ? {} : { unit: body.unit }),
        };
        if (Object.keys(changes).length === 0) {
          throw new HttpError(422, 'At least one field must be provided');
        }
        return devGoalToWire(await goals.update(uid, params.goal_id, changes));
      },
    );

    app.patch(
      '/v1/dev/user/goals/:goal_id/progress',
      {
        config: write,
        schema: {
          tags,
          summary: 'Say where a goal stands',
          params: byId,
          querystring: z.object({ current_value: queryNumber() }),
          response: { 200: devGoalSchema },
        },
      },
      async ({ uid, params, query }) =>
        devGoalToWire(await goals.setProgress(uid, params.goal_id, query.current_value)),
    );

    app.get(
      '/v1/dev/user/goals/:goal_id/history',
      {
        config: read,
        schema: {
          tags,
          summary: 'Where a goal stood day by day, newest first',
          params: byId,
          querystring: z.object({ days: queryInt({ min: 1, max: 365 }).default(30) }),
        },
      },
      async ({ uid, params, query }) =>
        (await goals.history(uid, params.goal_id, query.days)).map(goalProgressToWire),
    );

    app.delete(
      '/v1/dev/user/goals/:goal_id',
      {
        config: write,
        schema: {
          tags,
          summary: 'Delete a goal',
          params: byId,
          response: { 200: z.object({ success: z.boolean() }) },
        },
      },
      async ({ uid, params }) => {
        await goals.delete(uid, params.goal_id);
        return { success: true };
      },
    );
  };
}
