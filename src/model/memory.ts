import { z } from 'zod';
import { idFromText } from '../kernel/ids.ts';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

export const memoryCategorySchema = z.enum(['interesting', 'system', 'manual']);
export type MemoryCategory = z.infer<typeof memoryCategorySchema>;

/** A talk in which a fact was said, with the segments that say it. */
export const memorySourceSchema = z.object({
  conversationId: z.string(),
  segmentIds: z.array(z.string()),
  saidAt: timestamp,
});
export type MemorySource = z.infer<typeof memorySourceSchema>;

/** A fact about the user. `id` comes from `content`, so the same fact is one document. */
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
  reviewed: z.boolean(),
  /** The user's verdict: false hides the memory, null means not given. */
  userReview: z.boolean().nullable(),
  manuallyAdded: z.boolean(),
  edited: z.boolean(),
  /** Sort key of Omi's lists, descending; see `memoryScoring`. */
  scoring: z.string(),
  appId: z.string().nullable(),
  dataProtectionLevel: z.enum(['standard', 'enhanced']),
  isLocked: z.boolean(),
  kgExtracted: z.boolean(),
  /**
   * Every talk that says it, that of `conversationId` first. Empty where it comes from no talk, and
   * for what was stored before that was kept.
   */
  saidIn: z.array(memorySourceSchema).default([]),
  /** From when on it is true, as far as is known; null for what was stored before that was kept. */
  validFrom: timestamp.nullable().default(null),
  /** Since when another fact has taken its place; null while it is true. */
  validTo: timestamp.nullable().default(null),
  /** The memory that has taken its place, null while it is true. */
  replacedBy: z.string().nullable().default(null),
  /** The memories whose place it has taken. */
  replaces: z.array(z.string()).default([]),
});
export type Memory = z.infer<typeof memorySchema>;

export const memories = defineCollection({
  name: 'memories',
  scope: 'user',
  schema: memorySchema,
  encrypted: ['content'],
  queries: {
    recent: { filters: {}, orderBy: 'createdAt', direction: 'desc' },
    byScoring: { filters: {}, orderBy: 'scoring', direction: 'desc' },
    ofConversation: { filters: { conversationId: 'eq' }, orderBy: 'createdAt', direction: 'desc' },
  },
});

/** True for a fact that has not been replaced by a newer one. */
export function isCurrent(memory: Pick<Memory, 'replacedBy'>): boolean {
  return memory.replacedBy === null;
}

/** The talks that say it; for what was stored before they were kept, the one it was found in. */
export function sourcesOf(memory: Memory): MemorySource[] {
  const { saidIn, conversationId, segmentIds } = memory;
  if (saidIn.length > 0) return saidIn;
  return conversationId === null ? [] : [{ conversationId, segmentIds, saidAt: since(memory) }];
}

/** True where a talk is among those that say it. */
export function isSaidIn(memory: Memory, conversationId: string): boolean {
  return sourcesOf(memory).some((source) => source.conversationId === conversationId);
}

/** From when on a fact is known to be true, epoch milliseconds. */
export function since(memory: Pick<Memory, 'validFrom' | 'createdAt'>): number {
  return memory.validFrom ?? memory.createdAt;
}

/** Omi's sort key: `MM_CCC_TTTTTTTTTT` (manual, 999 minus the category's boost, unix seconds). */
export function memoryScoring(
  memory: Pick<Memory, 'category' | 'manuallyAdded' | 'createdAt'>,
): string {
  const boost = memory.category === 'system' ? 0 : 1;
  const seconds = String(Math.floor(memory.createdAt / 1000)).padStart(10, '0');
  return `${memory.manuallyAdded ? '01' : '00'}_${999 - boost}_${seconds}`;
}

/** A new memory with everything else at its default. */
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
    saidIn: [],
    validFrom: parts.createdAt,
    validTo: null,
    replacedBy: null,
    replaces: [],
    ...parts,
  };
}
