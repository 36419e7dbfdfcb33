import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** What a user has done to the graph, which itself is derived and not stored. */
export const knowledgeGraphSchema = z.object({
  id: z.string(),
  /** Memories up to this time are left out. */
  clearedAt: timestamp,
});

export const knowledgeGraphs = defineCollection({
  name: 'knowledge_graphs',
  scope: 'user',
  schema: knowledgeGraphSchema,
  queries: {},
});

export type NodeType = 'person' | 'place' | 'organization' | 'thing' | 'concept';

export interface GraphNode {
  id: string;
  label: string;
  type: NodeType;
  /** The memories that name it; empty for a person who is only known by voice. */
  memoryIds: string[];
}

/** A statement of a memory: `source` is what its sentence is about. */
export interface GraphEdge {
  id: string;
  sourceId: string;
  targetId: string;
  /** The words between them, such as `works at`; at most four. */
  label: string;
  memoryIds: string[];
}

export interface KnowledgeGraph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}
