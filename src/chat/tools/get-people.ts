import { z } from 'zod';
import type { PeopleService } from '../../speakers/people-service.ts';
import { markAsData } from '../untrusted-text.ts';
import { defineTool } from './chat-tool.ts';

/** The people whom the user has named. */
export function getPeopleTool({ people }: { people: Pick<PeopleService, 'listPeople'> }) {
  return defineTool({
    name: 'get_people_tool',
    scope: 'people.read',
    description: 'Lists the people that the user talks with.',
    status: 'Looking up people',
    writes: [],
    schema: z.object({ limit: z.number().int().min(1).max(500).default(100) }),
    run: async ({ uid }, { limit }) => {
      const known = await people.listPeople(uid);
      if (known.length === 0) return 'No people are known.';
      const names = known.slice(0, limit).map(({ name }) => `- ${name}`);
      return `People (${known.length}):\n${markAsData('people', names.join('\n'))}`;
    },
  });
}
