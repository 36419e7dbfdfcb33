import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** What somebody's voice is known by: one vector of a voice model. */
export const voicePrintSchema = z.object({
  id: z.string(),
  /** Id of a person, or `user` for the owner of the account. */
  owner: z.string(),
  /** The voice model: vectors of different models cannot be compared. */
  model: z.string(),
  /** Base64 of 32-bit floats. */
  vector: z.string(),
  /** Speech that it was made from, milliseconds. */
  speechMs: z.number(),
  /** Key of the recording that it was made from, with its version; null if it is from a conversation. */
  sampleKey: z.string().nullable(),
  /** The speaker of a conversation that the user has named; null if it is from a recording. */
  origin: z.object({ conversationId: z.string(), speaker: z.number().int() }).nullable(),
  createdAt: timestamp,
});
export type StoredVoicePrint = z.infer<typeof voicePrintSchema>;

export const voicePrints = defineCollection({
  name: 'voice_prints',
  scope: 'user',
  schema: voicePrintSchema,
  encrypted: ['vector'],
  queries: {
    recent: { filters: { owner: 'eq' }, orderBy: 'createdAt', direction: 'desc' },
  },
});
