import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { PeriodRecaps } from '../../../understanding/period-recaps.ts';
import { recapSchema, recapToWire } from '../../../wire/recap-wire.ts';

/** Recaps of a week and of a month. */
export function recapRoutes(deps: { recaps: PeriodRecaps }): FastifyPluginAsyncZod {
  return async (app) => {
    for (const period of ['week', 'month'] as const) {
      app.get(
        `/v1/users/recaps/${period}`,
        {
          schema: {
            tags: ['notifications'],
            summary: `Get the recap of a ${period}`,
            querystring: z.object({ date: z.string().max(40).nullish() }),
            response: { 200: recapSchema },
          },
        },
        async ({ uid, query }) =>
          recapToWire(await deps.recaps.recap(uid, period, query.date || null)),
      );
    }
  };
}
