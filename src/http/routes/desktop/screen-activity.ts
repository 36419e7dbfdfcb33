import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ScreenActivity, type ScreenActivityOptions } from '../../../desktop/screen-activity.ts';
import { toIso } from '../../../model/timestamp.ts';
import { screenFrameSchema, screenFrameToWire } from '../../../wire/desktop/desktop-wire.ts';
import { bodyTime, queryBoolean, queryDay, queryInt, queryTime } from '../../query-types.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['desktop'];
const DAY_MS = 24 * 60 * 60_000;
/** Most rows that a client sends at a time. */
const MAX_ROWS = 100;
/** What is kept of the text of one screen, characters. */
const MAX_TEXT = 8_192;
/** Rows with the text of a whole screen, and their embeddings, which are not kept. */
const BODY_LIMIT_BYTES = 8 * 1_048_576;

const row = z.object({
  id: z.number().int().min(0),
  timestamp: bodyTime(),
  appName: z.string().nullish(),
  windowTitle: z.string().nullish(),
  ocrText: z.string().nullish(),
  deviceName: z.string().max(300).nullish(),
  clientDeviceId: z.string().max(300).nullish(),
});

/** What the macOS app reads from the screen: stored and searchable for users who have switched it on. */
export function screenActivityRoutes(deps: ScreenActivityOptions): FastifyPluginAsyncZod {
  const activity = new ScreenActivity(deps);
  return async (app) => {
    app.post(
      '/v1/screen-activity/sync',
      {
        bodyLimit: BODY_LIMIT_BYTES,
        schema: {
          tags,
          summary: 'Store what was on the screen; nothing is stored if the user has it off',
          body: z.object({ rows: z.array(row).max(MAX_ROWS) }),
          response: { 200: z.object({ synced: z.number().int(), last_id: z.number().int() }) },
        },
      },
      async ({ uid, body }) => {
        const frames = body.rows.map((one) => ({
          number: one.id,
          deviceId: one.clientDeviceId ?? null,
          takenAt: one.timestamp,
          appName: (one.appName ?? '').slice(0, 512),
          windowTitle: (one.windowTitle ?? '').slice(0, 2_048),
          text: (one.ocrText ?? '').slice(0, MAX_TEXT),
          deviceName: one.deviceName ?? null,
        }));
        const synced = await activity.add(uid, frames);
        // The app sends the same rows again until it is told that they have arrived, stored or not.
        return { synced, last_id: Math.max(0, ...body.rows.map(({ id }) => id)) };
      },
    );

    app.get(
      '/v1/screen-activity',
      {
        schema: {
          tags,
          summary: 'Find what was on the screen by its words, newest first',
          querystring: z.object({
            query: z.string().max(1_000).default(''),
            start_date: queryTime().optional(),
            end_date: queryTime().optional(),
            limit: queryInt({ min: 1, max: 200 }).default(50),
            offset: queryInt({ min: 0 }).default(0),
          }),
          response: { 200: z.object({ frames: z.array(screenFrameSchema) }) },
        },
      },
      async ({ uid, query }) => {
        const span = { from: query.start_date ?? null, to: query.end_date ?? null };
        const frames = await activity.search(uid, query.query, span, query);
        return { frames: frames.map(screenFrameToWire) };
      },
    );

    app.get(
      '/v1/screen-activity/summary',
      {
        schema: {
          tags,
          summary: 'Count what was on the screen by app, of all days or of one day in UTC',
          querystring: z.object({ date: queryDay().optional() }),
          response: {
            200: z.object({
              apps: z.array(
                z.object({
                  app_name: z.string(),
                  count: z.number().int(),
                  first_seen: z.string(),
                  last_seen: z.string(),
                }),
              ),
              total: z.number().int(),
            }),
          },
        },
      },
      async ({ uid, query }) => {
        const day = query.date;
        const span =
          day === undefined ? { from: null, to: null } : { from: day, to: day + DAY_MS - 1 };
        const apps = await activity.appsIn(uid, span);
        return {
          apps: apps.map(({ appName, count, firstAt, lastAt }) => ({
            app_name: appName,
            count,
            first_seen: toIso(firstAt),
            last_seen: toIso(lastAt),
          })),
          total: apps.reduce((sum, { count }) => sum + count, 0),
        };
      },
    );

    app.get(
      '/v1/users/screen-activity',
      {
        schema: {
          tags,
          summary: 'Get whether screen activity is stored',
          response: { 200: z.object({ screen_activity_enabled: z.boolean() }) },
        },
      },
      async ({ uid }) => ({ screen_activity_enabled: await activity.isOn(uid) }),
    );

    app.post(
      '/v1/users/screen-activity',
      {
        schema: {
          tags,
          summary: 'Store screen activity, or stop it and delete what is stored',
          querystring: z.object({ value: queryBoolean() }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, query }) => {
        await activity.setOn(uid, query.value);
        return STATUS_OK;
      },
    );
  };
}
