import { z } from 'zod';
import { defineTool } from '../tool.ts';

/** Facts that a profile tells. */
const PROFILE_MEMORIES = 30;

/** Who the user is. */
export const getUserProfileTool = defineTool({
  name: 'get_user_profile',
  records: {
    title: 'Who the user is',
    scope: 'memories:read',
    effect: 'read',
    description: 'Name, languages, time zone, goals and the most telling facts of the user.',
    schema: z.object({}),
    run: async ({ users, memories, goals }, { uid }) => {
      const filter = { categories: [], updatedSince: null };
      const page = { cursor: null, offset: 0, limit: PROFILE_MEMORIES };
      const facts = await memories.page(uid, filter, page);
      return {
        kind: 'profile',
        user: await users.getUser(uid),
        memories: facts.items.filter(({ isLocked }) => !isLocked),
        goals: await goals.list(uid),
      };
    },
  },
});
