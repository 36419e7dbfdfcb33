import { actionItemSchema, makeActionItem } from '../../../model/action-item.ts';
import { chatSessionSchema, NEW_CHAT_TITLE } from '../../../model/chat-session.ts';
import { conversationPhotoSchema } from '../../../model/conversation-photo.ts';
import { dailySummarySchema } from '../../../model/daily-summary.ts';
import { folderSchema } from '../../../model/folder.ts';
import { goalSchema } from '../../../model/goal.ts';
import { makeMemory, memorySchema } from '../../../model/memory.ts';
import { makeMessage, messageSchema } from '../../../model/message.ts';
import { personSchema } from '../../../model/person.ts';
import { isRecord } from './field-codec.ts';
import type { OmiForm } from './layout.ts';
import { completeConversation, storeConversation } from './omi-conversation.ts';
import { timeOf, withDefaults } from './omi-defaults.ts';
import { completeUser, storeUser } from './omi-user.ts';

const LEGACY_MEMORY_CATEGORIES = new Set(
  'core hobbies lifestyle interests habits work skills learnings other auto'.split(' '),
);

/** Omi's documents by the name of our collection; what is not here is ours alone. */
export const OMI_FORMS: ReadonlyMap<string, OmiForm> = new Map<string, OmiForm>([
  [
    'users',
    {
      complete: completeUser,
      adjust: storeUser,
      names: { aiProfile: 'ai_user_profile' },
      absent: { name: null },
    },
  ],
  [
    'conversations',
    {
      complete: completeConversation,
      adjust: storeConversation,
      absent: { status: 'completed', discarded: false, folderId: null, starred: false },
    },
  ],
  [
    'memories',
    {
      complete(fields, stored, at) {
        const category = String(fields.category ?? 'interesting');
        const known = memorySchema.shape.category.safeParse(category);
        const legacy = LEGACY_MEMORY_CATEGORIES.has(category) ? 'system' : 'interesting';
        const defaults = makeMemory({
          id: at.id,
          uid: at.owner,
          content: '',
          createdAt: timeOf(fields.createdAt, at),
          category: known.success ? known.data : legacy,
          visibility: 'public',
          manuallyAdded: fields.manuallyAdded === true,
          conversationId: textOrNull(stored.memory_id),
          reviewed: false,
          userReview: null,
        });
        return withDefaults(memorySchema, fields, defaults);
      },
      adjust: (stored) =>
        'conversation_id' in stored ? { ...stored, memory_id: stored.conversation_id } : stored,
      absent: { conversationId: null, validTo: null },
      encrypted: 'content',
    },
  ],
  [
    'messages',
    {
      complete(fields, stored, at) {
        const { metadata } = stored;
        const defaults = makeMessage({
          id: at.id,
          text: '',
          createdAt: timeOf(fields.createdAt, at),
          sender: 'ai',
          appId: textOrNull(stored.plugin_id),
          chatSessionId: textOrNull(stored.session_id),
          metadata: isRecord(metadata) ? JSON.stringify(metadata) : null,
        });
        return withDefaults(messageSchema, withoutNull(fields, 'appId', 'chatSessionId'), defaults);
      },
      adjust: withPluginId,
      absent: { appId: null, chatSessionId: null },
      encrypted: 'text',
      idIsField: true,
    },
  ],
  [
    'chat_sessions',
    {
      complete(fields, stored, at) {
        const createdAt = timeOf(fields.createdAt, at);
        return withDefaults(chatSessionSchema, withoutNull(fields, 'appId'), {
          id: at.id,
          title: NEW_CHAT_TITLE,
          preview: null,
          appId: textOrNull(stored.plugin_id),
          createdAt,
          updatedAt: createdAt,
          messageCount: Array.isArray(stored.message_ids) ? stored.message_ids.length : 0,
          starred: false,
        });
      },
      adjust: withPluginId,
      absent: { appId: null, starred: false },
    },
  ],
  [
    'conversation_photos',
    {
      complete(fields, _stored, at) {
        const defaults = {
          id: at.id,
          conversationId: at.path.split('/').at(-3) ?? '',
          base64: '',
          description: null,
          createdAt: timeOf(fields.createdAt, at),
          discarded: false,
          // Omi describes a photo before it stores it.
          state: 'settled',
          dataProtectionLevel: 'standard',
        };
        return withDefaults(conversationPhotoSchema, fields, defaults);
      },
      absent: { state: 'settled' },
      encrypted: 'base64',
      idIsField: true,
    },
  ],
  [
    'action_items',
    {
      complete(fields, stored, at) {
        if (stored.deleted === true) return undefined;
        const createdAt = timeOf(fields.createdAt, at);
        const defaults = makeActionItem({ id: at.id, description: '', createdAt });
        return withDefaults(actionItemSchema, fields, defaults);
      },
      absent: { completed: false, conversationId: null, exported: false, exportPlatform: null },
    },
  ],
  [
    'people',
    {
      complete(fields, _stored, at) {
        const createdAt = timeOf(fields.createdAt, at);
        return withDefaults(personSchema, fields, {
          id: at.id,
          name: '',
          createdAt,
          updatedAt: createdAt,
          speechSamples: [],
          speechSampleTranscripts: null,
          speechSamplesVersion: 1,
        });
      },
      absent: {},
    },
  ],
  [
    'folders',
    {
      complete(fields, _stored, at) {
        const createdAt = timeOf(fields.createdAt, at);
        return withDefaults(folderSchema, fields, {
          id: at.id,
          name: '',
          description: null,
          color: '#6B7280',
          icon: 'folder',
          createdAt,
          updatedAt: createdAt,
          order: 0,
          isDefault: false,
          isSystem: false,
          categoryMapping: null,
          conversationCount: 0,
        });
      },
      absent: {},
    },
  ],
  [
    'goals',
    {
      complete(fields, _stored, at) {
        const createdAt = timeOf(fields.createdAt, at);
        return withDefaults(goalSchema, fields, {
          id: at.id,
          title: '',
          goalType: 'scale',
          targetValue: 0,
          currentValue: 0,
          minValue: 0,
          maxValue: 10,
          unit: null,
          isActive: true,
          createdAt,
          updatedAt: createdAt,
          endedAt: null,
        });
      },
      absent: { isActive: true },
    },
  ],
  [
    'daily_summaries',
    {
      complete(fields, _stored, at) {
        return withDefaults(dailySummarySchema, fields, {
          id: at.id,
          date: '',
          timeZone: 'UTC',
          createdAt: timeOf(fields.createdAt, at),
          headline: '',
          overview: '',
          dayEmoji: '📅',
          stats: { totalConversations: 0, totalDurationMinutes: 0, actionItemsCount: 0 },
          highlights: [],
          actionItems: [],
          unresolvedQuestions: [],
          decisionsMade: [],
          knowledgeNuggets: [],
          locations: [],
          engine: 'model',
          modelError: null,
        });
      },
      adjust: (stored) =>
        isTime(stored.created_at)
          ? { ...stored, created_at: stored.created_at.toDate().toISOString() }
          : stored,
      absent: {},
    },
  ],
]);

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function withoutNull(fields: Record<string, unknown>, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => value !== null || !names.includes(name)),
  );
}

/** Omi keeps the app's id under two names. */
function withPluginId(stored: Record<string, unknown>): Record<string, unknown> {
  return 'app_id' in stored ? { ...stored, plugin_id: stored.app_id } : stored;
}

function isTime(value: unknown): value is { toDate(): Date } {
  return typeof value === 'object' && value !== null && 'toDate' in value;
}
