import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** The voice of one speaker of a conversation, as it was heard. */
export const conversationVoiceSchema = z.object({
  /** `<conversation>_<speaker>`. */
  id: z.string(),
  conversationId: z.string(),
  /** Number of the label `SPEAKER_<n>`. */
  speaker: z.number().int(),
  /** The voice model. */
  model: z.string(),
  /** The longest pieces of speech: base64 of 32-bit floats, and milliseconds. */
  vectors: z.array(z.object({ vector: z.string(), speechMs: z.number() })),
  /** Speech that was heard, milliseconds. */
  speechMs: z.number(),
  /** The best piece to listen to. */
  clip: z.object({ startAt: timestamp, endAt: timestamp }),
  /** Whom the server has recognised, `user` for the owner; null for nobody. */
  recognised: z.string().nullable(),
  /** Who it is not, as the user has said: ids of people, or `user`. */
  rejected: z.array(z.string()),
  /** When the user has said that it is nobody of interest; null if not. */
  ignoredAt: timestamp.nullable(),
  /** The unknown voice that it belongs to; null for none. */
  unknownVoiceId: z.string().nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type ConversationVoice = z.infer<typeof conversationVoiceSchema>;

export const conversationVoices = defineCollection({
  name: 'conversation_voices',
  scope: 'user',
  schema: conversationVoiceSchema,
  encrypted: ['vectors'],
  queries: {
    ofConversation: {
      filters: { conversationId: 'eq' },
      orderBy: 'createdAt',
      direction: 'asc',
    },
    recent: { filters: {}, orderBy: 'createdAt', direction: 'desc' },
    ofUnknownVoice: {
      filters: { unknownVoiceId: 'eq' },
      orderBy: 'createdAt',
      direction: 'desc',
    },
  },
});

/** Returns the id of the voice of a speaker. */
export function conversationVoiceId(conversationId: string, speaker: number): string {
  return `${conversationId}_${speaker}`;
}
