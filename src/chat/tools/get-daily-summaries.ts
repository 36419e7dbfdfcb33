import { z } from 'zod';
import { toLocalIso } from '../date-range.ts';
import { limitText, markAsData } from '../untrusted-text.ts';
import { defineTool } from './chat-tool.ts';
import { boundsOf, zonedTime } from './tool-dates.ts';

/** What is told of a day. */
export interface DaySummary {
  /** `2026-03-02`, in the user's zone. */
  date: string;
  headline: string;
  overview: string;
}

/** Reads the summaries of a user's days, the newest first; bounds are days, inclusive, null for none. */
export interface DaySummaryReader {
  list(
    uid: string,
    range: { from: string | null; to: string | null; limit: number },
  ): Promise<DaySummary[]>;
}

const MAX_OVERVIEW = 2_000;

/** The summaries of whole days. */
export function getDailySummariesTool({ summaries }: { summaries: DaySummaryReader }) {
  return defineTool({
    name: 'get_daily_summaries_tool',
    scope: 'daily_summaries.read',
    description: "Lists the summaries of the user's days.",
    status: 'Reading daily summaries',
    writes: [],
    schema: z.object({
      start_date: zonedTime('Earliest day'),
      end_date: zonedTime('Latest day'),
      limit: z.number().int().min(1).max(60).default(7),
    }),
    run: async (context, args) => {
      const { from, to, note } = boundsOf(context, args, 'past');
      const dayOf = (time: number | null) =>
        time === null ? null : toLocalIso(time, context.timeZone).slice(0, 10);
      const range = { from: dayOf(from), to: dayOf(to), limit: args.limit };
      const found = await summaries.list(context.uid, range);
      if (found.length === 0) return `No daily summaries. ${note}`.trim();
      const lines = found.map(
        ({ date, headline, overview }) =>
          `${date}: ${headline}\n${limitText(overview, MAX_OVERVIEW)}`,
      );
      return `Daily summaries (${found.length}). ${note}\n${markAsData('daily summaries', lines.join('\n\n'))}`;
    },
  });
}
