import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { GoalAdvice } from '../../../users/goal-advice.ts';
import { GoalService, type GoalServiceOptions } from '../../../users/goal-service.ts';
import { goalSchema, goalToWire } from '../../../wire/goal-wire.ts';
import { goneSignal } from '../../gone-signal.ts';

const tags = ['goals'];
const NO_GOAL = 'Set a goal first; then there is advice for it.';
const adviceSchema = z.object({ advice: z.string() });

/** Suggestions for goals, and advice for one. */
export function goalAdviceRoutes(
  deps: GoalServiceOptions & { goalAdvice: GoalAdvice },
): FastifyPluginAsyncZod {
  const goals = new GoalService(deps);
  const { goalAdvice } = deps;
  return async (app) => {
    app.get(
      '/v1/goals/suggest',
      {
        schema: {
          tags,
          summary: 'Suggest a goal',
          response: {
            200: z.object({
              suggested_title: z.string(),
              suggested_type: z.string(),
              suggested_target: z.number(),
              suggested_min: z.number(),
              suggested_max: z.number(),
              reasoning: z.string(),
            }),
          },
        },
      },
      async ({ uid }, reply) => {
        const goal = await goalAdvice.suggest(uid, goneSignal(reply));
        return {
          suggested_title: goal.title,
          suggested_type: goal.goalType,
          suggested_target: goal.target,
          suggested_min: goal.min,
          suggested_max: goal.max,
          reasoning: goal.reasoning,
        };
      },
    );

    app.get(
      '/v1/goals/advice',
      {
        schema: {
          tags,
          summary: 'Get advice for the first active goal',
          response: { 200: adviceSchema },
        },
      },
      async ({ uid }, reply) => {
        const [first] = await goals.list(uid);
        if (!first) return { advice: NO_GOAL };
        return { advice: await goalAdvice.advise(uid, first, goneSignal(reply)) };
      },
    );

    app.get(
      '/v1/goals/:id/advice',
      {
        schema: {
          tags,
          summary: 'Get advice for a goal',
          params: z.object({ id: z.string() }),
          response: { 200: adviceSchema },
        },
      },
      async ({ uid, params }, reply) => {
        const goal = await goals.get(uid, params.id);
        return { advice: await goalAdvice.advise(uid, goal, goneSignal(reply)) };
      },
    );

    app.get(
      '/v1/goals/completed',
      {
        schema: {
          tags,
          response: { 200: z.array(goalSchema) },
          summary: 'List goals that have ended, newest first',
        },
      },
      async ({ uid }) =>
        (await goals.listAll(uid)).filter((goal) => !goal.isActive).map(goalToWire),
    );
  };
}
