import { z } from 'zod';
import type { StagedTask } from '../model/tasks/staged-task.ts';
import { toIso } from '../model/timestamp.ts';

/** A proposed task on Omi's wire; a field without a value is left out. */
export const stagedTaskSchema = z
  .object({
    id: z.string(),
    description: z.string(),
    completed: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
    due_at: z.string().optional(),
    source: z.string().optional(),
    priority: z.string().optional(),
    metadata: z.string().optional(),
    category: z.string().optional(),
    relevance_score: z.number().int().optional(),
    promoted_at: z.string().optional(),
    conversation_id: z.string().optional(),
    /** The words that it was said in. */
    segment_ids: z.array(z.string()).optional(),
  })
  .meta({ id: 'StagedTask' });

export function stagedTaskToWire(task: StagedTask): z.output<typeof stagedTaskSchema> {
  const {
    dueAt,
    source,
    priority,
    metadata,
    category,
    relevanceScore,
    promotedAt,
    conversationId,
    segmentIds,
  } = task;
  return {
    id: task.id,
    description: task.description,
    completed: task.completed,
    created_at: toIso(task.createdAt),
    updated_at: toIso(task.updatedAt),
    ...(dueAt === null ? {} : { due_at: toIso(dueAt) }),
    ...(source === null ? {} : { source }),
    ...(priority === null ? {} : { priority }),
    ...(metadata === null ? {} : { metadata }),
    ...(category === null ? {} : { category }),
    ...(relevanceScore === null ? {} : { relevance_score: relevanceScore }),
    ...(conversationId === null
      ? {}
      : { conversation_id: conversationId, segment_ids: segmentIds }),
    ...(promotedAt === null ? {} : { promoted_at: toIso(promotedAt) }),
  };
}
