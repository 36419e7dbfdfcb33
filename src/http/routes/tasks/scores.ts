import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type TaskScore,
  TaskScores,
  type TaskScoresOptions,
} from '../../../action-items/task-scores.ts';
import { queryDay } from '../../query-types.ts';

const tags = ['action items'];
const querystring = z.object({ date: queryDay().optional() });
const score = z.object({
  score: z.number(),
  completed_tasks: z.number().int(),
  total_tasks: z.number().int(),
});

/** How many tasks are done. */
export function scoreRoutes(deps: TaskScoresOptions): FastifyPluginAsyncZod {
  const scores = new TaskScores(deps);
  return async (app) => {
    app.get(
      '/v1/daily-score',
      {
        schema: {
          tags,
          summary: 'How many of the tasks that are due on a day in UTC are done',
          querystring,
          response: { 200: score.extend({ date: z.string() }) },
        },
      },
      async ({ uid, query }) => {
        const day = query.date ?? scores.today();
        const { percent, completed, total } = await scores.daily(uid, day);
        return {
          date: isoDay(day),
          score: Math.round(percent),
          completed_tasks: completed,
          total_tasks: total,
        };
      },
    );

    app.get(
      '/v1/scores',
      {
        schema: {
          tags,
          summary: 'How many tasks are done: of a day, of the week before it, and of all',
          querystring,
          response: {
            200: z.object({
              daily: score,
              weekly: score,
              overall: score,
              default_tab: z.enum(['daily', 'weekly', 'overall']),
              date: z.string(),
            }),
          },
        },
      },
      async ({ uid, query }) => {
        const day = query.date ?? scores.today();
        const daily = toWire(await scores.daily(uid, day));
        const weekly = toWire(await scores.weekly(uid, day));
        const overall = toWire(await scores.overall(uid));
        return {
          daily,
          weekly,
          overall,
          default_tab: defaultTab(daily, weekly, overall),
          date: isoDay(day),
        };
      },
    );
  };
}

type ScoreWire = z.output<typeof score>;

function toWire({ percent, completed, total }: TaskScore): ScoreWire {
  return {
    score: Math.round(percent * 10) / 10,
    completed_tasks: completed,
    total_tasks: total,
  };
}

/** The tab that looks best, as Omi's server chooses it. */
function defaultTab(
  daily: ScoreWire,
  weekly: ScoreWire,
  overall: ScoreWire,
): 'daily' | 'weekly' | 'overall' {
  const isBest = daily.score >= weekly.score && daily.score >= overall.score;
  if (daily.total_tasks > 0 && isBest) return 'daily';
  return weekly.score >= overall.score ? 'weekly' : 'overall';
}

function isoDay(day: number): string {
  return new Date(day).toISOString().slice(0, 10);
}
