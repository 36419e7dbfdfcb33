import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { GoalService, type GoalServiceOptions } from '../../../users/goal-service.ts';
import { devGoalSchema, devGoalToWire } from '../../../wire/developer-wire.ts';
import {
  goalChangesBody,
  goalChangesFromWire,
  goalProgressSchema,
  goalProgressToWire,
  newGoalBody,
  newGoalFromWire,
} from '../../../wire/goal-wire.ts';
import { HttpError } from '../../http-error.ts';
import { queryBoolean, queryInt, queryNumber } from '../../query-types.ts';

const tags = ['developer API'];
const read = { key: { kind: 'dev', scope: 'goals:read' } } as const;
const write = { key: { kind: 'dev', scope: 'goals:write' } } as const;
const byId = z.object({ goal_id: z.string() });

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
          body: newGoalBody,
          response: { 200: devGoalSchema },
        },
      },
      async ({ uid, body }) => devGoalToWire(await goals.create(uid, newGoalFromWire(body))),
    );

    app.patch(
      '/v1/dev/user/goals/:goal_id',
      {
        config: write,
        schema: {
          tags,
          summary: 'Change a goal',
          params: byId,
          body: goalChangesBody,
          response: { 200: devGoalSchema },
        },
      },
      async ({ uid, params, body }) => {
        const changes = goalChangesFromWire(body);
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
          summary: 'Update the progress of a goal',
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
          response: { 200: z.array(goalProgressSchema) },
          summary: 'List daily progress of a goal, newest first',
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
