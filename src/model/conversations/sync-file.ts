import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';
import { CONVERSATION_SOURCES } from './conversation.ts';

/**
 * A file that a device recorded while it had no connection. Its id follows from its bytes and its time, so
 * that the same file is one document however often it is sent.
 */
export const syncFileSchema = z.object({
  id: z.string(),
  /** As the client calls it; says codec, sample rate and time. */
  name: z.string(),
  /** Its bytes in the blob store; null once they are deleted. */
  blobKey: z.string().nullable(),
  byteLength: z.number().int(),
  /** Wall time of the first sample. */
  startedAt: timestamp,
  /** The conversation that the client asked for; null: the one of that time. */
  conversationId: z.string().nullable(),
  /** Pause that ends a conversation, milliseconds. */
  timeoutMs: z.number().int(),
  source: z.enum(CONVERSATION_SOURCES),
  /**
   * `waiting`: stored and not transcribed. `done`: its words are in conversations. `known`: so they are, and its
   * bytes are deleted.
   */
  state: z.enum(['waiting', 'done', 'known', 'failed']),
  /** Length of the audio that could be read, milliseconds; null while it is not known. */
  durationMs: z.number().nullable(),
  /** Words before this position of the audio are stored, milliseconds. */
  placedMs: z.number(),
  /** Conversations with words of it, and those among them that were created for it. */
  conversationIds: z.array(z.string()),
  createdIds: z.array(z.string()),
  /** Why it failed, or what of it could not be read; null if all of it was. */
  problem: z.string().nullable(),
  createdAt: timestamp,
  /** When it was `done` or `failed`; null before. */
  settledAt: timestamp.nullable(),
});
export type SyncFile = z.infer<typeof syncFileSchema>;

export const syncFiles = defineCollection({
  name: 'sync_files',
  scope: 'user',
  schema: syncFileSchema,
  encrypted: ['name', 'problem'],
  queries: {
    byStart: { filters: { state: 'in' }, orderBy: 'startedAt', direction: 'asc' },
    byAge: { filters: { state: 'in' }, orderBy: 'createdAt', direction: 'asc' },
  },
});

/** One request with files; clients ask by its id how far they are. */
export const syncUploadSchema = z.object({
  id: z.string(),
  fileIds: z.array(z.string()),
  /** Files that were not taken, and why. */
  refused: z.array(z.object({ name: z.string(), reason: z.string() })),
  createdAt: timestamp,
});
export type SyncUpload = z.infer<typeof syncUploadSchema>;

export const syncUploads = defineCollection({
  name: 'sync_uploads',
  scope: 'user',
  schema: syncUploadSchema,
  encrypted: ['refused'],
  queries: { byAge: { filters: {}, orderBy: 'createdAt', direction: 'asc' } },
});

/** A conversation that has become part of another; `id` is that of the one that is gone. */
export const joinedConversationSchema = z.object({
  id: z.string(),
  into: z.string(),
  /** `moving`: what belongs to it is still being moved. */
  state: z.enum(['moving', 'done']),
  createdAt: timestamp,
});
export type JoinedConversation = z.infer<typeof joinedConversationSchema>;

export const joinedConversations = defineCollection({
  name: 'joined_conversations',
  scope: 'user',
  schema: joinedConversationSchema,
  queries: { byAge: { filters: { state: 'eq' }, orderBy: 'createdAt', direction: 'asc' } },
});
