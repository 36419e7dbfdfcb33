import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A link that signs a browser in once. `id` is the SHA-256 of its code, which is never stored. */
export const signInLinkSchema = z.object({
  id: z.string(),
  uid: z.string(),
  createdAt: timestamp,
  expiresAt: timestamp,
});
export type SignInLink = z.infer<typeof signInLinkSchema>;

export const signInLinks = defineCollection({
  name: 'sign_in_links',
  scope: 'global',
  schema: signInLinkSchema,
  queries: {
    byExpiry: { filters: {}, orderBy: 'expiresAt', direction: 'asc' },
    ofUser: { filters: { uid: 'eq' }, orderBy: 'expiresAt', direction: 'asc' },
  },
});
