import { z } from 'zod';
import { ToolInputError } from '../chat-tool.ts';
import { defineTool } from '../tool.ts';

const MAX_POINTS = 200;

/** A chart beside the answer, of numbers that the model has looked up. */
export const createChartTool = defineTool({
  name: 'create_chart',
  chat: {
    scope: 'conversations.read',
    description:
      'Shows a line or bar chart with the answer. Only of numbers that were looked up before.',
    status: 'Creating chart',
    writes: [],
    keepsToScope: true,
    schema: z.object({
      chart_type: z.enum(['line', 'bar']),
      title: z.string().min(1).max(200),
      labels: z.array(z.string().max(100)).min(1).max(MAX_POINTS),
      values: z.array(z.number()).min(1).max(MAX_POINTS),
      dataset_label: z.string().max(100).default('Data'),
      color: z
        .string()
        .regex(/^#[0-9a-fA-F]{6}$/)
        .optional(),
      x_label: z.string().max(100).optional(),
      y_label: z.string().max(100).optional(),
    }),
    run: async (_services, context, args) => {
      const { labels, values } = args;
      if (labels.length !== values.length) {
        throw new ToolInputError('labels and values must have the same length');
      }
      context.showChart({
        chartType: args.chart_type,
        title: args.title,
        xLabel: args.x_label ?? null,
        yLabel: args.y_label ?? null,
        datasets: [
          {
            label: args.dataset_label,
            color: args.color ?? null,
            points: labels.map((label, i) => ({ label, value: values[i] ?? 0 })),
          },
        ],
      });
      return `The chart "${args.title}" is shown with the answer; do not repeat its numbers.`;
    },
  },
});
