import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ActionItemSharing } from '../../action-items/action-item-sharing.ts';
import type { ChatSharing } from '../../chat/chat-sharing.ts';
import { isAppError } from '../../kernel/errors.ts';
import { toIso } from '../../model/timestamp.ts';
import { escapeHtml, SHARED_PAGE_HEADERS, sharedPage } from '../shared-page.ts';

const open = { config: { public: true } };
const byToken = z.object({ token: z.string().max(200) });

/**
 * Where links to shared tasks and messages lead: pages for a browser, without sign-in. They are for
 * people and no part of the API.
 */
export function sharedPageRoutes(deps: {
  sharing: ActionItemSharing;
  chatSharing: ChatSharing;
}): FastifyPluginAsyncZod {
  const { sharing: tasks, chatSharing: chats } = deps;
  return async (app) => {
    app.get(
      '/shared/tasks/:token',
      {
        ...open,
        schema: { hide: true, params: byToken },
      },
      async ({ params }, reply) =>
        await sendPage(reply, async () => {
          const shared = await tasks.getShared(params.token);
          const items = shared.tasks.map(({ description, dueAt }) => {
            const due = dueAt === null ? '' : ` <small>due ${toIso(dueAt).slice(0, 10)}</small>`;
            return `<li>${escapeHtml(description)}${due}</li>`;
          });
          const title = `Tasks that ${shared.senderName} shared with you`;
          return sharedPage(title, `<ul>\n${items.join('\n')}\n</ul>`);
        }),
    );

    app.get(
      '/shared/chat/:token',
      {
        ...open,
        schema: { hide: true, params: byToken },
      },
      async ({ params }, reply) =>
        await sendPage(reply, async () => {
          const shared = await chats.getShared(params.token);
          const lines = shared.messages.map(({ text, sender }) => {
            const who = sender === 'human' ? shared.senderName : 'Assistant';
            return `<p><small>${escapeHtml(who)}</small>\n${escapeHtml(text)}</p>`;
          });
          return sharedPage(`A chat that ${shared.senderName} shared with you`, lines.join('\n'));
        }),
    );
  };
}

async function sendPage(reply: FastifyReply, make: () => Promise<string>): Promise<FastifyReply> {
  reply.headers(SHARED_PAGE_HEADERS);
  try {
    return reply.send(await make());
  } catch (error) {
    if (!isAppError(error, 'not-found')) throw error;
    const page = sharedPage('Nothing here', '<p>This link has expired, or was never made.</p>');
    return reply.code(404).send(page);
  }
}
