import { z } from 'zod';
import { defineCollection } from '../collection.ts';

/**
 * The issuer of the users that have no `identity` and are not local accounts. It was configured when a
 * release that distinguishes issuers first opened this store. One document.
 */
export const legacyIssuerSchema = z.object({ id: z.string(), issuer: z.string() });

export const legacyIssuers = defineCollection({
  name: 'legacy_issuers',
  scope: 'global',
  schema: legacyIssuerSchema,
  queries: {},
});
