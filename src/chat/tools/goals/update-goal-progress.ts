import { z } from 'zod';
import { recordId } from '../record-arguments.ts';
import { defineTool } from '../tool.ts';

/** Sets where a goal stands. */
export const updateGoalProgressTool = defineTool({
  name: 'update_goal_progress',
  records: {
    title: 'Say where a goal stands',
    scope: 'goals:write',
    effect: 'change',
    description: 'Sets the current value of a goal.',
    schema: z.object({ goal_id: recordId, current_value: z.number() }),
    run: async ({ goals }, { uid }, args) => ({
      kind: 'goals',
      items: [await goals.setProgress(uid, args.goal_id, args.current_value)],
    }),
  },
});
