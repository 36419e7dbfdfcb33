import { z } from 'zod';
import { toLocalIso } from '../../local-time.ts';
import { limitText, markAsData } from '../../untrusted-text.ts';
import { defineTool } from '../tool.ts';
import { boundsOf, zonedTime } from '../tool-dates.ts';
import { SCREEN_OFF } from './screen-off.ts';

const MAX_TEXT = 600;

/** What was on the screen of the user's computer, by its words. */
export const searchScreenActivityTool = defineTool({
  name: 'search_screen_activity',
  chat: {
    scope: 'screen.read',
    description:
      "Finds what was on the screen of the user's computer by the words that stood there, newest first.",
    status: 'Searching screen activity',
    writes: [],
    schema: z.object({
      query: z.string().trim().min(1).max(500).describe('Words that all stood on the screen'),
      start_date: zonedTime('Earliest time'),
      end_date: zonedTime('Latest time'),
      limit: z.number().int().min(1).max(20).default(10),
    }),
    run: async ({ screenActivity }, context, { query, limit, ...args }) => {
      const { uid, timeZone } = context;
      if (!(await screenActivity.isOn(uid))) return SCREEN_OFF;
      const { from, to, note } = boundsOf(context, args, 'past');
      const frames = await screenActivity.search(uid, query, { from, to }, { offset: 0, limit });
      if (frames.length === 0) return `Nothing on the screen had these words. ${note}`.trim();
      const lines = frames.map(({ takenAt, appName, windowTitle, text }) =>
        [
          `${toLocalIso(takenAt, timeZone)} ${appName}: ${windowTitle}`,
          limitText(text, MAX_TEXT),
        ].join('\n'),
      );
      return `On the screen (${frames.length}). ${note}\n${markAsData('screen activity', lines.join('\n\n'))}`;
    },
  },
});
