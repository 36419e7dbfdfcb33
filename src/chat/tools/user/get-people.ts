import { z } from 'zod';
import { markAsData } from '../../untrusted-text.ts';
import { defineTool } from '../tool.ts';

/** The people whom the user has named. */
export const getPeopleTool = defineTool({
  name: 'get_people',
  chat: {
    scope: 'people.read',
    description: 'Lists the people that the user talks with.',
    status: 'Looking up people',
    writes: [],
    schema: z.object({ limit: z.number().int().min(1).max(500).default(100) }),
    run: async ({ people }, { uid }, { limit }) => {
      const known = await people.listPeople(uid);
      if (known.length === 0) return 'No people are known.';
      const names = known.slice(0, limit).map(({ name }) => `- ${name}`);
      return `People (${known.length}):\n${markAsData('people', names.join('\n'))}`;
    },
  },
  records: {
    title: 'List people',
    scope: 'conversations:read',
    effect: 'read',
    description: 'People whose voices or names are known, by name.',
    schema: z.object({}),
    run: async ({ people }, { uid }) => ({ kind: 'people', items: await people.listPeople(uid) }),
  },
});
