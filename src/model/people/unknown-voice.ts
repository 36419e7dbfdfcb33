import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/**
 * Somebody without a name who was heard, perhaps in several conversations. What the voice is like is in
 * the voices of these conversations, so that it is gone with them.
 */
export const unknownVoiceSchema = z.object({
  id: z.string(),
  /** The voice model. */
  model: z.string(),
  /** When the user has said that it is nobody of interest; null if not. */
  ignoredAt: timestamp.nullable(),
  createdAt: timestamp,
  lastHeardAt: timestamp,
});
export type UnknownVoice = z.infer<typeof unknownVoiceSchema>;

export const unknownVoices = defineCollection({
  name: 'unknown_voices',
  scope: 'user',
  schema: unknownVoiceSchema,
  queries: { recent: { filters: {}, orderBy: 'lastHeardAt', direction: 'desc' } },
});
