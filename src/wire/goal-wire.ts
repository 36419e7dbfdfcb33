import { z } from 'zod';
import { type Goal, type GoalProgress, goalTypeSchema } from '../model/tasks/goal.ts';
import { toIso, toIsoOrNull } from '../model/timestamp.ts';

const title = z.string().min(1).max(500);
const unit = z.string().max(50);

/** A goal that a client adds. */
export const newGoalBody = z.object({
  title,
  goal_type: goalTypeSchema.default('scale'),
  target_value: z.number(),
  current_value: z.number().default(0),
  min_value: z.number().default(0),
  max_value: z.number().default(10),
  unit: unit.nullish(),
});

/** What a client changes of a goal; null and absent fields stay as they are. */
export const goalChangesBody = z.object({
  title: title.nullish(),
  target_value: z.number().nullish(),
  current_value: z.number().nullish(),
  min_value: z.number().nullish(),
  max_value: z.number().nullish(),
  unit: unit.nullish(),
});

export function newGoalFromWire(body: z.output<typeof newGoalBody>) {
  return {
    title: body.title,
    goalType: body.goal_type,
    targetValue: body.target_value,
    currentValue: body.current_value,
    minValue: body.min_value,
    maxValue: body.max_value,
    unit: body.unit ?? null,
  };
}

/** Returns the given fields only; empty if there is none. */
export function goalChangesFromWire(body: z.output<typeof goalChangesBody>) {
  return {
    ...(body.title == null ? {} : { title: body.title }),
    ...(body.target_value == null ? {} : { targetValue: body.target_value }),
    ...(body.current_value == null ? {} : { currentValue: body.current_value }),
    ...(body.min_value == null ? {} : { minValue: body.min_value }),
    ...(body.max_value == null ? {} : { maxValue: body.max_value }),
    ...(body.unit == null ? {} : { unit: body.unit }),
  };
}

/** A goal on Omi's wire. */
export const goalSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    goal_type: goalTypeSchema,
    target_value: z.number(),
    current_value: z.number(),
    min_value: z.number(),
    max_value: z.number(),
    unit: z.string().nullable(),
    is_active: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
    ended_at: z.string().nullable(),
    completed_at: z.string().nullable(),
  })
  .meta({ id: 'Goal' });
export type GoalWire = z.output<typeof goalSchema>;

/** Progress of a goal on a day. */
export const goalProgressSchema = z
  .object({ date: z.string(), value: z.number(), recorded_at: z.string() })
  .meta({ id: 'GoalProgress' });

/** Returns a goal as clients see it. */
export function goalToWire(goal: Goal): GoalWire {
  return {
    id: goal.id,
    title: goal.title,
    goal_type: goal.goalType,
    target_value: goal.targetValue,
    current_value: goal.currentValue,
    min_value: goal.minValue,
    max_value: goal.maxValue,
    unit: goal.unit,
    is_active: goal.isActive,
    created_at: toIso(goal.createdAt),
    updated_at: toIso(goal.updatedAt),
    ended_at: toIsoOrNull(goal.endedAt),
    completed_at: toIsoOrNull(goal.endedAt),
  };
}

/** Progress of a goal on a day. */
export function goalProgressToWire({ date, value, recordedAt }: GoalProgress) {
  return { date, value, recorded_at: toIso(recordedAt) };
}
