import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** What a user thinks of an app; everybody may read it. */
export const appReviewSchema = z.object({
  /** `<app id>:<uid>`: each user has one review of an app. */
  id: z.string(),
  appId: z.string(),
  uid: z.string(),
  /** 0 to 5. */
  score: z.number(),
  review: z.string(),
  /** What the app's author answers; empty where nothing. */
  response: z.string(),
  ratedAt: timestamp,
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
