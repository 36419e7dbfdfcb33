import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** An archive of another product that is made into conversations. */
export const importJobSchema = z.object({
  id: z.string(),
  kind: z.enum(['limitless']),
  state: z.enum(['pending', 'processing', 'completed', 'failed']),
  /** The archive; null once it is deleted. */
  blobKey: z.string().nullable(),
  byteLength: z.number().int(),
  /** BCP-47. */
  language: z.string(),
  /** Talks in the archive; null before it was opened. */
  totalFiles: z.number().int().nullable(),
  /** Talks that were looked at, in their order. */
  processedFiles: z.number().int(),
  conversationsCreated: z.number().int(),
  /** Talks that could not be read. */
  failedFiles: z.number().int(),
  /** Why it failed, or what of it could not be read; null if all of it was. */
  problem: z.string().nullable(),
  createdAt: timestamp,
  settledAt: timestamp.nullable(),
});
export type ImportJob = z.infer<typeof importJobSchema>;

export const importJobs = defineCollection({
  name: 'import_jobs',
  scope: 'user',
  schema: importJobSchema,
  queries: { recent: { filters: {}, orderBy: 'createdAt', direction: 'desc' } },
});
