import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** What a desktop app has seen the user work on, or be distracted by. */
export const focusSessionSchema = z.object({
  id: z.string(),
  status: z.enum(['focused', 'distracted']),
  appOrSite: z.string(),
  description: z.string(),
  message: z.string().nullable(),
  durationSeconds: z.number().nullable(),
  createdAt: timestamp,
});
export type FocusSession = z.infer<typeof focusSessionSchema>;

export const focusSessions = defineCollection({
  name: 'focus_sessions',
  scope: 'user',
  schema: focusSessionSchema,
  encrypted: ['appOrSite', 'description', 'message'],
  queries: { byAge: { filters: { status: 'eq' }, orderBy: 'createdAt', direction: 'desc' } },
});
