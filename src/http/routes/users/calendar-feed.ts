import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CalendarFeeds } from '../../../developer/calendar-feeds.ts';
import { toIso, toIsoOrNull } from '../../../model/timestamp.ts';
import { publicOrigin } from '../../public-origin.ts';
import { noContent } from '../../status-ok.ts';

const tags = ['users'];

/** The user's calendar for other programs, by a secret address. */
export function calendarFeedRoutes(deps: {
  calendarFeeds: CalendarFeeds;
  publicUrl: string | null;
}): FastifyPluginAsyncZod {
  const { calendarFeeds, publicUrl } = deps;
  return async (app) => {
    app.get(
      '/v1/users/calendar-feed',
      {
        schema: {
          tags,
          summary: 'Whether the calendar has an address, and since when',
          response: { 200: z.object({ created_at: z.string().nullable() }) },
        },
      },
      async ({ uid }) => ({ created_at: toIsoOrNull(await calendarFeeds.createdAt(uid)) }),
    );

    app.post(
      '/v1/users/calendar-feed',
      {
        schema: {
          tags,
          summary: 'Make the secret address of the calendar, shown this once; an earlier one ends',
          response: { 200: z.object({ url: z.string(), created_at: z.string() }) },
        },
      },
      async (request) => {
        const secret = await calendarFeeds.create(request.uid);
        const createdAt = (await calendarFeeds.createdAt(request.uid)) ?? 0;
        const url = `${publicOrigin(request, publicUrl)}/calendar/${secret}.ics`;
        return { url, created_at: toIso(createdAt) };
      },
    );

    app.delete(
      '/v1/users/calendar-feed',
      {
        schema: { tags, summary: 'End the address of the calendar', response: { 204: noContent } },
      },
      async ({ uid }, reply) => {
        await calendarFeeds.revoke(uid);
        return reply.code(204).send(undefined);
      },
    );

    app.get(
      '/calendar/:file',
      {
        config: { public: true },
        schema: { hide: true, params: z.object({ file: z.string().max(100) }) },
      },
      async ({ params }, reply) => {
        const calendar = await calendarFeeds.read(params.file.replace(/\.ics$/, ''));
        return await reply
          .headers({
            'content-type': 'text/calendar; charset=utf-8',
            'content-disposition': 'inline; filename="omi.ics"',
            'cache-control': 'private, max-age=300',
            'x-robots-tag': 'noindex, nofollow',
          })
          .send(calendar);
      },
    );
  };
}
