import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** How far a user's stored texts have been encrypted again with the secret of today. */
export const reEncryptionSchema = z.object({
  id: z.string(),
  startedAt: timestamp,
  /** Null while it goes on. */
  finishedAt: timestamp.nullable(),
  /** Documents that were written again. */
  done: z.number().int(),
  /** The last document that was written; the next run goes on after it. */
  after: z.object({ collection: z.string(), id: z.string() }).nullable(),
});
export type ReEncryptionState = z.infer<typeof reEncryptionSchema>;

export const reEncryptions = defineCollection({
  name: 're_encryptions',
  scope: 'user',
  schema: reEncryptionSchema,
  queries: {},
});
