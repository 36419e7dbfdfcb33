import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** Id of a user's only document of this kind. */
export const OWN_VOICE_SETTINGS = 'own';

/** What a user has decided about voices, and when the user was last asked who somebody is. */
export const voiceSettingsSchema = z.object({
  id: z.literal(OWN_VOICE_SETTINGS),
  /** Whether the user wants to be asked who somebody is. */
  promptsEnabled: z.boolean(),
  /** Whether voices of others may be kept. */
  savesOtherVoices: z.boolean(),
  /** Null: never. */
  promptsShownAt: timestamp.nullable(),
  /** Times in a row that the user has put the question aside. */
  dismissals: z.number().int(),
});
export type VoiceSettings = z.infer<typeof voiceSettingsSchema>;

export const voiceSettings = defineCollection({
  name: 'voice_settings',
  scope: 'user',
  schema: voiceSettingsSchema,
  queries: {},
});
