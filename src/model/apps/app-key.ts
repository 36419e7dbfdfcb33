import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A key by which an app calls this server. */
export const appKeySchema = z.object({
  id: z.string(),
  appId: z.string(),
  /** SHA-256 (lower-case hex) of what follows `sk_`. */
  hashed: z.string(),
  /** `sk_aaaa...zzzz`. */
  label: z.string(),
  createdAt: timestamp,
});
export type AppKey = z.infer<typeof appKeySchema>;

export const appKeys = defineCollection({
  name: 'app_keys',
  scope: 'global',
  schema: appKeySchema,
  queries: { ofApp: { filters: { appId: 'eq' }, orderBy: 'createdAt', direction: 'desc' } },
});
