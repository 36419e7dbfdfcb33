import { z } from 'zod';
import { toLocalIso } from '../../local-time.ts';
import { limitText, markAsData } from '../../untrusted-text.ts';
import { defineTool } from '../tool.ts';

const MAX_TEXT = 12_000;
/** Which fields of a summary are about what, by the names of Omi's app. */
const TOPICS = {
  steps: /steps/,
  sleep: /sleep|in_bed/,
  heart_rate: /heart_rate/,
  energy: /energy/,
  workouts: /workout/,
} as const;

/** What the user's phone tells of steps, sleep, heart rate, energy and workouts. */
export const getAppleHealthSummaryTool = defineTool({
  name: 'get_apple_health_summary',
  chat: {
    scope: 'health.read',
    description:
      "Shows the last summary of Apple's Health on the user's phone: steps, sleep, heart rate, active energy, workouts.",
    status: 'Reading health data',
    writes: [],
    schema: z.object({
      topic: z.enum(['steps', 'sleep', 'heart_rate', 'energy', 'workouts']).optional(),
    }),
    run: async ({ healthData }, { uid, timeZone }, { topic }) => {
      const summary = await healthData.find(uid);
      if (!summary) return 'No health data: the phone of the user has sent none.';
      const wanted = Object.entries(summary.data).filter(
        ([name]) => topic === undefined || TOPICS[topic].test(name),
      );
      if (wanted.length === 0) return `The phone has told nothing of ${topic}.`;
      const lines = wanted.map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
      const at = toLocalIso(summary.syncedAt, timeZone);
      const head = `Health of the ${summary.periodDays} days until ${at}.`;
      return `${head}\n${markAsData('health data', limitText(lines.join('\n'), MAX_TEXT))}`;
    },
  },
});
