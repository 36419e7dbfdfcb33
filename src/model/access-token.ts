import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** A sign-in token of a local account. `id` is the SHA-256 of the token, which is never stored. */
export const accessTokenSchema = z.object({
  id: z.string(),
  uid: z.string(),
  /** What the user calls it. */
  name: z.string(),
  /** First and last characters of the token, to recognise it by. */
  hint: z.string(),
  createdAt: timestamp,
  revokedAt: timestamp.nullable(),
});
export type AccessToken = z.infer<typeof accessTokenSchema>;

export const accessTokens = defineCollection({
  name: 'access_tokens',
  scope: 'global',
  schema: accessTokenSchema,
  queries: { ofUser: { filters: { uid: 'eq' }, orderBy: 'createdAt', direction: 'asc' } },
});
