import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ChatService } from '../../../chat/chat-service.ts';
import type { ChatSessions } from '../../../chat/chat-sessions.ts';
import { toIso } from '../../../model/timestamp.ts';
import { chatSessionSchema, chatSessionToWire } from '../../../wire/chat-session-wire.ts';
import { desktopMessageSchema, desktopMessageToWire } from '../../../wire/message-wire.ts';
import { queryBoolean, queryInt } from '../../query-types.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['chat sessions'];
const byId = z.object({ id: z.string() });
const appId = z.string().max(200);

/** The chats that a desktop client keeps beside the main one, with the messages it writes itself. */
export function chatSessionRoutes(deps: {
  chat: ChatService;
  chatSessions: ChatSessions;
}): FastifyPluginAsyncZod {
  const { chat, chatSessions: sessions } = deps;
  return async (app) => {
    app.post(
      '/v2/chat-sessions',
      {
        schema: {
          response: { 200: chatSessionSchema },
          tags,
          summary: 'Create a chat session',
          body: z.object({ title: z.string().max(500).nullish(), app_id: appId.nullish() }),
        },
      },
      async ({ uid, body }) => {
        const parts = { title: body.title ?? null, appId: body.app_id || null };
        return chatSessionToWire(await sessions.create(uid, parts));
      },
    );

    app.get(
      '/v2/chat-sessions',
      {
        schema: {
          response: { 200: z.array(chatSessionSchema) },
          tags,
          summary: 'List chat sessions, last changed first',
          querystring: z.object({
            app_id: appId.optional(),
            limit: queryInt({ min: 1, max: 500 }).default(50),
            offset: queryInt({ min: 0 }).default(0),
            starred: queryBoolean().optional(),
          }),
        },
      },
      async ({ uid, query }) => {
        const filter = { appId: query.app_id || null, starred: query.starred ?? null };
        const { limit, offset } = query;
        const found = await sessions.list(uid, filter, { limit, offset });
        return found.map(chatSessionToWire);
      },
    );

    app.get(
      '/v2/chat-sessions/:id',
      {
        schema: {
          response: { 200: chatSessionSchema },
          tags,
          summary: 'Get a chat session',
          params: byId,
        },
      },
      async ({ uid, params }) => chatSessionToWire(await sessions.get(uid, params.id)),
    );

    app.patch(
      '/v2/chat-sessions/:id',
      {
        schema: {
          response: { 200: chatSessionSchema },
          tags,
          summary: 'Rename or star a chat session',
          params: byId,
          body: z.object({ title: z.string().max(500).nullish(), starred: z.boolean().nullish() }),
        },
      },
      async ({ uid, params, body }) => {
        const changes = { title: body.title ?? null, starred: body.starred ?? null };
        return chatSessionToWire(await sessions.update(uid, params.id, changes));
      },
    );

    app.delete(
      '/v2/chat-sessions/:id',
      {
        schema: {
          response: { 200: statusOkSchema },
          tags,
          summary: 'Delete a chat session with its messages',
          params: byId,
        },
      },
      async ({ uid, params }) => {
        await sessions.delete(uid, params.id);
        return STATUS_OK;
      },
    );

    app.post(
      '/v2/desktop/messages',
      {
        schema: {
          response: { 200: z.object({ id: z.string(), created_at: z.string() }) },
          tags,
          summary: 'Store a message without an answer',
          body: z.object({
            text: z.string().min(1).max(100_000),
            sender: z.enum(['human', 'ai']),
            app_id: appId.nullish(),
            session_id: z.string().max(200).nullish(),
            metadata: z.string().max(100_000).nullish(),
          }),
        },
      },
      async ({ uid, body }) => {
        const id = { appId: body.app_id || null, sessionId: body.session_id || null };
        const { text, sender } = body;
        const parts = { text, sender, metadata: body.metadata ?? null };
        const message = await chat.messages.add(uid, id, parts);
        return { id: message.id, created_at: toIso(message.createdAt) };
      },
    );

    const desktopQuery = z.object({
      app_id: appId.optional(),
      session_id: z.string().max(200).optional(),
    });

    app.get(
      '/v2/desktop/messages',
      {
        schema: {
          response: { 200: z.array(desktopMessageSchema) },
          tags,
          summary: 'List messages, newest first',
          querystring: desktopQuery.extend({
            limit: queryInt({ min: 1, max: 1000 }).default(100),
            offset: queryInt({ min: 0 }).default(0),
          }),
        },
      },
      async ({ uid, query }) => {
        const { limit, offset } = query;
        const found = await chat.messages.listDesktop(uid, filtersOf(query), { limit, offset });
        return found.map(desktopMessageToWire);
      },
    );

    app.delete(
      '/v2/desktop/messages',
      {
        schema: {
          response: { 200: z.object({ status: z.string(), deleted_count: z.number() }) },
          tags,
          summary: 'Delete messages',
          querystring: desktopQuery,
        },
      },
      async ({ uid, query }) => {
        // Without a filter it is the main chat that is emptied, never every chat.
        const [appId, sessionId] = [query.app_id || null, query.session_id || null];
        const deleted = await chat.clearDesktop(uid, appId, sessionId);
        return { status: 'ok', deleted_count: deleted };
      },
    );

    app.post(
      '/v2/chat/initial-message',
      {
        schema: {
          response: { 200: z.object({ message: z.string(), message_id: z.string() }) },
          tags,
          summary: 'Create a greeting in a chat session',
          body: z.object({ session_id: z.string().max(200), app_id: appId.nullish() }),
        },
      },
      async ({ uid, body }) => {
        await sessions.get(uid, body.session_id);
        const id = { appId: body.app_id || null, sessionId: body.session_id };
        const message = await chat.greet(uid, id);
        return { message: message.text, message_id: message.id };
      },
    );

    app.post(
      '/v2/chat/generate-title',
      {
        schema: {
          response: { 200: z.object({ title: z.string() }) },
          tags,
          summary: 'Generate a title for a chat session',
          body: z.object({
            session_id: z.string().max(200),
            messages: z
              .array(z.object({ text: z.string().max(100_000), sender: z.string().max(50) }))
              .min(1)
              .max(50),
          }),
        },
      },
      async ({ uid, body }) => {
        await sessions.get(uid, body.session_id);
        const title = await chat.suggestTitle(uid, body.messages);
        await sessions.update(uid, body.session_id, { title, starred: null });
        return { title };
      },
    );
  };
}

function filtersOf(query: { app_id?: string | undefined; session_id?: string | undefined }) {
  return {
    ...(query.app_id ? { appId: query.app_id } : {}),
    ...(query.session_id ? { chatSessionId: query.session_id } : {}),
  };
}
