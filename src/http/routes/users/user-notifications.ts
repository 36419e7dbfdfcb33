import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { UserService } from '../../../users/user-service.ts';
import { dailySummarySettingsToWire, notificationSettingsToWire } from '../../../wire/user-wire.ts';
import { deviceKeyOf } from '../../device-key.ts';
import { optionalBody, STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['notifications'];
const notificationSettingsSchema = z.object({
  enabled: z.boolean(),
  frequency: z.number().int(),
});

/** When and where a user is notified. */
export function userNotificationRoutes({
  users,
  notificationOutbox,
}: {
  users: UserService;
  notificationOutbox: { deviceAdded(uid: string): Promise<void> };
}): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/v1/users/fcm-token',
      {
        schema: {
          tags,
          summary: "Register this device's push token and time zone",
          body: z.object({ fcm_token: z.string().max(4096), time_zone: z.string().nullish() }),
          response: {
            200: z.object({ status: z.literal('Ok'), message: z.string().optional() }),
          },
        },
      },
      async ({ uid, body, headers }) => {
        const timeZone = body.time_zone ?? null;
        const { timeZoneStored } = await users.registerDevice(uid, {
          deviceKey: deviceKeyOf(headers),
          token: body.fcm_token,
          timeZone,
        });
        await notificationOutbox.deviceAdded(uid);
        const status = 'Ok' as const;
        return timeZone === null || timeZoneStored
          ? { status }
          : { status, message: 'time_zone is not an IANA time zone and was not stored' };
      },
    );
    app.delete(
      '/v1/users/fcm-token',
      {
        schema: {
          tags,
          summary: "Forget this device's push token",
          body: optionalBody({ fcm_token: z.string().nullish() }),
          response: { 200: z.object({ status: z.literal('Ok') }) },
        },
      },
      async ({ uid, body, headers }) => {
        await users.forgetDevice(uid, deviceKeyOf(headers), body.fcm_token ?? null);
        return { status: 'Ok' as const };
      },
    );
    app.get(
      '/v1/users/daily-summary-settings',
      {
        schema: {
          tags,
          summary: 'Get the settings of the daily summary',
          response: { 200: z.object({ enabled: z.boolean(), hour: z.number().int() }) },
        },
      },
      async ({ uid }) => dailySummarySettingsToWire(await users.getUser(uid)),
    );
    app.patch(
      '/v1/users/daily-summary-settings',
      {
        schema: {
          tags,
          summary: 'Update the settings of the daily summary',
          body: optionalBody({
            enabled: z.boolean().nullish(),
            hour: z.number().int().nullish(),
          }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, body }) => {
        const { enabled, hour } = body;
        await users.setDailySummary(uid, { enabled: enabled ?? null, hour: hour ?? null });
        return STATUS_OK;
      },
    );
    app.get(
      '/v1/users/mentor-notification-settings',
      {
        schema: {
          tags,
          summary: "Get the mentor's notification frequency, 0 (never) to 5",
          response: { 200: z.object({ frequency: z.number().int() }) },
        },
      },
      async ({ uid }) => ({ frequency: (await users.getUser(uid)).mentorNotificationFrequency }),
    );
    app.patch(
      '/v1/users/mentor-notification-settings',
      {
        schema: {
          tags,
          summary: 'Set how often the mentor speaks up',
          body: z.object({ frequency: z.number().int() }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, body }) => {
        await users.setMentorNotifications(uid, body.frequency);
        return STATUS_OK;
      },
    );
    app.get(
      '/v1/users/notification-settings',
      {
        schema: {
          tags,
          summary: 'Get the desktop notification settings',
          response: { 200: notificationSettingsSchema },
        },
      },
      async ({ uid }) => notificationSettingsToWire(await users.getUser(uid)),
    );
    app.patch(
      '/v1/users/notification-settings',
      {
        schema: {
          tags,
          summary: 'Update the desktop notification settings',
          body: optionalBody({
            enabled: z.boolean().nullish(),
            frequency: z.number().int().nullish(),
          }),
          response: { 200: notificationSettingsSchema },
        },
      },
      async ({ uid, body }) => {
        const { enabled, frequency } = body;
        const changes = { enabled: enabled ?? null, frequency: frequency ?? null };
        return notificationSettingsToWire(await users.setNotifications(uid, changes));
      },
    );
  };
}
