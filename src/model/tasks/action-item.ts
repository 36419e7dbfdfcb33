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
  /** True once the user has changed it; processing the conversation again does not change it then. */
  edited: z.boolean(),
});
export type ActionItem = z.infer<typeof actionItemSchema>;

export const actionItems = defineCollection({
  name: 'action_items',
  scope: 'user',
  announced: { kind: 'action_item' },
  schema: actionItemSchema,
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
    edited: false,
    ...parts,
  };
}
