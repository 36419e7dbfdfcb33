import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** The id of the device's owner in place of a person's id. */
export const OWNER = 'user';

/**
 * The user's corrections of the speakers of a conversation. They apply to later words, too, and override
 * what the server recognises. `id` is the conversation's.
 */
export const speakerCorrectionsSchema = z.object({
  id: z.string(),
  /**
   * By the number of the label (`SPEAKER_<n>`): a person's id, `user` for the owner, null for a speaker
   * whom the user has marked as unknown.
   */
  speakers: z.record(z.string(), z.string().nullable()),
  updatedAt: timestamp,
});
export type SpeakerCorrections = z.infer<typeof speakerCorrectionsSchema>;

export const speakerCorrections = defineCollection({
  name: 'speaker_corrections',
  scope: 'user',
  schema: speakerCorrectionsSchema,
  queries: {},
});
