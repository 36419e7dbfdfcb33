import type { ConversationExcerpt, ToolRecords } from '../chat/tools/tool-records.ts';
import { personalName } from '../model/accounts/user.ts';
import type { Conversation } from '../model/conversations/conversation.ts';
import type { Memory } from '../model/memory.ts';
import { toIso, toIsoOrNull } from '../model/timestamp.ts';
import { actionItemToWire } from '../wire/action-item-wire.ts';
import { conversationToWire } from '../wire/conversation-wire.ts';
import { dailySummaryToWire } from '../wire/daily-summary-wire.ts';
import { devGoalToWire } from '../wire/developer-wire.ts';
import { knowledgeGraphToWire, memoryToWire } from '../wire/memory-wire.ts';
import { segmentToWire } from '../wire/segment-wire.ts';
import { structuredToWire } from '../wire/structured-wire.ts';

/** What a tool gives, as Omi's MCP server writes it. */
export function recordsToWire(records: ToolRecords): Record<string, unknown> {
  switch (records.kind) {
    case 'memories':
      return {
        memories: records.items.map((memory, i) => memoryOf(memory, records.scores?.[i])),
        ...cursorOf(records.nextCursor),
      };
    case 'memory':
      return { success: true, memory: memoryToWire(records.item) };
    case 'conversations':
      return { conversations: records.items.map(listed), ...cursorOf(records.nextCursor) };
    case 'excerpt':
      return { conversation: excerptToWire(records.item) };
    case 'excerpts':
      return { conversations: records.items.map(excerptToWire), missing_ids: records.missing };
    case 'action-items':
      return {
        action_items: records.items.map(actionItemToWire),
        ...cursorOf(records.nextCursor),
      };
    case 'action-item':
      return { success: true, action_item: actionItemToWire(records.item) };
    case 'goals':
      return { goals: records.items.map(devGoalToWire) };
    case 'people':
      return {
        people: records.items.map(({ id, name, createdAt }) => ({
          id,
          name,
          created_at: toIso(createdAt),
        })),
      };
    case 'daily-summaries':
      return { daily_summaries: records.items.map(dailySummaryToWire) };
    case 'messages':
      return {
        messages: records.items.map(({ id, sender, text, createdAt }) => ({
          id,
          sender,
          text,
          created_at: toIso(createdAt),
        })),
      };
    case 'graph':
      return knowledgeGraphToWire(records.graph);
    case 'profile':
      return profileToWire(records);
    case 'done':
      return { success: true };
  }
}

/** A conversation as lists have it: no transcript. */
function listed(conversation: Conversation) {
  return {
    id: conversation.id,
    started_at: toIsoOrNull(conversation.startedAt),
    finished_at: toIsoOrNull(conversation.finishedAt),
    structured: structuredToWire(conversation.structured),
    language: conversation.language,
  };
}

/** A conversation with a part of its transcript; of photos what they show, not the pictures. */
function excerptToWire({ conversation, segments, photos, totalSegments }: ConversationExcerpt) {
  return {
    ...conversationToWire(conversation, []),
    transcript_segments: segments.map(({ segment, speakerName }) => ({
      ...segmentToWire(segment),
      speaker_name: speakerName,
    })),
    photos: photos.map(({ id, description, createdAt }) => ({
      id,
      description,
      created_at: toIso(createdAt),
    })),
    total_segments: totalSegments,
    truncated: segments.length < totalSegments,
  };
}

function memoryOf(memory: Memory, score: number | undefined) {
  const wire = memoryToWire(memory);
  return score === undefined ? wire : { ...wire, relevance_score: Math.round(score * 1e4) / 1e4 };
}

function profileToWire({ user, memories, goals }: Extract<ToolRecords, { kind: 'profile' }>) {
  return {
    name: personalName(user),
    language: user.language,
    languages: [...user.languages],
    time_zone: user.timeZone,
    memories: memories.map(({ content, category }) => ({ content, category })),
    goals: goals.map(devGoalToWire),
  };
}

function cursorOf(nextCursor: string | null) {
  return nextCursor === null ? {} : { next_cursor: nextCursor };
}
