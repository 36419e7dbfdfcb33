import { z } from 'zod';
import { tellMemory } from '../../model/memory.ts';
import type { SearchService } from '../../search/question/search-service.ts';
import { toLocalText } from '../date-range.ts';
import { markAsData } from '../untrusted-text.ts';
import { defineTool } from './chat-tool.ts';

/** Facts about the user by what they are about. */
export function searchMemoriesTool({ search }: { search: Pick<SearchService, 'searchMemories'> }) {
  return defineTool({
    name: 'search_memories_tool',
    scope: 'memories.read',
    description: 'Finds facts about the user by what they are about.',
    status: 'Searching memories',
    writes: [],
    schema: z.object({
      query: z.string().min(1).max(1000),
      limit: z.number().int().min(1).max(20).default(5),
    }),
    run: async ({ uid, timeZone }, { query, limit }) => {
      const found = await search.searchMemories(uid, { query, limit });
      if (found.length === 0) return 'No memories match.';
      const lines = found.map(
        ({ memory, score }) =>
          `- ${tellMemory(memory)} (relevance: ${score.toFixed(2)}, category: ${memory.category}, date: ${toLocalText(memory.createdAt, timeZone)})`,
      );
      return markAsData('memories', lines.join('\n'));
    },
  });
}
