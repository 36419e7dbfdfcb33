import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** Voice messages of a user that were transcribed within the last day; one document, `current`. */
export const voiceUsageSchema = z.object({
  id: z.string(),
  /** Oldest first. */
  spent: z.array(z.object({ at: timestamp, ms: z.number() })),
  updatedAt: timestamp,
});
export type VoiceUsage = z.infer<typeof voiceUsageSchema>;

export const voiceUsages = defineCollection({
  name: 'voice_usage',
  scope: 'user',
  schema: voiceUsageSchema,
  queries: { recent: { filters: {}, orderBy: 'updatedAt', direction: 'desc' } },
});
