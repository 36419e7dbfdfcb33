import { z } from 'zod';
import { defineTool } from '../tool.ts';

/** Tasks by what they are about. */
export const searchActionItemsTool = defineTool({
  name: 'search_action_items',
  records: {
    title: 'Search tasks',
    scope: 'action_items:read',
    effect: 'read',
    description: 'Tasks that fit a query, by words and by meaning, best first.',
    schema: z.object({
      query: z.string().trim().min(1).max(1000),
      limit: z.number().int().min(1).max(100).default(10),
    }),
    run: async ({ search }, { uid }, args) => {
      const found = await search.searchActionItems(uid, args);
      const items = found.map(({ actionItem }) => actionItem);
      return { kind: 'action-items', items, nextCursor: null };
    },
  },
});
