import { z } from 'zod';
import { tellMemory } from '../../../model/memory.ts';
import { narrowTo } from '../../chat-scope.ts';
import { toLocalText } from '../../local-time.ts';
import { markAsData } from '../../untrusted-text.ts';
import { defineTool } from '../tool.ts';

/** Facts about the user by what they are about. */
export const searchMemoriesTool = defineTool({
  name: 'search_memories',
  chat: {
    scope: 'memories.read',
    description: 'Finds facts about the user by what they are about.',
    status: 'Searching memories',
    writes: [],
    keepsToScope: true,
    schema: z.object({
      query: z.string().min(1).max(1000),
      limit: z.number().int().min(1).max(20).default(5),
    }),
    run: async ({ search }, { uid, timeZone, within }, query) => {
      const found = await search.searchMemories(uid, {
        ...query,
        within: narrowTo(within).within ?? null,
      });
      if (found.length === 0) return 'No memories match.';
      const lines = found.map(
        ({ memory, score }) =>
          `- ${tellMemory(memory)} (relevance: ${score.toFixed(2)}, category: ${memory.category}, date: ${toLocalText(memory.createdAt, timeZone)})`,
      );
      return markAsData('memories', lines.join('\n'));
    },
  },
  records: {
    title: 'Search memories',
    scope: 'memories:read',
    effect: 'read',
    description: 'Facts about the user that fit a query, by words and by meaning, best first.',
    schema: z.object({
      query: z.string().trim().min(1).max(1000),
      limit: z.number().int().min(1).max(100).default(10),
    }),
    run: async ({ search }, { uid }, query) => {
      const found = await search.searchMemories(uid, query);
      return {
        kind: 'memories',
        items: found.map(({ memory }) => memory),
        scores: found.map(({ score }) => score),
        nextCursor: null,
      };
    },
  },
});
