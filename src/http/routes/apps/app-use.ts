import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AppDirectory } from '../../../apps/app-directory.ts';
import type { AppEnabling } from '../../../apps/app-enabling.ts';
import type { AppReviews } from '../../../apps/app-reviews.ts';
import type { Webhooks } from '../../../webhooks/webhooks.ts';
import { appReviewSchema, appReviewToWire } from '../../../wire/app-wire.ts';
import { HttpError } from '../../http-error.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['apps'];
const byQuery = z.object({ app_id: z.string() });
const byPath = z.object({ app_id: z.string() });
const reviewBody = z.object({
  score: z.number().min(0).max(5).nullish(),
  review: z.string().max(5_000).nullish(),
  username: z.string().max(100).nullish(),
  response: z.string().max(5_000).nullish(),
});

export interface AppUseDeps {
  appEnabling: AppEnabling;
  appReviews: AppReviews;
  appDirectory: AppDirectory;
  webhooks: Webhooks;
}

/** Enabling apps, and saying what one thinks of them. */
export function appUseRoutes(deps: AppUseDeps): FastifyPluginAsyncZod {
  const { appEnabling, appReviews, appDirectory, webhooks } = deps;
  return async (app) => {
    app.post(
      '/v1/apps/enable',
      {
        schema: {
          tags,
          summary: 'Enable an app',
          querystring: byQuery,
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, query }) => {
        const enabled = await appEnabling.enable(uid, query.app_id);
        await webhooks.endpoints.reviveApp(uid, enabled.id);
        return STATUS_OK;
      },
    );
    app.post(
      '/v1/apps/disable',
      {
        schema: {
          tags,
          summary: 'Disable an app',
          querystring: byQuery,
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, query }) => {
        await appEnabling.disable(uid, query.app_id);
        return STATUS_OK;
      },
    );
    const write = async (
      uid: string,
      appId: string,
      body: z.output<typeof reviewBody>,
      mustExist: boolean,
    ) => {
      const { score, review, username } = body;
      if (score === null || score === undefined) throw new HttpError(422, 'Score is required');
      const said = { score, review: review ?? '', username: username ?? '' };
      await appReviews.write(uid, appId, said, { mustExist });
      return STATUS_OK;
    };
    app.post(
      '/v1/apps/review',
      {
        schema: {
          tags,
          summary: 'Review an app',
          querystring: byQuery,
          body: reviewBody,
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, query, body }) => write(uid, query.app_id, body, false),
    );
    app.patch(
      '/v1/apps/:app_id/review',
      {
        schema: {
          tags,
          summary: 'Change your review of an app',
          params: byPath,
          body: reviewBody,
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params, body }) => write(uid, params.app_id, body, true),
    );
    app.patch(
      '/v1/apps/:app_id/review/reply',
      {
        schema: {
          tags,
          summary: 'Reply to a review of your own app',
          params: byPath,
          body: z.object({ response: z.string().max(5_000), reviewer_uid: z.string() }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params, body }) => {
        await appReviews.reply(uid, params.app_id, body.reviewer_uid, body.response);
        return STATUS_OK;
      },
    );
    app.get(
      '/v1/apps/:app_id/reviews',
      {
        config: { public: true },
        schema: {
          tags,
          summary: 'Reviews of an app of the store',
          security: [],
          params: byPath,
          response: { 200: z.array(appReviewSchema) },
        },
      },
      async ({ params }) => {
        await appDirectory.get('', params.app_id);
        return (await appReviews.list(params.app_id)).map(appReviewToWire);
      },
    );
  };
}
