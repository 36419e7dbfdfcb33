import { z } from 'zod';
import { ToolInputError } from '../chat-tool.ts';
import { defineTool } from '../tool.ts';

const KINDS = {
  enable: 'enable-daily-summary',
  disable: 'disable-daily-summary',
  set_time: 'time-daily-summary',
} as const;

/** Whether and when the user gets a summary of the day. */
export const manageDailySummaryTool = defineTool({
  name: 'manage_daily_summary',
  chat: {
    scope: 'settings.write',
    description:
      'Reads or changes whether and at which hour the daily summary comes. Changes it only if the user asks for that.',
    status: 'Updating notification settings',
    writes: [],
    schema: z.object({
      action: z.enum(['enable', 'disable', 'set_time', 'get_settings']),
      hour: z.number().int().min(0).max(23).optional().describe('Local hour, for set_time'),
    }),
    run: async ({ users }, { uid, permission }, { action, hour }) => {
      if (action === 'get_settings') {
        const { dailySummary } = await users.getUser(uid);
        const state = dailySummary.enabled ? 'enabled' : 'disabled';
        return `The daily summary is ${state}, at ${hourText(dailySummary.hourLocal)}.`;
      }
      if (action === 'set_time' && hour === undefined) {
        throw new ToolInputError('hour is needed for set_time');
      }
      permission.take(KINDS[action], 'daily summary');
      const { dailySummary } = await users.setDailySummary(uid, {
        enabled: action === 'set_time' ? null : action === 'enable',
        hour: action === 'set_time' ? (hour ?? null) : null,
      });
      const state = dailySummary.enabled ? 'enabled' : 'disabled';
      return `Daily summary settings saved: ${state}, at ${hourText(dailySummary.hourLocal)}.`;
    },
  },
});

function hourText(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
