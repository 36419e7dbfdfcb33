import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/**
 * From when on a user's sign-ins at an outside issuer count. `id` is the uid. It stays when the
 * account is deleted, so that a token from before cannot bring it back.
 */
export const signInCutoffSchema = z.object({ id: z.string(), validAfter: timestamp });
export type SignInCutoff = z.infer<typeof signInCutoffSchema>;

export const signInCutoffs = defineCollection({
  name: 'sign_in_cutoffs',
  scope: 'global',
  schema: signInCutoffSchema,
  queries: {},
});
