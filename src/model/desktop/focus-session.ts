import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A stretch of work at one app or site, as a desktop app has judged it. */
export const focusSessionSchema = z.object({
  id: z.string(),
  status: z.enum(['focused', 'distracted']),
  appOrSite: z.string(),
  description: z.string(),
  message: z.string().nullable(),
  /** Null if the client does not know it. */
  durationSeconds: z.number().int().nullable(),
  createdAt: timestamp,
});
export type FocusSession = z.infer<typeof focusSessionSchema>;

export const focusSessions = defineCollection({
  name: 'focus_sessions',
  scope: 'user',
  schema: focusSessionSchema,
  encrypted: ['appOrSite', 'description', 'message'],
  queries: { recent: { filters: {}, orderBy: 'createdAt', direction: 'desc' } },
});
