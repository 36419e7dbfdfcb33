import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A task, made by the user or found in a conversation; `segmentIds` are the words it came from. */
export const actionItemSchema = z.object({
  id: z.string(),
  description: z.string(),
  completed: z.boolean(),
  createdAt: timestamp,
  updatedAt: timestamp,
  dueAt: timestamp.nullable(),
  completedAt: timestamp.nullable(),
  conversationId: z.string().nullable(),
  /** Who must do it: `user`, a name, or null if nobody was named. */
  owner: z.string().nullable(),
  segmentIds: z.array(z.string()),
  isLocked: z.boolean(),
  sortOrder: z.number().int(),
  indentLevel: z.number().int(),
  exported: z.boolean(),
  exportPlatform: z.string().nullable(),
  exportDate: timestamp.nullable(),
  appleReminderId: z.string().nullable(),
  /** True if the change must still be sent to Apple Reminders. */
  syncRequested: z.boolean(),
  /** Where a client found it (`screenshot`), how urgent and of what kind it is, in the client's words. */
  source: z.string().nullable().default(null),
  priority: z.string().nullable().default(null),
  category: z.string().nullable().default(null),
  /** JSON of the client's own, as it was sent. */
  metadata: z.string().nullable().default(null),
  /** Rank that a client has given, 0 to 1000; the lowest is the best. */
  relevanceScore: z.number().int().nullable().default(null),
  /** True if it was a proposal before. */
  fromStaged: z.boolean().default(false),
  /** True once the user has changed it; processing the conversation again does not change it then. */
  edited: z.boolean(),
});
export type ActionItem = z.infer<typeof actionItemSchema>;

export const actionItems = defineCollection({
  name: 'action_items',
  scope: 'user',
  announced: { kind: 'action_item' },
  schema: actionItemSchema,
  encrypted: ['metadata'],
  queries: {
    recent: {
      filters: { completed: 'eq', conversationId: 'eq' },
      orderBy: 'createdAt',
      direction: 'desc',
    },
    byDueDate: {
      filters: { completed: 'eq', conversationId: 'eq' },
      orderBy: 'dueAt',
      direction: 'desc',
    },
    dueFirst: { filters: { completed: 'eq' }, orderBy: 'dueAt', direction: 'asc' },
    changed: { filters: {}, orderBy: 'updatedAt', direction: 'asc' },
    byPlatform: {
      filters: { exported: 'eq', exportPlatform: 'eq' },
      orderBy: 'createdAt',
      direction: 'desc',
    },
  },
});

/** Returns a new open item with defaults. */
export function makeActionItem(
  parts: Pick<ActionItem, 'id' | 'description' | 'createdAt'> & Partial<ActionItem>,
): ActionItem {
  return {
    completed: false,
    updatedAt: parts.createdAt,
    dueAt: null,
    completedAt: null,
    conversationId: null,
    owner: null,
    segmentIds: [],
    isLocked: false,
    sortOrder: 0,
    indentLevel: 0,
    exported: false,
    exportPlatform: null,
    exportDate: null,
    appleReminderId: null,
    syncRequested: false,
    source: null,
    priority: null,
    category: null,
    metadata: null,
    relevanceScore: null,
    fromStaged: false,
    edited: false,
    ...parts,
  };
}
