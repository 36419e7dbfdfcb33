import { z } from 'zod';
import type { MemoryService } from '../../memories/memory-service.ts';
import { tellMemory } from '../../model/memory.ts';
import { toLocalText } from '../date-range.ts';
import { markAsData } from '../untrusted-text.ts';
import { defineTool } from './chat-tool.ts';
import { boundsOf, zonedTime } from './tool-dates.ts';

/** What is known about the user. */
export function getMemoriesTool({ memories }: { memories: Pick<MemoryService, 'list'> }) {
  return defineTool({
    name: 'get_memories_tool',
    scope: 'memories.read',
    description: 'Lists facts that are known about the user, the most telling first.',
    status: 'Searching memories',
    writes: [],
    schema: z.object({
      limit: z.number().int().min(1).max(500).default(50),
      offset: z.number().int().min(0).max(10_000).default(0),
      start_date: zonedTime('Earliest time at which the fact was learnt'),
      end_date: zonedTime('Latest time at which the fact was learnt'),
    }),
    run: async (context, args) => {
      // A fact holds longer than the time that was asked about: only what the call names counts.
      const bounds = boundsOf({ ...context, range: null }, args, 'any');
      const all = await memories.list(context.uid, { offset: 0, limit: 5000, categories: [] });
      const fitting = all.filter(
        (memory) =>
          !memory.isLocked &&
          memory.createdAt >= (bounds.from ?? 0) &&
          memory.createdAt <= (bounds.to ?? Number.MAX_SAFE_INTEGER),
      );
      const shown = fitting.slice(args.offset, args.offset + args.limit);
      if (shown.length === 0) return `No memories. ${bounds.note}`.trim();
      const lines = shown.map(
        (memory) => `- ${tellMemory(memory)} (${toLocalText(memory.createdAt, context.timeZone)})`,
      );
      return `User Memories (${fitting.length} total):\n${markAsData('memories', lines.join('\n'))}`;
    },
  });
}
