import { sha256Hex } from '../kernel/ids.ts';
import type { StagedTask } from '../model/tasks/staged-task.ts';

/** Behind every score. */
const NO_SCORE_RANK = 1_001;

/** What a proposal says. */
export type NewStagedTask = Pick<StagedTask, 'description' | 'dueAt' | 'source'> &
  Partial<Pick<StagedTask, 'priority' | 'category' | 'metadata' | 'relevanceScore'>>;

/** Returns a new open proposal that comes from no conversation. */
export function makeStagedTask(id: string, input: NewStagedTask, now: number): StagedTask {
  const { description, dueAt, source, relevanceScore = null } = input;
  const { priority = null, category = null, metadata = null } = input;
  return {
    id,
    description,
    key: stagedTaskKey(description),
    completed: false,
    dueAt,
    source,
    priority,
    category,
    metadata,
    relevanceScore,
    rank: relevanceScore ?? NO_SCORE_RANK,
    owner: null,
    conversationId: null,
    segmentIds: [],
    createdAt: now,
    updatedAt: now,
    promotedAt: null,
  };
}

/** Returns the fingerprint by which the same words are one proposal. */
export function stagedTaskKey(description: string): string {
  return sha256Hex(description.trim().toLowerCase());
}
