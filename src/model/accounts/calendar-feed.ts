import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A calendar that other programs may read by a secret address. `id` is the SHA-256 of the secret. */
export const calendarFeedSchema = z.object({
  id: z.string(),
  uid: z.string(),
  createdAt: timestamp,
});
export type CalendarFeed = z.infer<typeof calendarFeedSchema>;

export const calendarFeeds = defineCollection({
  name: 'calendar_feeds',
  scope: 'global',
  schema: calendarFeedSchema,
  queries: { ofUser: { filters: { uid: 'eq' }, orderBy: 'createdAt', direction: 'desc' } },
});
