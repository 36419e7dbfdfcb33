import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** An app that a user has switched on. */
export const enabledAppSchema = z.object({
  /** Id of the app. */
  id: z.string(),
  enabledAt: timestamp,
});
export type EnabledApp = z.infer<typeof enabledAppSchema>;

export const enabledApps = defineCollection({
  name: 'enabled_apps',
  scope: 'user',
  schema: enabledAppSchema,
  queries: { recent: { filters: {}, orderBy: 'enabledAt', direction: 'desc' } },
});
