import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ActionItemSharing } from '../../../action-items/action-item-sharing.ts';
import type { ChatSharing } from '../../../chat/chat-sharing.ts';
import type {
  ConversationService,
  SharedConversation,
} from '../../../conversations/conversation-service.ts';
import { isAppError } from '../../../kernel/errors.ts';
import { speakerIdOf } from '../../../model/conversations/transcript-segment.ts';
import { toIso } from '../../../model/timestamp.ts';
import { unnamedSpeaker } from '../../../text/unnamed-speaker.ts';
import { escapeHtml, SHARED_PAGE_HEADERS, sharedPage } from '../../shared-page.ts';

const open = { config: { public: true } };
const byToken = z.object({ token: z.string().max(200) });
const byId = z.object({ id: z.string().max(200) });

/**
 * Where links to shared conversations, tasks and messages lead: pages for a browser, without sign-in. They are for
 * people and no part of the API.
 */
export function sharedPageRoutes(deps: {
  sharing: ActionItemSharing;
  chatSharing: ChatSharing;
  conversations: ConversationService;
}): FastifyPluginAsyncZod {
  const { sharing: tasks, chatSharing: chats, conversations } = deps;
  return async (app) => {
    app.get(
      '/shared/conversations/:id',
      {
        ...open,
        schema: { hide: true, params: byId },
      },
      async ({ params }, reply) =>
        await sendPage(reply, async () =>
          conversationPage(await conversations.getShared(params.id)),
        ),
    );

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

/** Title, day, overview and words; no audio, photos, tasks or place. */
function conversationPage({
  conversation,
  segments,
  people,
  ownerName,
}: SharedConversation): string {
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const lines = segments.map(({ speaker, isUser, personId, text }) => {
    const known = personId === null ? undefined : names.get(personId);
    const who = isUser ? ownerName || 'Me' : (known ?? unnamedSpeaker(speakerIdOf(speaker)));
    return `<p dir="auto"><small>${escapeHtml(who)}</small>\n${escapeHtml(text)}</p>`;
  });
  const { title, overview } = conversation.structured;
  const day = toIso(conversation.startedAt ?? conversation.createdAt).slice(0, 10);
  const head = `<p><small>${day}</small></p>\n<p dir="auto">${escapeHtml(overview)}</p>\n<hr>\n`;
  return sharedPage(title || 'A conversation', head + lines.join('\n'));
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
