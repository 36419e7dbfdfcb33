import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** A file that a user has given to a chat. Its bytes, and the text that was read, are blobs. */
export const chatFileSchema = z.object({
  id: z.string(),
  name: z.string(),
  mimeType: z.string(),
  /** `image`: to be looked at; `text`: was read; `other`: kept, but nobody here can read it. */
  kind: z.enum(['image', 'text', 'other']),
  /** Bytes. */
  size: z.number().int(),
  blobKey: z.string(),
  /** Where its passages are, null where there are none. */
  passagesKey: z.string().nullable(),
  /** Pages of a PDF, null for anything else. */
  pages: z.number().int().nullable(),
  /** Why it cannot be read, or was not read to its end; null where all of it was. */
  unread: z.string().nullable(),
  /** The chat that it was given to, null as long as no message has it. */
  chatKey: z.string().nullable(),
  createdAt: timestamp,
});
export type ChatFile = z.infer<typeof chatFileSchema>;

export const chatFiles = defineCollection({
  name: 'files',
  scope: 'user',
  schema: chatFileSchema,
  queries: {
    recent: { filters: { chatKey: 'eq' }, orderBy: 'createdAt', direction: 'desc' },
  },
});
