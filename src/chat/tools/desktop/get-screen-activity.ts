import { z } from 'zod';
import { toLocalIso } from '../../local-time.ts';
import { markAsData } from '../../untrusted-text.ts';
import { defineTool } from '../tool.ts';
import { boundsOf, zonedTime } from '../tool-dates.ts';
import { SCREEN_OFF } from './screen-off.ts';

const MOST_APPS = 30;

/** Which apps the user had on the screen of the computer, and when. */
export const getScreenActivityTool = defineTool({
  name: 'get_screen_activity',
  chat: {
    scope: 'screen.read',
    description:
      "Sums up which apps were on the screen of the user's computer in a time: how often each was seen, first and last.",
    status: 'Checking screen activity',
    writes: [],
    schema: z.object({
      start_date: zonedTime('Earliest time'),
      end_date: zonedTime('Latest time'),
      app_filter: z.string().trim().max(200).optional().describe('Part of the name of an app'),
    }),
    run: async ({ screenActivity }, context, { app_filter: filter, ...args }) => {
      const { uid, timeZone } = context;
      if (!(await screenActivity.isOn(uid))) return SCREEN_OFF;
      const { from, to, note } = boundsOf(context, args, 'past');
      const wanted = filter?.toLowerCase() ?? '';
      const all = await screenActivity.appsIn(uid, { from, to });
      const apps = all.filter(({ appName }) => appName.toLowerCase().includes(wanted));
      if (apps.length === 0) return `Nothing was stored from the screen. ${note}`.trim();
      const lines = apps.slice(0, MOST_APPS).map(({ appName, count, firstAt, lastAt }) => {
        const span = `${toLocalIso(firstAt, timeZone)} to ${toLocalIso(lastAt, timeZone)}`;
        return `- ${appName}: seen ${count} times, ${span}`;
      });
      return `Apps on the screen (${apps.length}). ${note}\n${markAsData('screen activity', lines.join('\n'))}`;
    },
  },
});
