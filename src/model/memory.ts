import { z } from 'zod';
import { idFromText } from '../kernel/ids.ts';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** The first three are Omi's own; the others are older ones that its command line and MCP still use. */
export const memoryCategorySchema = z.enum([
  'interesting',
  'system',
  'manual',
  'core',
  'hobbies',
  'lifestyle',
  'interests',
  'habits',
  'work',
  'skills',
  'learnings',
  'other',
  'auto',
]);
export type MemoryCategory = z.infer<typeof memoryCategorySchema>;

/** A conversation that states a fact, with the segments that state it. */
export const memorySourceSchema = z.object({
  conversationId: z.string(),
  segmentIds: z.array(z.string()),
  saidAt: timestamp,
});
export type MemorySource = z.infer<typeof memorySourceSchema>;

/** A fact about the user. `id` is made from `content`, so that the same fact is one document. */
export const memorySchema = z.object({
  id: z.string(),
  uid: z.string(),
  content: z.string(),
  category: memoryCategorySchema,
  visibility: z.enum(['public', 'private']),
  tags: z.array(z.string()),
  headline: z.string().nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
  conversationId: z.string().nullable(),
  segmentIds: z.array(z.string()),
  /** False for a fact that is only likely: the user is asked whether it is true. */
  reviewed: z.boolean(),
  /** The user's verdict: false hides the memory; null: none. */
  userReview: z.boolean().nullable(),
  manuallyAdded: z.boolean(),
  edited: z.boolean(),
  /** Sort key of Omi's lists, descending; see `memoryScoring`. */
  scoring: z.string(),
  appId: z.string().nullable(),
  dataProtectionLevel: z.enum(['standard', 'enhanced']),
  isLocked: z.boolean(),
  kgExtracted: z.boolean(),
  /** What a desktop app marks. */
  isRead: z.boolean().default(false),
  isDismissed: z.boolean().default(false),
  /**
   * All conversations that state it, that of `conversationId` first. Empty if it comes from none, and
   * for memories of older releases.
   */
  saidIn: z.array(memorySourceSchema).default([]),
  /** Since when it is true, as far as known; null for memories of older releases. */
  validFrom: timestamp.nullable().default(null),
  /** When another fact replaced it; null while it is true. */
  validTo: timestamp.nullable().default(null),
  /** The memory that replaced it; null while it is true. */
  replacedBy: z.string().nullable().default(null),
  /** The memories that it replaced. */
  replaces: z.array(z.string()).default([]),
});
export type Memory = z.infer<typeof memorySchema>;

export const memories = defineCollection({
  name: 'memories',
  scope: 'user',
  announced: { kind: 'memory' },
  schema: memorySchema,
  encrypted: ['content'],
  queries: {
    recent: { filters: {}, orderBy: 'createdAt', direction: 'desc' },
    byScoring: { filters: {}, orderBy: 'scoring', direction: 'desc' },
    changed: { filters: {}, orderBy: 'updatedAt', direction: 'asc' },
    ofConversation: { filters: { conversationId: 'eq' }, orderBy: 'createdAt', direction: 'desc' },
  },
});

/** Returns true for a fact that no newer one has replaced. */
export function isCurrent(memory: Pick<Memory, 'replacedBy'>): boolean {
  return memory.replacedBy === null;
}

/** Returns true for a fact that is only likely, and of which the user has not said that it is true. */
export function awaitsReview(
  memory: Pick<Memory, 'reviewed' | 'userReview' | 'edited' | 'manuallyAdded'>,
): boolean {
  return !memory.reviewed && memory.userReview === null && !memory.edited && !memory.manuallyAdded;
}

/** Returns true for a fact that can be relied on: current, not rejected, and not waiting for a review. */
export function isAsserted(memory: Memory): boolean {
  return isCurrent(memory) && memory.userReview !== false && !awaitsReview(memory);
}

/** Returns a fact as it is told to readers: one that waits for a review says so. */
export function tellMemory(memory: Memory): string {
  return awaitsReview(memory) ? `${memory.content} (not confirmed)` : memory.content;
}

/** Returns the conversations that state a fact; for older memories, the one it was found in. */
export function sourcesOf(memory: Memory): MemorySource[] {
  const { saidIn, conversationId, segmentIds } = memory;
  if (saidIn.length > 0) return saidIn;
  return conversationId === null ? [] : [{ conversationId, segmentIds, saidAt: since(memory) }];
}

/** Returns true if a conversation states the fact. */
export function isSaidIn(memory: Memory, conversationId: string): boolean {
  return sourcesOf(memory).some((source) => source.conversationId === conversationId);
}

/** Returns since when a fact is known to be true, epoch milliseconds. */
export function since(memory: Pick<Memory, 'validFrom' | 'createdAt'>): number {
  return memory.validFrom ?? memory.createdAt;
}

/** Returns Omi's sort key: `MM_CCC_TTTTTTTTTT` (manual, 999 minus the category's boost, unix seconds). */
export function memoryScoring(
  memory: Pick<Memory, 'category' | 'manuallyAdded' | 'createdAt'>,
): string {
  const boost = memory.category === 'system' ? 0 : 1;
  const seconds = String(Math.floor(memory.createdAt / 1000)).padStart(10, '0');
  return `${memory.manuallyAdded ? '01' : '00'}_${999 - boost}_${seconds}`;
}

/** Returns a new memory with defaults. */
export function makeMemory(
  parts: Pick<Memory, 'uid' | 'content' | 'createdAt'> & Partial<Memory>,
): Memory {
  const category = parts.category ?? 'interesting';
  const manuallyAdded = parts.manuallyAdded ?? false;
  return {
    id: idFromText(parts.content),
    category,
    visibility: 'private',
    tags: [],
    headline: null,
    updatedAt: parts.createdAt,
    conversationId: null,
    segmentIds: [],
    reviewed: true,
    userReview: manuallyAdded ? true : null,
    manuallyAdded,
    edited: false,
    scoring: memoryScoring({ category, manuallyAdded, createdAt: parts.createdAt }),
    appId: null,
    dataProtectionLevel: 'standard',
    isLocked: false,
    kgExtracted: false,
    isRead: false,
    isDismissed: false,
    saidIn: [],
    validFrom: parts.createdAt,
    validTo: null,
    replacedBy: null,
    replaces: [],
    ...parts,
  };
}
