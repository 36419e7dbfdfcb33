import type { ActionItem } from '../model/action-item.ts';
import { toIso, toIsoOrNull } from '../model/timestamp.ts';
import { shortenLocked } from './locked-text.ts';

/** An action item on Omi's wire. `owner` and `segment_ids` (the words it came from) are ours. */
export interface ActionItemWire {
  id: string;
  description: string;
  completed: boolean;
  created_at: string;
  updated_at: string;
  due_at: string | null;
  completed_at: string | null;
  conversation_id: string | null;
  is_locked: boolean;
  exported: boolean;
  export_date: string | null;
  export_platform: string | null;
  apple_reminder_id: string | null;
  sort_order: number;
  indent_level: number;
  owner: string | null;
  segment_ids: string[];
}

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
    owner: item.owner,
    segment_ids: [...item.segmentIds],
  };
}
