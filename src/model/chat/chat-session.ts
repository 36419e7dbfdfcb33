import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** Title of a session that has no title yet. */
export const NEW_CHAT_TITLE = 'New Chat';

/** A chat of a desktop client beside the main one. */
export const chatSessionSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** Beginning of its last message; null while it is empty. */
  preview: z.string().nullable(),
  appId: z.string().nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
  messageCount: z.number().int(),
  starred: z.boolean(),
});
export type ChatSession = z.infer<typeof chatSessionSchema>;

export const chatSessions = defineCollection({
  name: 'chat_sessions',
  scope: 'user',
  schema: chatSessionSchema,
  encrypted: ['title', 'preview'],
  queries: {
    recent: {
      filters: { appId: 'eq', starred: 'eq' },
      orderBy: 'updatedAt',
      direction: 'desc',
    },
  },
});

/** A summary of a chat's older messages; a model gets newer ones in full. */
export const chatSummarySchema = z.object({
  /** `<session id or ->:<app id or ->`. */
  id: z.string(),
  text: z.string(),
  /** Time of the last message in it. */
  until: timestamp,
});
export type ChatSummary = z.infer<typeof chatSummarySchema>;

export const chatSummaries = defineCollection({
  name: 'chat_summaries',
  scope: 'user',
  schema: chatSummarySchema,
  encrypted: ['text'],
  queries: { recent: { filters: {}, orderBy: 'until', direction: 'desc' } },
});

/** A link to a few messages. `id` is the SHA-256 of the token in the link, which is never stored. */
export const chatShareSchema = z.object({
  id: z.string(),
  /** The user who shares. */
  uid: z.string(),
  messageIds: z.array(z.string()),
  createdAt: timestamp,
  expiresAt: timestamp,
});
export type ChatShare = z.infer<typeof chatShareSchema>;

export const chatShares = defineCollection({
  name: 'chat_shares',
  scope: 'global',
  schema: chatShareSchema,
  queries: { ofUser: { filters: { uid: 'eq' }, orderBy: 'createdAt', direction: 'asc' } },
});
