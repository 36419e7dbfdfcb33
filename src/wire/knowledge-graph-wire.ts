import { z } from 'zod';
import type { KnowledgeGraph } from '../memories/build-knowledge-graph.ts';

const nodeSchema = z.object({
  id: z.string(),
  label: z.string(),
  node_type: z.enum(['person', 'place', 'organization', 'thing', 'concept']),
  aliases: z.array(z.string()),
  memory_ids: z.array(z.string()),
});
const edgeSchema = z.object({
  id: z.string(),
  source_id: z.string(),
  target_id: z.string(),
  label: z.string(),
  memory_ids: z.array(z.string()),
});
export const knowledgeGraphSchema = z.object({
  nodes: z.array(nodeSchema),
  edges: z.array(edgeSchema),
});

/** Returns a graph in the form of the API; `memory_ids` are the sources of each node and edge. */
export function knowledgeGraphToWire({
  nodes,
  edges,
}: KnowledgeGraph): z.infer<typeof knowledgeGraphSchema> {
  return {
    nodes: nodes.map(({ id, label, type, memoryIds }) => ({
      id,
      label,
      node_type: type,
      aliases: [],
      memory_ids: memoryIds,
    })),
    edges: edges.map(({ id, sourceId, targetId, label, memoryIds }) => ({
      id,
      source_id: sourceId,
      target_id: targetId,
      label,
      memory_ids: memoryIds,
    })),
  };
}
