import { z } from 'zod';
import { defineTool } from '../tool.ts';
import { newMemory, toNewMemory } from './new-memory.ts';

/** Keeps a fact; in the chat only one that the user asked to be kept. */
export const createMemoryTool = defineTool({
  name: 'create_memory',
  chat: {
    scope: 'memories.write',
    description: 'Keeps a fact about the user. Only if the user asks to remember it.',
    status: 'Saving memory',
    writes: ['create-memory'],
    keepsToScope: true,
    schema: z.object({ content: z.string().min(1).max(2000) }),
    run: async ({ memories }, { uid, permission }, { content }) => {
      permission.take('create-memory', content);
      const memory = await memories.create(uid, toNewMemory({ content: content.trim() }));
      return `Remembered: ${memory.content}`;
    },
  },
  records: {
    title: 'Add a memory',
    scope: 'memories:write',
    effect: 'add',
    description: 'Keeps a fact about the user. A fact that is known already is not kept twice.',
    schema: newMemory,
    run: async ({ memories }, { uid }, args) => ({
      kind: 'memory',
      item: await memories.create(uid, toNewMemory(args)),
    }),
  },
});
