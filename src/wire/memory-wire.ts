import { z } from 'zod';
import type { KnowledgeGraph } from '../model/knowledge-graph.ts';
import type { Memory } from '../model/memory.ts';
import { toIso } from '../model/timestamp.ts';
import { shortenLocked } from './locked-text.ts';

/** A memory on Omi's wire. `memory_id` mirrors `conversation_id`; `segment_ids` is ours. */
export const memorySchema = z
  .object({
    id: z.string(),
    uid: z.string(),
    content: z.string(),
    category: z.string(),
    visibility: z.string(),
    tags: z.array(z.string()),
    headline: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    memory_id: z.string().nullable(),
    conversation_id: z.string().nullable(),
    reviewed: z.boolean(),
    user_review: z.boolean().nullable(),
    manually_added: z.boolean(),
    edited: z.boolean(),
    scoring: z.string(),
    app_id: z.string().nullable(),
    data_protection_level: z.string(),
    is_locked: z.boolean(),
    kg_extracted: z.boolean(),
    is_read: z.boolean(),
    is_dismissed: z.boolean(),
    /** Newer apps show no memory without this key; this server keeps all memories in one layer. */
    layer: z.null(),
    segment_ids: z.array(z.string()),
  })
  .meta({ id: 'Memory' });
export type MemoryWire = z.output<typeof memorySchema>;

/** A memory with when it held, and what took its place. */
export const memoryHistorySchema = memorySchema
  .extend({
    valid_from: z.string().nullable(),
    valid_to: z.string().nullable(),
    replaced_by: z.string().nullable(),
    replaces: z.array(z.string()),
  })
  .meta({ id: 'MemoryHistory' });
export type MemoryHistoryWire = z.output<typeof memoryHistorySchema>;

export function memoryHistoryToWire(memory: Memory): MemoryHistoryWire {
  return {
    ...memoryToWire(memory),
    valid_from: memory.validFrom === null ? null : toIso(memory.validFrom),
    valid_to: memory.validTo === null ? null : toIso(memory.validTo),
    replaced_by: memory.replacedBy,
    replaces: [...memory.replaces],
  };
}

/** Returns a memory for Omi's phone and desktop apps, which know three categories: the older are `system`. */
export function memoryToAppWire(memory: Memory): MemoryWire {
  const { category } = memory;
  const isKnown = category === 'interesting' || category === 'manual';
  return { ...memoryToWire(memory), category: isKnown ? category : 'system' };
}

export function memoryToWire(memory: Memory): MemoryWire {
  return {
    id: memory.id,
    uid: memory.uid,
    content: shortenLocked(memory.content, memory.isLocked),
    category: memory.category,
    visibility: memory.visibility,
    tags: [...memory.tags],
    headline: memory.headline,
    created_at: toIso(memory.createdAt),
    updated_at: toIso(memory.updatedAt),
    memory_id: memory.conversationId,
    conversation_id: memory.conversationId,
    reviewed: memory.reviewed,
    user_review: memory.userReview,
    manually_added: memory.manuallyAdded,
    edited: memory.edited,
    scoring: memory.scoring,
    app_id: memory.appId,
    data_protection_level: memory.dataProtectionLevel,
    is_locked: memory.isLocked,
    kg_extracted: memory.kgExtracted,
    is_read: memory.isRead,
    is_dismissed: memory.isDismissed,
    layer: null,
    segment_ids: [...memory.segmentIds],
  };
}

const nodeSchema = z.object({
  id: z.string(),
  label: z.string(),
  node_type: z.enum(['person', 'place', 'organization', 'thing', 'concept']),
  aliases: z.array(z.string()),
  memory_ids: z.array(z.string()),
  conversation_ids: z.array(z.string()),
});
const edgeSchema = z.object({
  id: z.string(),
  source_id: z.string(),
  target_id: z.string(),
  label: z.string(),
  memory_ids: z.array(z.string()),
  conversation_ids: z.array(z.string()),
});
export const knowledgeGraphSchema = z.object({
  nodes: z.array(nodeSchema),
  edges: z.array(edgeSchema),
});

/** Returns a graph in the form of the API; `memory_ids` and `conversation_ids` are the sources of each node and edge. */
export function knowledgeGraphToWire({
  nodes,
  edges,
}: KnowledgeGraph): z.infer<typeof knowledgeGraphSchema> {
  return {
    nodes: nodes.map(({ id, label, type, memoryIds, conversationIds }) => ({
      id,
      label,
      node_type: type,
      aliases: [],
      memory_ids: memoryIds,
      conversation_ids: conversationIds,
    })),
    edges: edges.map(({ id, sourceId, targetId, label, memoryIds, conversationIds }) => ({
      id,
      source_id: sourceId,
      target_id: targetId,
      label,
      memory_ids: memoryIds,
      conversation_ids: conversationIds,
    })),
  };
}
