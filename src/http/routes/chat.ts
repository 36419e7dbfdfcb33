import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ChatId } from '../../chat/chat-messages.ts';
import type { ChatEvent, ChatService } from '../../chat/chat-service.ts';
import { AppError, describeError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Message } from '../../model/message.ts';
import { donePiece, statusPiece, textPieces } from '../../wire/chat-stream.ts';
import { messageToWire } from '../../wire/message-wire.ts';

const tags = ['chat'];
const LISTED = 100;
/** Longer than a turn may take, so that the turn's own end is what the client sees. */
const STREAM_TIMEOUT_MS = 200_000;

/** `plugin_id` is the legacy name; empty and `null` stand for the main chat. */
const chatQuery = z.object({
  app_id: z.string().max(200).optional(),
  plugin_id: z.string().max(200).optional(),
});

const newMessage = z.object({
  text: z.string().min(1).max(100_000),
  file_ids: z.array(z.string()).nullish(),
  context: z
    .object({
      type: z.enum(['conversation', 'task', 'memory', 'recap']),
      id: z.string().max(200).nullish(),
      title: z.string().max(1000).nullish(),
    })
    .nullish(),
});

/** Asking, the messages of a chat, and their greeting. */
export function chatRoutes(deps: { chat: ChatService; logger: Logger }): FastifyPluginAsyncZod {
  const { chat, logger } = deps;

  const toWire = async (uid: string, list: readonly Message[]) => {
    const cited = await chat.messages.citedBy(uid, list);
    return list.map((message) => messageToWire(message, cited));
  };
  const greeting = async (uid: string, id: ChatId) => {
    const [wire] = await toWire(uid, [await chat.greet(uid, id)]);
    return { ...wire, ask_for_nps: false };
  };

  return async (app) => {
    app.post(
      '/v2/messages',
      {
        handlerTimeout: STREAM_TIMEOUT_MS,
        schema: {
          tags,
          summary: 'Ask; the answer is streamed',
          querystring: chatQuery,
          body: newMessage,
        },
      },
      async ({ uid, query, body }, reply) => {
        if (body.file_ids && body.file_ids.length > 0) {
          throw new AppError('not-found', 'File not found');
        }
        const page = body.context && {
          type: body.context.type,
          id: body.context.id ?? null,
          title: body.context.title ?? null,
        };
        const request = { text: body.text, page: page ?? null };
        const events = chat.answer(uid, chatOf(query), request, goneSignal(reply));
        return await streamAnswer(reply, events, {
          done: async (message, askForNps) => {
            const [wire] = await toWire(uid, [message]);
            return { ...wire, ask_for_nps: askForNps };
          },
          failed: (error) => logger.warn({ error: describeError(error) }, 'chat answer broke off'),
        });
      },
    );

    app.get(
      '/v2/messages',
      {
        schema: {
          tags,
          summary: 'The messages of a chat, newest first',
          querystring: chatQuery.extend({ dropdown_selected: z.string().optional() }),
        },
      },
      async ({ uid, query }) => {
        chat.warm();
        return await toWire(uid, await chat.list(uid, chatOf(query), LISTED));
      },
    );

    for (const version of ['v2', 'v1']) {
      app.delete(
        `/${version}/messages`,
        { schema: { tags, summary: 'Empty a chat', querystring: chatQuery } },
        async ({ uid, query }) => {
          const id = chatOf(query);
          await chat.clear(uid, id);
          return await greeting(uid, id);
        },
      );

      app.post(
        `/${version}/initial-message`,
        { schema: { tags, summary: 'Greet the user', querystring: chatQuery } },
        async ({ uid, query }) => await greeting(uid, chatOf(query)),
      );
    }
  };
}

function chatOf(query: z.output<typeof chatQuery>): ChatId {
  const given = query.app_id ?? query.plugin_id ?? '';
  const isMain = given === '' || given === 'null' || given === 'no_selected';
  return { appId: isMain ? null : given, sessionId: null };
}

/** Aborted when the client has gone before the answer was complete. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

interface StreamSteps {
  /** The final message on the wire. */
  done(message: Message, askForNps: boolean): Promise<object>;
  failed(error: unknown): void;
}

/**
 * Sends an answer as it is made. What fails before its first piece is an ordinary HTTP error; later
 * the stream ends without `done`, which the clients know as an answer that was not stored.
 */
async function streamAnswer(
  reply: FastifyReply,
  events: AsyncGenerator<ChatEvent, void, undefined>,
  steps: StreamSteps,
): Promise<FastifyReply> {
  const first = await events.next();
  async function* pieces(): AsyncGenerator<string> {
    try {
      for (let next = first; !next.done; next = await events.next()) {
        const event = next.value;
        if (event.type === 'status') yield statusPiece(event.text);
        else if (event.type === 'text') yield* textPieces(event.text);
        else yield donePiece(await steps.done(event.message, event.askForNps));
      }
    } catch (error) {
      steps.failed(error);
    } finally {
      await events.return();
    }
  }
  return reply
    .type('text/event-stream; charset=utf-8')
    .header('cache-control', 'no-cache, no-transform')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(pieces(), { objectMode: true, highWaterMark: 16 }));
}
