import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ActionItemSharing } from '../../action-items/action-item-sharing.ts';
import { toIsoOrNull } from '../../model/timestamp.ts';

const tags = ['action items'];
/** The app opens links of this form itself and asks its own backend for the token. */
const SHARE_URL = 'https://h.omi.me/tasks/';

/** Handing tasks to another user by a link. */
export function actionItemSharingRoutes(deps: {
  sharing: ActionItemSharing;
}): FastifyPluginAsyncZod {
  const { sharing } = deps;
  return async (app) => {
    app.post(
      '/v1/action-items/share',
      {
        schema: {
          response: { 200: z.object({ url: z.string(), token: z.string() }) },
          tags,
          summary: 'Make a link to action items',
          body: z.object({ task_ids: z.array(z.string()).min(1).max(20) }),
        },
      },
      async ({ uid, body }) => {
        const token = await sharing.share(uid, body.task_ids);
        return { url: `${SHARE_URL}${token}`, token };
      },
    );

    app.get(
      '/v1/action-items/shared/:token',
      {
        config: { public: true },
        schema: {
          response: {
            200: z.object({
              sender_name: z.string(),
              tasks: z.array(z.object({ description: z.string(), due_at: z.string().nullable() })),
              count: z.number(),
            }),
          },
          tags,
          summary: 'The action items of a link',
          params: z.object({ token: z.string() }),
          security: [],
        },
      },
      async ({ params }) => {
        const { senderName, tasks } = await sharing.getShared(params.token);
        return {
          sender_name: senderName,
          tasks: tasks.map(({ description, dueAt }) => ({
            description,
            due_at: toIsoOrNull(dueAt),
          })),
          count: tasks.length,
        };
      },
    );

    app.post(
      '/v1/action-items/accept',
      {
        schema: {
          response: { 200: z.object({ created: z.array(z.string()), count: z.number() }) },
          tags,
          summary: 'Take over the action items of a link',
          body: z.object({ token: z.string() }),
        },
      },
      async ({ uid, body }) => {
        const created = await sharing.accept(uid, body.token);
        return { created, count: created.length };
      },
    );
  };
}
