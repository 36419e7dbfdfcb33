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
