import { z } from 'zod';
import type { MemoryService } from '../../memories/memory-service.ts';
import { defineTool } from './chat-tool.ts';

/** Keeps a fact that the user asked to be kept. */
export function createMemoryTool({ memories }: { memories: Pick<MemoryService, 'create'> }) {
  return defineTool({
    name: 'create_memory_tool',
    scope: 'memories.write',
    description: 'Keeps a fact about the user. Only where the user asks to remember it.',
    status: 'Saving memory',
    writes: ['create-memory'],
    schema: z.object({ content: z.string().min(1).max(2000) }),
    run: async ({ uid, permission }, { content }) => {
      permission.take('create-memory', content);
      const input = { category: null, visibility: 'private' as const, tags: [], headline: null };
      const memory = await memories.create(uid, { content: content.trim(), ...input });
      return `Remembered: ${memory.content}`;
    },
  });
}
