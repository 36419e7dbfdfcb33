import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/**
 * One document for each secret that has encrypted data of this store; none if nothing was encrypted.
 * `id` is a fingerprint from which the secret cannot be derived.
 */
export const encryptionCheckSchema = z.object({ id: z.string(), createdAt: timestamp });

export const encryptionChecks = defineCollection({
  name: 'encryption_checks',
  scope: 'global',
  schema: encryptionCheckSchema,
  queries: { recent: { filters: {}, orderBy: 'createdAt', direction: 'desc' } },
});
