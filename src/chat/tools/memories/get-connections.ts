import { z } from 'zod';
import { connectionsOf, edgeText } from '../../../memories/connections.ts';
import { conversations } from '../../../model/conversations/conversation.ts';
import { memories, tellMemory } from '../../../model/memory.ts';
import { markAsData } from '../../untrusted-text.ts';
import { defineTool } from '../tool.ts';

const name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .optional()
  .describe('A person, place, organization, thing or topic; without it, everything that is known');
const MOST = 200;
/** Sources that are told of one edge. */
const MAX_SOURCES = 3;

/** Who and what memories and conversations name, and how these belong together. */
export const getConnectionsTool = defineTool({
  name: 'get_connections',
  chat: {
    scope: 'memories.read',
    description:
      'Shows how people, places, organizations, things and topics in the memories and conversations of the user belong together, with the memory or conversation that says so.',
    status: 'Looking up connections',
    writes: [],
    schema: z.object({ name, limit: z.number().int().min(1).max(100).default(30) }),
    run: async ({ knowledgeGraphs, reader }, { uid }, args) => {
      const whole = await knowledgeGraphs.get(uid);
      const { nodes, edges } = connectionsOf(whole, args.name ?? null, args.limit);
      if (edges.length === 0) return 'No connections are known.';
      const shown = edges.map((edge) => ({
        edge,
        memoryIds: edge.memoryIds.slice(0, MAX_SOURCES),
        conversationIds: edge.conversationIds.slice(0, MAX_SOURCES),
      }));
      const idsOf = (kind: 'memoryIds' | 'conversationIds') => [
        ...new Set(shown.flatMap((one) => one[kind])),
      ];
      const facts = await reader.findMany(memories, uid, idsOf('memoryIds'));
      const talks = await reader.findMany(conversations, uid, idsOf('conversationIds'));
      const sources = new Map([
        ...facts.map((memory) => [memory.id, `memory: ${tellMemory(memory)}`] as const),
        ...talks.map(({ id, structured }) => [id, `conversation: ${structured.title}`] as const),
      ]);
      const byId = new Map(nodes.map((node) => [node.id, node]));
      const lines = shown.map(({ edge, memoryIds, conversationIds }) => {
        const said = [...memoryIds, ...conversationIds].flatMap((id) => sources.get(id) ?? []);
        const source = said.length === 0 ? 'named by the user' : said.join(' | ');
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
      'The graph of people, places, organizations, things and topics in memories and conversations; memory_ids and conversation_ids are the sources of each node and edge.',
    schema: z.object({ name, limit: z.number().int().min(1).max(1_000).default(MOST) }),
    run: async ({ knowledgeGraphs }, { uid }, args) => ({
      kind: 'graph',
      graph: connectionsOf(await knowledgeGraphs.get(uid), args.name ?? null, args.limit),
    }),
  },
});
