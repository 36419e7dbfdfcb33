import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { KnowledgeGraphs } from '../../../memories/knowledge-graph.ts';
import { knowledgeGraphSchema, knowledgeGraphToWire } from '../../../wire/memory-wire.ts';

const tags = ['memories'];

/** The map of who and what the user's memories and conversations name. */
export function knowledgeGraphRoutes(deps: {
  knowledgeGraphs: KnowledgeGraphs;
}): FastifyPluginAsyncZod {
  const { knowledgeGraphs } = deps;
  return async (app) => {
    app.get(
      '/v1/knowledge-graph',
      {
        schema: {
          tags,
          summary:
            'Get the graph of people, places, things and topics in memories and conversations',
          description:
            '`memory_ids` and `conversation_ids` are the sources of each node and edge. With neither, it is a person whom the user has named.',
          response: { 200: knowledgeGraphSchema },
        },
      },
      async ({ uid }) => knowledgeGraphToWire(await knowledgeGraphs.get(uid)),
    );

    app.post(
      '/v1/knowledge-graph/rebuild',
      {
        schema: {
          tags,
          summary: 'Build the graph from everything again',
          response: {
            200: z.object({
              // Omi's clients poll after `rebuilding`; here the graph is there at once.
              status: z.literal('rebuilding'),
              nodes_count: z.number(),
              edges_count: z.number(),
            }),
          },
        },
      },
      async ({ uid }) => {
        const { nodes, edges } = await knowledgeGraphs.rebuild(uid);
        return {
          status: 'rebuilding' as const,
          nodes_count: nodes.length,
          edges_count: edges.length,
        };
      },
    );

    app.delete(
      '/v1/knowledge-graph',
      {
        schema: {
          tags,
          summary: 'Empty the graph; memories and conversations are kept',
          response: { 200: z.object({ status: z.literal('deleted') }) },
        },
      },
      async ({ uid }) => {
        await knowledgeGraphs.clear(uid);
        return { status: 'deleted' as const };
      },
    );
  };
}
