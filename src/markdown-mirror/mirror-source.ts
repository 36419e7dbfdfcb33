import { type ActionItemService, ANY_ACTION_ITEM } from '../action-items/action-item-service.ts';
import type { ShownConversation } from '../chat/tools/tool-records.ts';
import {
  ANY_CONVERSATION,
  type ConversationService,
} from '../conversations/conversation-service.ts';
import type { DeveloperConversations } from '../developer/developer-conversations.ts';
import type { ActionItem } from '../model/tasks/action-item.ts';
import { toIso } from '../model/timestamp.ts';
import type { MirrorSource } from './markdown-mirror.ts';
import type { MirroredConversation } from './mirror-file.ts';

const PAGE = 100;

/** Returns the conversations and tasks of a user as a mirror reads and edits them. */
export function mirrorSource(
  deps: {
    conversations: ConversationService;
    developerConversations: DeveloperConversations;
    actionItems: ActionItemService;
  },
  uid: string,
): MirrorSource {
  const { conversations, developerConversations, actionItems } = deps;
  return {
    async *conversations() {
      const tasks = await tasksByConversation(actionItems, uid);
      for (let cursor: string | null = null; ; ) {
        const page: Awaited<ReturnType<DeveloperConversations['list']>> =
          await developerConversations.list(
            uid,
            ANY_CONVERSATION,
            { cursor, offset: 0, limit: PAGE },
            true,
          );
        for (const shown of page.items) yield mirrored(shown, tasks.get(shown.conversation.id));
        if (page.nextCursor === null) return;
        cursor = page.nextCursor;
      }
    },
    setTitle: async (id, title) => await conversations.setTitle(uid, id, title.slice(0, 500)),
    setNotes: async (id, notes) => await conversations.setSummary(uid, id, null, notes),
    editTask: async (id, edit) => {
      await actionItems.update(uid, id, edit);
    },
    addTask: async (conversationId, description, completed) => {
      const made = await actionItems.create(uid, {
        description: description.slice(0, 1_000),
        completed,
        dueAt: null,
        conversationId,
      });
      return made.id;
    },
  };
}

async function tasksByConversation(
  actionItems: ActionItemService,
  uid: string,
): Promise<Map<string, ActionItem[]>> {
  const found = new Map<string, ActionItem[]>();
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<ActionItemService['page']>> = await actionItems.page(
      uid,
      ANY_ACTION_ITEM,
      { cursor, offset: 0, limit: PAGE },
    );
    for (const item of page.items) {
      if (item.conversationId === null) continue;
      found.set(item.conversationId, [item, ...(found.get(item.conversationId) ?? [])]);
    }
    if (page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}

function mirrored(
  { conversation, segments }: ShownConversation,
  tasks: readonly ActionItem[] = [],
): MirroredConversation {
  const { structured } = conversation;
  const lines = segments ?? [];
  return {
    id: conversation.id,
    startedAt: toIso(conversation.startedAt ?? conversation.createdAt),
    title: structured.title.trim(),
    notes: structured.overview,
    category: structured.category,
    people: [...new Set(lines.map(({ shownSpeaker }) => shownSpeaker))],
    tasks: tasks.map(({ id, description, completed }) => ({ id, description, isDone: completed })),
    events: structured.events.map(
      ({ title, start, durationMinutes }) => `- ${toIso(start)}, ${durationMinutes} min: ${title}`,
    ),
    transcript: lines.map(({ segment, shownSpeaker }) => `**${shownSpeaker}**: ${segment.text}`),
  };
}
