import { z } from 'zod';
import { loadTranscript } from '../../../transcripts/transcript.ts';
import { narrowTo } from '../../chat-scope.ts';
import { describeConversation } from '../conversation-text.ts';
import { readDayOrTime } from '../record-arguments.ts';
import { defineTool } from '../tool.ts';
import { boundsOf, zonedTime } from '../tool-dates.ts';
import { recordDates } from './record-dates.ts';

/** Matches of one conversation whose segments are shown. */
const MATCHES_SHOWN = 4;

/** What was said about something, down to the segments that say it. */
export const searchConversationsTool = defineTool({
  name: 'search_conversations',
  chat: {
    scope: 'conversations.read',
    description:
      'Finds conversations by what was said or meant in them and shows the passages that match.',
    status: 'Searching conversations',
    writes: [],
    keepsToScope: true,
    schema: z.object({
      query: z.string().min(1).max(1000).describe('What to look for, without its time'),
      start_date: zonedTime('Beginning of the time'),
      end_date: zonedTime('End of the time'),
      limit: z.number().int().min(1).max(20).default(5),
      include_transcript: z.boolean().default(true),
    }),
    run: async ({ reader, search }, context, args) => {
      const { uid, timeZone } = context;
      const bounds = boundsOf(context, args, 'past');
      const find = (from: number | null, to: number | null) =>
        search.searchConversations(uid, {
          query: args.query,
          page: 1,
          perPage: args.limit,
          includeDiscarded: true,
          startDate: from,
          endDate: to,
          ...narrowTo(context.within),
        });
      const { items } = await find(bounds.from, bounds.to);
      if (items.length === 0) {
        if (bounds.note === '') return 'No conversations match.';
        // Widening is the model's choice, and it is told what the narrow answer was.
        const anywhere = await find(null, null);
        return `No conversations match. ${bounds.note} Without that time ${anywhere.items.length} would match: search again with start_date 1970-01-01T00:00:00Z only if that helps, and say so in the answer.`;
      }
      const blocks: string[] = [];
      for (const { conversation, matches } of items) {
        const ids = new Set(matches.slice(0, MATCHES_SHOWN).flatMap((match) => match.segmentIds));
        const number = context.retrieve(conversation, [...ids]);
        const segments = args.include_transcript
          ? (await loadTranscript(reader, uid, conversation)).filter((s) => ids.has(s.id))
          : null;
        const shown = { conversation, segments };
        const block = await describeConversation(reader, uid, number, shown, timeZone);
        context.noteSource(number, block);
        blocks.push(block);
      }
      const elsewhen = items.filter(({ filter }) =>
        ['near', 'dropped'].includes(filter.time),
      ).length;
      const widened =
        elsewhen > 0 ? `${elsewhen} of them lie outside of the time that the query names. ` : '';
      return `${items.length} conversations match. ${bounds.note}${widened}\n${blocks.join('\n')}`;
    },
  },
  records: {
    title: 'Search conversations',
    scope: 'conversations:read',
    effect: 'read',
    description: 'Conversations in which something was said or meant, best first.',
    schema: z.object({
      query: z.string().trim().min(1).max(1000),
      ...recordDates,
      limit: z.number().int().min(1).max(100).default(10),
    }),
    run: async ({ search }, { uid, timeZone }, args) => {
      const { items } = await search.searchConversations(uid, {
        query: args.query,
        page: 1,
        perPage: args.limit,
        includeDiscarded: false,
        startDate: readDayOrTime('start_date', args.start_date, timeZone, 'start'),
        endDate: readDayOrTime('end_date', args.end_date, timeZone, 'end'),
      });
      const found = items.map(({ conversation }) => conversation);
      return { kind: 'conversations', items: found, nextCursor: null };
    },
  },
});
