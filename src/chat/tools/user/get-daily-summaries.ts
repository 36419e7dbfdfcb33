import { z } from 'zod';
import { toLocalIso } from '../../local-time.ts';
import { limitText, markAsData } from '../../untrusted-text.ts';
import { defineTool } from '../tool.ts';
import { boundsOf, zonedTime } from '../tool-dates.ts';

const MAX_OVERVIEW = 2_000;

/** The summaries of whole days. */
export const getDailySummariesTool = defineTool({
  name: 'get_daily_summaries',
  chat: {
    scope: 'daily_summaries.read',
    description: "Lists the summaries of the user's days.",
    status: 'Reading daily summaries',
    writes: [],
    schema: z.object({
      start_date: zonedTime('Earliest day'),
      end_date: zonedTime('Latest day'),
      limit: z.number().int().min(1).max(60).default(7),
    }),
    run: async ({ dailySummaries }, context, args) => {
      const { from, to, note } = boundsOf(context, args, 'past');
      const dayOf = (time: number | null) =>
        time === null ? null : toLocalIso(time, context.timeZone).slice(0, 10);
      const range = { from: dayOf(from), to: dayOf(to), limit: args.limit };
      const found = await dailySummaries.list(context.uid, range);
      if (found.length === 0) return `No daily summaries. ${note}`.trim();
      const lines = found.map(
        ({ date, headline, overview }) =>
          `${date}: ${headline}\n${limitText(overview, MAX_OVERVIEW)}`,
      );
      return `Daily summaries (${found.length}). ${note}\n${markAsData('daily summaries', lines.join('\n\n'))}`;
    },
  },
  records: {
    title: 'Summaries of days',
    scope: 'conversations:read',
    effect: 'read',
    description: 'Summaries of days, newest first.',
    schema: z.object({
      start_date: z.iso.date().optional(),
      end_date: z.iso.date().optional(),
      limit: z.number().int().min(1).max(100).default(7),
      offset: z.number().int().min(0).max(10_000).default(0),
    }),
    run: async ({ dailySummaries }, { uid }, args) => ({
      kind: 'daily-summaries',
      items: await dailySummaries.list(uid, {
        from: args.start_date ?? null,
        to: args.end_date ?? null,
        offset: args.offset,
        limit: args.limit,
      }),
    }),
  },
});
