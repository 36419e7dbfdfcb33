import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ChatId } from '../../../chat/chat-messages.ts';
import type { ChatService } from '../../../chat/chat-service.ts';
import type { ChatSessions } from '../../../chat/chat-sessions.ts';
import type { Logger } from '../../../kernel/logger.ts';
import { messageSchema, responseMessageSchema } from '../../../wire/message-wire.ts';
import { type ChatWire, STREAM_TIMEOUT_MS, streamAnswer } from '../../chat-stream.ts';
import { goneSignal } from '../../gone-signal.ts';
import { contentResponse } from '../../openapi/body-kinds.ts';

const tags = ['chat'];
const LISTED = 100;

/** `plugin_id` is the legacy name; empty and `null` stand for the main chat. */
const chatQuery = z.object({
  app_id: z.string().max(200).optional(),
  plugin_id: z.string().max(200).optional(),
  session_id: z
    .string()
    .max(200)
    .optional()
    .describe('Id of a chat session; absent: the chat outside of sessions.'),
});

const newMessage = z.object({
  text: z.string().min(1).max(100_000),
  file_ids: z.array(z.string()).max(50).nullish(),
  context: z
    .object({
      type: z.enum(['conversation', 'task', 'memory', 'recap']),
      id: z.string().max(200).nullish(),
      title: z.string().max(1000).nullish(),
    })
    .nullish()
    .describe('What the user is looking at. A hint: everything can be found.'),
  scope: z
    .object({
      type: z.enum(['conversation', 'folder', 'person']),
      id: z.string().min(1).max(200),
    })
    .nullish()
    .describe(
      'What the question is about alone: one conversation, a folder, or the conversations in which a person speaks. Nothing else is looked at. 404 if there is no such thing.',
    ),
});

/** Asking, the messages of a chat, and their greeting. */
export function chatRoutes(deps: {
  chat: ChatService;
  chatSessions: Pick<ChatSessions, 'get'>;
  chatWire: ChatWire;
  logger: Logger;
}): FastifyPluginAsyncZod {
  const { chat, chatSessions, chatWire: wire } = deps;
  const logger = deps.logger.child({ subsystem: 'chat' });

  const greeting = async (request: FastifyRequest, id: ChatId) => {
    const message = await wire.message(request, await chat.greet(request.uid, id));
    return { ...message, ask_for_nps: false };
  };

  /** The chat of a request; 404 for a session that the user does not have. */
  const knownChat = async (uid: string, query: z.output<typeof chatQuery>): Promise<ChatId> => {
    const id = chatOf(query);
    if (id.sessionId !== null) await chatSessions.get(uid, id.sessionId);
    return id;
  };

  return async (app) => {
    app.post(
      '/v2/messages',
      {
        handlerTimeout: STREAM_TIMEOUT_MS,
        schema: {
          tags,
          response: {
            200: contentResponse(
              'The pieces of the answer: see docs/client-protocol.md.',
              'text/event-stream',
            ),
          },
          summary: 'Ask and stream the answer',
          querystring: chatQuery,
          body: newMessage,
        },
      },
      async (request, reply) => {
        const { uid, query, body } = request;
        const page = body.context && {
          type: body.context.type,
          id: body.context.id ?? null,
          title: body.context.title ?? null,
        };
        const asked = {
          text: body.text,
          page: page ?? null,
          scope: body.scope ?? null,
          fileIds: body.file_ids ?? [],
          isSpoken: false,
          mayWrite: true,
        };
        const id = await knownChat(uid, query);
        const events = chat.answer(uid, id, asked, goneSignal(reply));
        return await streamAnswer(request, reply, events, { wire, logger, tellsQuestion: false });
      },
    );

    app.get(
      '/v2/messages',
      {
        schema: {
          response: { 200: z.array(messageSchema) },
          tags,
          summary: 'List the messages of a chat, newest first',
          querystring: chatQuery.extend({ dropdown_selected: z.string().optional() }),
        },
      },
      async (request) => {
        chat.warm();
        const id = await knownChat(request.uid, request.query);
        const found = await chat.list(request.uid, id, LISTED);
        return await wire.messages(request, found);
      },
    );

    for (const version of ['v2', 'v1']) {
      app.delete(
        `/${version}/messages`,
        {
          schema: {
            tags,
            response: { 200: responseMessageSchema },
            summary: 'Delete all messages of a chat',
            querystring: chatQuery,
          },
        },
        async (request) => {
          const id = await knownChat(request.uid, request.query);
          await chat.clear(request.uid, id);
          return await greeting(request, id);
        },
      );

      app.post(
        `/${version}/initial-message`,
        {
          schema: {
            tags,
            response: { 200: responseMessageSchema },
            summary: 'Create a greeting',
            querystring: chatQuery,
          },
        },
        async (request) => await greeting(request, await knownChat(request.uid, request.query)),
      );
    }
  };
}

function chatOf(query: z.output<typeof chatQuery>): ChatId {
  const given = query.app_id ?? query.plugin_id ?? '';
  const isMain = given === '' || given === 'null' || given === 'no_selected';
  return { appId: isMain ? null : given, sessionId: query.session_id || null };
}
