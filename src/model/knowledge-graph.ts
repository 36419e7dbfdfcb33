import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** What a user has done to the graph, which itself is derived and not stored. */
export const knowledgeGraphSchema = z.object({
  id: z.string(),
  /** Memories and conversations up to this time are left out. */
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
  /** The memories that name it. With no source of either kind, it is a person whom the user has named. */
  memoryIds: string[];
  /** The conversations that are about it. */
  conversationIds: string[];
}

/** A statement of memories or conversations. `source` is what the sentence, or the talk, is about. */
export interface GraphEdge {
  id: string;
  sourceId: string;
  targetId: string;
  /** The words between them, such as `works at`; at most four. */
  label: string;
  memoryIds: string[];
  conversationIds: string[];
}

export interface KnowledgeGraph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}
