import { z } from 'zod';
import { goalTypeSchema } from '../../../model/tasks/goal.ts';
import { defineTool } from '../tool.ts';

/** Adds a goal. */
export const createGoalTool = defineTool({
  name: 'create_goal',
  records: {
    title: 'Add a goal',
    scope: 'goals:write',
    effect: 'change',
    description: 'Adds a goal. If there are four already, the oldest ends.',
    schema: z.object({
      title: z.string().trim().min(1).max(500),
      goal_type: goalTypeSchema.default('scale'),
      target_value: z.number(),
      current_value: z.number().default(0),
      min_value: z.number().default(0),
      max_value: z.number().default(10),
      unit: z.string().max(50).optional(),
    }),
    run: async ({ goals }, { uid }, args) => {
      const goal = await goals.create(uid, {
        title: args.title,
        goalType: args.goal_type,
        targetValue: args.target_value,
        currentValue: args.current_value,
        minValue: args.min_value,
        maxValue: args.max_value,
        unit: args.unit ?? null,
      });
      return { kind: 'goals', items: [goal] };
    },
  },
});
