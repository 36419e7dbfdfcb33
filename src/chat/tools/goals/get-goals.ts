import { z } from 'zod';
import { defineTool } from '../tool.ts';

/** Goals of the user. */
export const getGoalsTool = defineTool({
  name: 'get_goals',
  records: {
    title: 'List goals',
    scope: 'goals:read',
    effect: 'read',
    description: 'Goals of the user and where they stand.',
    schema: z.object({ include_inactive: z.boolean().default(false) }),
    run: async ({ goals }, { uid }, args) => ({
      kind: 'goals',
      items: args.include_inactive ? await goals.listAll(uid) : await goals.list(uid),
    }),
  },
});
