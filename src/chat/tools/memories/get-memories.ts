import { z } from 'zod';
import { memoryCategorySchema, tellMemory } from '../../../model/memory.ts';
import { isInScope } from '../../chat-scope.ts';
import { toLocalText } from '../../local-time.ts';
import { markAsData } from '../../untrusted-text.ts';
import { dayOrTime, pageArguments, pageOf, readDayOrTime } from '../record-arguments.ts';
import { defineTool } from '../tool.ts';
import { boundsOf, zonedTime } from '../tool-dates.ts';

/** What is known about the user. */
export const getMemoriesTool = defineTool({
  name: 'get_memories',
  chat: {
    scope: 'memories.read',
    description: 'Lists facts that are known about the user, the most telling first.',
    status: 'Searching memories',
    writes: [],
    keepsToScope: true,
    schema: z.object({
      limit: z.number().int().min(1).max(500).default(50),
      offset: z.number().int().min(0).max(10_000).default(0),
      start_date: zonedTime('Earliest time at which the fact was learnt'),
      end_date: zonedTime('Latest time at which the fact was learnt'),
    }),
    run: async ({ memories }, context, args) => {
      // A fact holds longer than the time that was asked about: only what the call names counts.
      const bounds = boundsOf({ ...context, range: null }, args, 'any');
      const all = await memories.list(context.uid, { offset: 0, limit: 5000, categories: [] });
      const fitting = all.filter(
        (memory) =>
          !memory.isLocked &&
          isInScope(context.within, memory.conversationId) &&
          memory.createdAt >= (bounds.from ?? 0) &&
          memory.createdAt <= (bounds.to ?? Number.MAX_SAFE_INTEGER),
      );
      const shown = fitting.slice(args.offset, args.offset + args.limit);
      if (shown.length === 0) return `No memories. ${bounds.note}`.trim();
      const lines = shown.map(
        (memory) => `- ${tellMemory(memory)} (${toLocalText(memory.createdAt, context.timeZone)})`,
      );
      return `User Memories (${fitting.length} total):\n${markAsData('memories', lines.join('\n'))}`;
    },
  },
  records: {
    title: 'List memories',
    scope: 'memories:read',
    effect: 'read',
    description: 'Facts that are known about the user, the most telling first.',
    schema: z.object({
      categories: z.array(memoryCategorySchema).max(20).default([]),
      ...pageArguments(20, 100),
      updated_after: dayOrTime('Only facts changed since; the oldest change comes first'),
    }),
    run: async ({ memories }, { uid, timeZone }, args) => {
      const { categories, updated_after } = args;
      const updatedSince = readDayOrTime('updated_after', updated_after, timeZone, 'start');
      const page = await memories.page(uid, { categories, updatedSince }, pageOf(args));
      const items = page.items.filter(({ isLocked }) => !isLocked);
      return { kind: 'memories', items, scores: null, nextCursor: page.nextCursor };
    },
  },
});
