import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** Id of the one document of this kind that a user has. */
export const OWN_SPEECH_PROFILE = 'own';

/** What is known of the user's own voice. */
export const speechProfileSchema = z.object({
  id: z.literal(OWN_SPEECH_PROFILE),
  /** The recording, null while there is none. Its audio is in the blob store. */
  recording: z
    .object({
      key: z.string(),
      /** Length of the stored audio, silence trimmed, milliseconds. */
      durationMs: z.number(),
      uploadedAt: timestamp,
    })
    .nullable(),
});
export type SpeechProfile = z.infer<typeof speechProfileSchema>;

export const speechProfiles = defineCollection({
  name: 'speech_profiles',
  scope: 'user',
  schema: speechProfileSchema,
  queries: {},
});
