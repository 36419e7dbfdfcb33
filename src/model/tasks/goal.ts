import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

export const goalTypeSchema = z.enum(['boolean', 'scale', 'numeric']);

/** A goal of a user, as a number between two bounds. */
export const goalSchema = z.object({
  /** `goal_` and twelve hex digits. */
  id: z.string(),
  title: z.string(),
  goalType: goalTypeSchema,
  targetValue: z.number(),
  currentValue: z.number(),
  minValue: z.number(),
  maxValue: z.number(),
  unit: z.string().nullable(),
  isActive: z.boolean(),
  createdAt: timestamp,
  updatedAt: timestamp,
  endedAt: timestamp.nullable(),
});
export type Goal = z.infer<typeof goalSchema>;

export const goals = defineCollection({
  name: 'goals',
  scope: 'user',
  announced: { kind: 'goal' },
  schema: goalSchema,
  queries: { byAge: { filters: { isActive: 'eq' }, orderBy: 'createdAt', direction: 'asc' } },
});

/** The value of a goal on a day in UTC; id is `<goal id>:<date>`. */
export const goalProgressSchema = z.object({
  id: z.string(),
  goalId: z.string(),
  /** `YYYY-MM-DD`. */
  date: z.string(),
  value: z.number(),
  recordedAt: timestamp,
});
export type GoalProgress = z.infer<typeof goalProgressSchema>;

export const goalProgress = defineCollection({
  name: 'goal_progress',
  scope: 'user',
  schema: goalProgressSchema,
  queries: { ofGoal: { filters: { goalId: 'eq' }, orderBy: 'date', direction: 'desc' } },
});
