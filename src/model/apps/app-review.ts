import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A user's review of an app; public. */
export const appReviewSchema = z.object({
  /** `<app id>:<uid>`: each user has one review of an app. */
  id: z.string(),
  appId: z.string(),
  uid: z.string(),
  /** 0 to 5. */
  score: z.number(),
  review: z.string(),
  /** The response of the app's author; empty if there is none. */
  response: z.string(),
  /** Name under which it is shown; empty if none was given. */
  username: z.string().default(''),
  ratedAt: timestamp,
  updatedAt: timestamp.nullable().default(null),
  respondedAt: timestamp.nullable().default(null),
});
export type AppReview = z.infer<typeof appReviewSchema>;

export const appReviews = defineCollection({
  name: 'app_reviews',
  scope: 'global',
  schema: appReviewSchema,
  queries: {
    recent: { filters: { appId: 'eq', uid: 'eq' }, orderBy: 'ratedAt', direction: 'desc' },
  },
});
