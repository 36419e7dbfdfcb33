import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** Largest photo, characters of base64: its document stays well below Firestore's 1 MiB. */
export const MAX_PHOTO_BASE64 = 700_000;

/** A photo that was taken during a conversation. */
export const conversationPhotoSchema = z.object({
  id: z.string(),
  conversationId: z.string(),
  /** The image file itself, usually a JPEG. */
  base64: z.string(),
  /** What is to be seen, null while nobody has looked. */
  description: z.string().nullable(),
  createdAt: timestamp,
  /** True where nothing could be made of it. */
  discarded: z.boolean(),
  /** `waiting`: a vision model is still to describe it. */
  state: z.enum(['waiting', 'settled']),
  dataProtectionLevel: z.enum(['standard', 'enhanced']),
});
export type ConversationPhoto = z.infer<typeof conversationPhotoSchema>;

export const conversationPhotos = defineCollection({
  name: 'conversation_photos',
  scope: 'user',
  schema: conversationPhotoSchema,
  encrypted: ['base64', 'description'],
  queries: {
    ofConversation: {
      filters: { conversationId: 'eq', state: 'eq' },
      orderBy: 'createdAt',
      direction: 'asc',
    },
  },
});
