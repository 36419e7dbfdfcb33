import type { Memory } from '../model/memory.ts';
import { toIso } from '../model/timestamp.ts';
import { shortenLocked } from './locked-text.ts';

/** A memory on Omi's wire. `memory_id` mirrors `conversation_id`; `segment_ids` is ours. */
export interface MemoryWire {
  id: string;
  uid: string;
  content: string;
  category: string;
  visibility: string;
  tags: string[];
  headline: string | null;
  created_at: string;
  updated_at: string;
  memory_id: string | null;
  conversation_id: string | null;
  reviewed: boolean;
  user_review: boolean | null;
  manually_added: boolean;
  edited: boolean;
  scoring: string;
  app_id: string | null;
  data_protection_level: string;
  is_locked: boolean;
  kg_extracted: boolean;
  /** Required by newer apps, which sort memories by age with it; this server has one layer. */
  layer: null;
  segment_ids: string[];
}

/** A memory with when it held, and what took its place. */
export interface MemoryHistoryWire extends MemoryWire {
  valid_from: string | null;
  valid_to: string | null;
  replaced_by: string | null;
  replaces: string[];
}

export function memoryHistoryToWire(memory: Memory): MemoryHistoryWire {
  return {
    ...memoryToWire(memory),
    valid_from: memory.validFrom === null ? null : toIso(memory.validFrom),
    valid_to: memory.validTo === null ? null : toIso(memory.validTo),
    replaced_by: memory.replacedBy,
    replaces: [...memory.replaces],
  };
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
    layer: null,
    segment_ids: [...memory.segmentIds],
  };
}
