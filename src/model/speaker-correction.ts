import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** The id that means the owner of the device, where others have the id of a person. */
export const OWNER = 'user';

/**
 * What the user has said about who the speakers of a conversation are. It holds for words that are
 * still to come, whatever the server itself believes to have recognised. `id` is the conversation's.
 */
export const speakerCorrectionsSchema = z.object({
  id: z.string(),
  /**
   * By the number of the label (`SPEAKER_<n>`): a person's id, `user` for the owner, null for a
   * speaker of whom the user has said that nobody known it is.
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
