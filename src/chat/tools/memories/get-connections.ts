import { z } from 'zod';
import { connectionsOf, edgeText } from '../../../memories/connections.ts';
import { memories, tellMemory } from '../../../model/memory.ts';
import { markAsData } from '../../untrusted-text.ts';
import { defineTool } from '../tool.ts';

const name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .optional()
  .describe('A person, place, organization or thing; without it, everything that is known');
const MOST = 200;

/** Who and what the memories name, and how these belong together. */
export const getConnectionsTool = defineTool({
  name: 'get_connections',
  chat: {
    scope: 'memories.read',
    description:
      'Shows how people, places, organizations and things in the memories of the user belong together, with the memory that says so.',
    status: 'Looking up connections',
    writes: [],
    schema: z.object({ name, limit: z.number().int().min(1).max(100).default(30) }),
    run: async ({ knowledgeGraphs, reader }, { uid }, args) => {
      const whole = await knowledgeGraphs.get(uid);
      const { nodes, edges } = connectionsOf(whole, args.name ?? null, args.limit);
      if (edges.length === 0) return 'No connections are known.';
      const ids = [...new Set(edges.flatMap(({ memoryIds }) => memoryIds))];
      const found = await reader.findMany(memories, uid, ids);
      const sources = new Map(found.map((memory) => [memory.id, tellMemory(memory)]));
      const byId = new Map(nodes.map((node) => [node.id, node]));
      const lines = edges.map((edge) => {
        const said = edge.memoryIds.flatMap((id) => sources.get(id) ?? []).slice(0, 3);
        const source = said.length === 0 ? 'named by the user' : `memory: ${said.join(' | ')}`;
        return `- ${edgeText(edge, byId)} [${source}]`;
      });
      return markAsData('connections', lines.join('\n'));
    },
  },
  records: {
    title: 'Get connections',
    scope: 'memories:read',
    effect: 'read',
    description:
      'The graph of people, places, organizations and things in the memories; memory_ids are the sources of each node and edge.',
    schema: z.object({ name, limit: z.number().int().min(1).max(1_000).default(MOST) }),
    run: async ({ knowledgeGraphs }, { uid }, args) => ({
      kind: 'graph',
      graph: connectionsOf(await knowledgeGraphs.get(uid), args.name ?? null, args.limit),
    }),
  },
});
