import { z } from 'zod';
import { defineTool } from '../tool.ts';
import { newMemory, toNewMemory } from './new-memory.ts';

const MAX_CREATED = 25;

/** Keeps several facts. */
export const createMemoriesTool = defineTool({
  name: 'create_memories',
  records: {
    title: 'Add memories',
    scope: 'memories:write',
    effect: 'add',
    description: `Keeps up to ${MAX_CREATED} facts about the user at once.`,
    schema: z.object({ memories: z.array(newMemory).min(1).max(MAX_CREATED) }),
    run: async ({ memories }, { uid }, args) => ({
      kind: 'memories',
      items: await memories.createMany(uid, args.memories.map(toNewMemory)),
      scores: null,
      nextCursor: null,
    }),
  },
});
