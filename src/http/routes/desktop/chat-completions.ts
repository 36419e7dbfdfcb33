import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import {
  ChatCompletions,
  type ChatCompletionsOptions,
  type Completion,
  type CompletionMessage,
  type CompletionPart,
  type CompletionRequest,
  type CompletionStream,
  imageOfDataUrl,
} from '../../../desktop/chat-completions.ts';
import { AppError, isAppError, toAppError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import {
  type CompletionContentWire,
  type CompletionMessageWire,
  type CompletionRequestWire,
  completionRequestSchema,
} from '../../../wire/desktop/chat-completion-wire.ts';
import { errorToWire } from '../../../wire/error-wire.ts';
import { STREAM_TIMEOUT_MS } from '../../chat-stream.ts';
import { goneSignal } from '../../gone-signal.ts';

/** Messages with pictures of the screen. */
const BODY_LIMIT_BYTES = 20 * 1_048_576;

/** What the chats and assistants of desktop apps ask a model, in OpenAI's protocol. */
export function chatCompletionRoutes(
  deps: ChatCompletionsOptions & { logger: Logger },
): FastifyPluginAsyncZod {
  const completions = new ChatCompletions(deps);
  return async (app) => {
    app.post(
      '/v2/chat/completions',
      {
        bodyLimit: BODY_LIMIT_BYTES,
        handlerTimeout: STREAM_TIMEOUT_MS,
        schema: {
          tags: ['desktop'],
          summary: "Ask the server's language model, in the protocol of OpenAI",
          body: completionRequestSchema,
        },
      },
      async ({ uid, body }, reply) => {
        const request = toRequest(body);
        const signal = goneSignal(reply);
        try {
          if (body.stream !== true)
            return completionToWire(await completions.complete(uid, request, signal));
          return await sendStream(reply, completions.start(uid, request, signal), deps.logger);
        } catch (error) {
          return sendError(reply, error);
        }
      },
    );
  };
}

function toRequest({
  messages,
  tools,
  tool_choice: choice,
}: CompletionRequestWire): CompletionRequest {
  return {
    messages: messages.map(toMessage),
    tools:
      choice === 'none'
        ? []
        : (tools ?? []).map(({ function: { name, description, parameters } }) => ({
            name,
            description,
            parameters,
          })),
  };
}

function toMessage(message: CompletionMessageWire): CompletionMessage {
  if (message.role === 'tool') {
    return { role: 'tool', callId: message.tool_call_id, text: textOf(message.content) };
  }
  if (message.role === 'assistant') {
    const toolCalls = (message.tool_calls ?? []).map(({ id, function: called }) => ({
      id,
      ...called,
    }));
    return { role: 'assistant', text: textOf(message.content ?? ''), toolCalls };
  }
  const text = textOf(message.content);
  if (message.role !== 'user') return { role: 'system', text };
  const images = imagesOf(message.content);
  return images.length === 0 ? { role: 'user', text } : { role: 'user-with-images', text, images };
}

function textOf(content: CompletionContentWire): string {
  if (typeof content === 'string') return content;
  return content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('\n');
}

function imagesOf(content: CompletionContentWire) {
  if (typeof content === 'string') return [];
  return content.flatMap((part) => {
    if (part.type !== 'image_url') return [];
    const image = imageOfDataUrl(part.image_url.url);
    // An address is not fetched: it would let a user see the network of the server.
    if (image === null) throw new AppError('bad-request', 'Images must be data: URLs in base64.');
    return [image];
  });
}

function completionToWire(answer: Completion) {
  const calls = answer.toolCalls.map(({ id, name, arguments: args }) => ({
    id,
    type: 'function',
    function: { name, arguments: args },
  }));
  return {
    id: answer.id,
    object: 'chat.completion',
    created: Math.floor(answer.createdAt / 1000),
    model: answer.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: answer.text === '' && calls.length > 0 ? null : answer.text,
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
        },
        finish_reason: answer.finish,
      },
    ],
    usage: usageToWire(answer.usage),
  };
}

function usageToWire({ promptTokens, completionTokens }: Completion['usage']) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

/** Streams an answer. What fails before its first part is an ordinary error. */
async function sendStream(
  reply: FastifyReply,
  stream: CompletionStream,
  logger: Logger,
): Promise<FastifyReply> {
  const first = await stream.parts.next();
  return reply
    .type('text/event-stream; charset=utf-8')
    .header('cache-control', 'no-cache, no-transform')
    .header('x-accel-buffering', 'no')
    .send(
      Readable.from(chunkLines(stream, first, logger), { objectMode: true, highWaterMark: 16 }),
    );
}

async function* chunkLines(
  stream: CompletionStream,
  first: IteratorResult<CompletionPart, void>,
  logger: Logger,
): AsyncGenerator<string> {
  const head = {
    id: stream.id,
    object: 'chat.completion.chunk',
    created: Math.floor(stream.createdAt / 1000),
    model: stream.model,
  };
  const line = (delta: object, finish: string | null, more: object = {}) =>
    `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
  try {
    yield line({ role: 'assistant', content: '' }, null);
    for (let next = first; !next.done; next = await stream.parts.next()) {
      const part = next.value;
      if (part.type === 'text') yield line({ content: part.text }, null);
      else if (part.type === 'tool-call') {
        const { id, name, arguments: args } = part.call;
        const called = {
          index: part.index,
          id,
          type: 'function',
          function: { name, arguments: args },
        };
        yield line({ tool_calls: [called] }, null);
      } else if (part.type === 'end') {
        yield line({}, part.finish, { usage: usageToWire(part.usage) });
      }
    }
  } catch (error) {
    const { code, message } = toAppError(error);
    logger.warn({ code }, 'a completion broke off');
    yield `data: ${JSON.stringify({ error: { message, type: 'server_error', code } })}\n\n`;
  } finally {
    await stream.parts.return();
  }
  yield 'data: [DONE]\n\n';
}

/** Sends an error as OpenAI's clients read it, beside what the other clients read. */
function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  if (!isAppError(error)) throw error;
  const { code, message, status } = error;
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  return reply.code(status).send({ error: { message, type, code }, ...errorToWire(error) });
}
