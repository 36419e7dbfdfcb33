import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** What a desktop app read from the screen at one moment. */
export const screenFrameSchema = z.object({
  /** `<device>-<number of the client>`, so that the same frame is one document. */
  id: z.string(),
  takenAt: timestamp,
  appName: z.string(),
  windowTitle: z.string(),
  text: z.string(),
  deviceName: z.string().nullable(),
});
export type ScreenFrame = z.infer<typeof screenFrameSchema>;

export const screenFrames = defineCollection({
  name: 'screen_frames',
  scope: 'user',
  schema: screenFrameSchema,
  encrypted: ['appName', 'windowTitle', 'text', 'deviceName'],
  queries: {
    recent: { filters: {}, orderBy: 'takenAt', direction: 'desc' },
    oldest: { filters: {}, orderBy: 'takenAt', direction: 'asc' },
  },
});
