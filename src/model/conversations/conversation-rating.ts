import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A user's thumb for the summary of a conversation; id is that of the conversation. */
export const conversationRatingSchema = z.object({
  id: z.string(),
  /** 1: up, 0: down. */
  value: z.union([z.literal(1), z.literal(0)]),
  /** Why, in the user's words or one of the client's; null if not given. */
  reason: z.string().nullable(),
  ratedAt: timestamp,
});

export const conversationRatings = defineCollection({
  name: 'conversation_ratings',
  scope: 'user',
  schema: conversationRatingSchema,
  encrypted: ['reason'],
  queries: {},
});
