import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A file that a user has added to a chat. Its bytes and its extracted text are blobs. */
export const chatFileSchema = z.object({
  id: z.string(),
  name: z.string(),
  mimeType: z.string(),
  /** `image`: for a vision model; `text`: its text was extracted; `other`: stored, but not readable. */
  kind: z.enum(['image', 'text', 'other']),
  /** Bytes. */
  size: z.number().int(),
  blobKey: z.string(),
  /** Key of its passages; null if there are none. */
  passagesKey: z.string().nullable(),
  /** Pages of a PDF, null for anything else. */
  pages: z.number().int().nullable(),
  /** Why it was not read, or not to its end; null if all of it was. */
  unread: z.string().nullable(),
  /** The chat that it belongs to; null until a message contains it. */
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
