import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/**
 * A bearer token that this server gave out. `id` is the SHA-256 of the token, which is never stored.
 * A `session` is the token of a browser's cookie; a `token` was made for a client.
 */
export const accessTokenSchema = z.object({
  id: z.string(),
  uid: z.string(),
  /** The user's name for it. */
  name: z.string(),
  /** First and last characters of the token, so that the user recognises it. */
  hint: z.string(),
  createdAt: timestamp,
  revokedAt: timestamp.nullable(),
  kind: z.enum(['token', 'session']).default('token'),
  /** When it was last accepted, to the nearest ten minutes; null if never. */
  lastUsedAt: timestamp.nullable().default(null),
  /** It is refused from this time on; null: never. */
  expiresAt: timestamp.nullable().default(null),
});
export type AccessToken = z.infer<typeof accessTokenSchema>;

export const accessTokens = defineCollection({
  name: 'access_tokens',
  scope: 'global',
  schema: accessTokenSchema,
  queries: { ofUser: { filters: { uid: 'eq' }, orderBy: 'createdAt', direction: 'asc' } },
});
