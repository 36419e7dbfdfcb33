import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/**
 * Sign-ins of a user at an outside issuer are valid only after this time. `id` is the uid. The document
 * stays when the account is deleted, so that an older token cannot create it again.
 */
export const signInCutoffSchema = z.object({ id: z.string(), validAfter: timestamp });
export type SignInCutoff = z.infer<typeof signInCutoffSchema>;

export const signInCutoffs = defineCollection({
  name: 'sign_in_cutoffs',
  scope: 'global',
  schema: signInCutoffSchema,
  queries: {},
});
