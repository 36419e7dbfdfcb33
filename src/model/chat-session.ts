import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** Title of a session that nobody has named. */
export const NEW_CHAT_TITLE = 'New Chat';

/** A chat that a desktop client keeps beside the main one. */
export const chatSessionSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** Beginning of its last message, null while it is empty. */
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

/** What was said in a chat before the messages that a model still gets word by word. */
export const chatSummarySchema = z.object({
  /** `<session id or ->:<app id or ->`. */
  id: z.string(),
  text: z.string(),
  /** Time of the last message that is part of it. */
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
  /** Who shares. */
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
