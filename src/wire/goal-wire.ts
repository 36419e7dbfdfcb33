import type { Goal, GoalProgress } from '../model/tasks/goal.ts';
import { toIso, toIsoOrNull } from '../model/timestamp.ts';

/** A goal on Omi's wire. */
export function goalToWire(goal: Goal) {
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
  };
}

/** Progress of a goal on a day. */
export function goalProgressToWire({ date, value, recordedAt }: GoalProgress) {
  return { date, value, recorded_at: toIso(recordedAt) };
}
