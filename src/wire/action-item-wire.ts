import { z } from 'zod';
import type { ActionItem } from '../model/tasks/action-item.ts';
import { toIso, toIsoOrNull } from '../model/timestamp.ts';
import { shortenLocked } from './locked-text.ts';

/** An action item on Omi's wire. `owner` and `segment_ids` (the words it came from) are ours. */
export const actionItemSchema = z
  .object({
    id: z.string(),
    description: z.string(),
    completed: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
    due_at: z.string().nullable(),
    completed_at: z.string().nullable(),
    conversation_id: z.string().nullable(),
    is_locked: z.boolean(),
    exported: z.boolean(),
    export_date: z.string().nullable(),
    export_platform: z.string().nullable(),
    apple_reminder_id: z.string().nullable(),
    sort_order: z.number(),
    indent_level: z.number(),
    source: z.string().nullable(),
    priority: z.string().nullable(),
    category: z.string().nullable(),
    metadata: z.string().nullable(),
    relevance_score: z.number().nullable(),
    from_staged: z.boolean(),
    owner: z.string().nullable(),
    segment_ids: z.array(z.string()),
  })
  .meta({ id: 'ActionItem' });
export type ActionItemWire = z.output<typeof actionItemSchema>;

export function actionItemToWire(item: ActionItem): ActionItemWire {
  return {
    id: item.id,
    description: shortenLocked(item.description, item.isLocked),
    completed: item.completed,
    created_at: toIso(item.createdAt),
    updated_at: toIso(item.updatedAt),
    due_at: toIsoOrNull(item.dueAt),
    completed_at: toIsoOrNull(item.completedAt),
    conversation_id: item.conversationId,
    is_locked: item.isLocked,
    exported: item.exported,
    export_date: toIsoOrNull(item.exportDate),
    export_platform: item.exportPlatform,
    apple_reminder_id: item.appleReminderId,
    sort_order: item.sortOrder,
    indent_level: item.indentLevel,
    source: item.source,
    priority: item.priority,
    category: item.category,
    metadata: item.metadata,
    relevance_score: item.relevanceScore,
    from_staged: item.fromStaged,
    owner: item.owner,
    segment_ids: [...item.segmentIds],
  };
}
