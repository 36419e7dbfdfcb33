import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/**
 * Work that must outlive the request that asked for it. A job that is done is deleted; one that
 * has used up its attempts stays as `failed` with its reason.
 */
export const jobSchema = z.object({
  /** `<kind>:<uid>:<subject>`: enqueueing the same work twice gives one job. */
  id: z.string(),
  kind: z.string(),
  /** The user it is about. */
  uid: z.string(),
  /** What it is about, by kind: usually a conversation id. */
  subject: z.string(),
  payload: z.record(z.string(), z.unknown()),
  state: z.enum(['waiting', 'running', 'failed']),
  /** When it is due; while running, when its lease ends and it may be taken by another worker. */
  dueAt: timestamp,
  /** Random id of the current run; a run whose lease was taken over cannot finish. */
  lease: z.string().nullable(),
  /** Runs begun. */
  attempts: z.number().int(),
  /** Runs at most; 0: as many as the kind's handler is registered with. */
  maxAttempts: z.number().int(),
  /** Changes each time the job is asked for, so that a run sees that it was asked for again meanwhile. */
  requestId: z.string(),
  lastError: z.string().nullable(),
  createdAt: timestamp,
});
export type Job = z.infer<typeof jobSchema>;

export const jobs = defineCollection({
  name: 'jobs',
  scope: 'global',
  schema: jobSchema,
  queries: {
    due: { filters: { state: 'in' }, orderBy: 'dueAt', direction: 'asc' },
    ofUser: { filters: { uid: 'eq', state: 'eq' }, orderBy: 'createdAt', direction: 'desc' },
  },
});
