import { z } from 'zod';
import { recordId } from '../record-arguments.ts';
import { defineTool } from '../tool.ts';
import { memoryContent } from './new-memory.ts';

/** Replaces the text of a fact. */
export const editMemoryTool = defineTool({
  name: 'edit_memory',
  records: {
    title: 'Change a memory',
    scope: 'memories:write',
    effect: 'change',
    description: 'Replaces the text of a fact; it keeps its id.',
    schema: z.object({ memory_id: recordId, content: memoryContent }),
    run: async ({ memories }, { uid }, args) => ({
      kind: 'memory',
      item: await memories.update(uid, args.memory_id, { content: args.content }),
    }),
  },
});
