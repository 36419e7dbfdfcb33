import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ActionItemSharing } from '../../../action-items/action-item-sharing.ts';
import { toIsoOrNull } from '../../../model/timestamp.ts';
import { publicOrigin } from '../../public-origin.ts';

const tags = ['action items'];

/** Handing tasks to another user by a link. */
export function actionItemSharingRoutes(deps: {
  sharing: ActionItemSharing;
  /** Configured address of the server, null: the one that a request was sent to. */
  publicUrl: string | null;
}): FastifyPluginAsyncZod {
  const { sharing, publicUrl } = deps;
  return async (app) => {
    app.post(
      '/v1/action-items/share',
      {
        schema: {
          response: { 200: z.object({ url: z.string(), token: z.string() }) },
          tags,
          summary: 'Create a share link for action items',
          body: z.object({ task_ids: z.array(z.string()).min(1).max(20) }),
        },
      },
      async (request) => {
        const token = await sharing.share(request.uid, request.body.task_ids);
        const origin = publicOrigin(request, publicUrl);
        return { url: `${origin}/shared/tasks/${token}`, token };
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
          summary: 'Get shared action items',
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
          summary: 'Accept shared action items',
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
