import { z } from 'zod';
import { defineCollection } from './collection.ts';

/**
 * The issuer whose users are those that have no `identity` and are no local accounts: it was
 * configured when this store was first opened by a release that tells issuers apart. One document.
 */
export const legacyIssuerSchema = z.object({ id: z.string(), issuer: z.string() });

export const legacyIssuers = defineCollection({
  name: 'legacy_issuers',
  scope: 'global',
  schema: legacyIssuerSchema,
  queries: {},
});
