import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/**
 * Audio that a client sends over several connections and counts itself: how much of it is kept says
 * where the next connection goes on. `id` is the client's.
 */
export const audioStreamSchema = z.object({
  id: z.string(),
  /** The conversation that its last words went to. */
  conversationId: z.string(),
  /** Audio that is kept, milliseconds from the first byte, as of the end of the last connection. */
  keptMs: z.number(),
  /** Wall time of the first byte. */
  startedAt: timestamp,
  updatedAt: timestamp,
});
export type AudioStream = z.infer<typeof audioStreamSchema>;

export const audioStreams = defineCollection({
  name: 'audio_streams',
  scope: 'user',
  schema: audioStreamSchema,
  queries: { byUpdate: { filters: {}, orderBy: 'updatedAt', direction: 'asc' } },
});
