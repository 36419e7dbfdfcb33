import { z } from 'zod';
import { recordId } from '../record-arguments.ts';
import { defineTool } from '../tool.ts';

/** Deletes a fact. */
export const deleteMemoryTool = defineTool({
  name: 'delete_memory',
  records: {
    title: 'Delete a memory',
    scope: 'memories:write',
    effect: 'delete',
    description: 'Deletes a fact for good.',
    schema: z.object({ memory_id: recordId }),
    run: async ({ memories }, { uid }, args) => {
      await memories.delete(uid, args.memory_id);
      return { kind: 'done' };
    },
  },
});
