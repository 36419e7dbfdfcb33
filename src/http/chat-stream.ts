import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ChatEvent, ChatService } from '../chat/chat-service.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Message } from '../model/chat/message.ts';
import { chatFileToWire } from '../wire/chat-file-wire.ts';
import { donePiece, messagePiece, statusPiece, textPieces } from '../wire/chat-stream.ts';
import { type MessageWire, messageToWire } from '../wire/message-wire.ts';
import type { FileLinks } from './file-links.ts';

/** Longer than a turn may take, so that the turn's own end is what the client sees. */
export const STREAM_TIMEOUT_MS = 200_000;

/** Puts messages on the wire, with what they cite and the files that they came with. */
export class ChatWire {
  readonly #chat: ChatService;
  readonly #links: FileLinks;

  constructor(deps: { chat: ChatService; links: FileLinks }) {
    this.#chat = deps.chat;
    this.#links = deps.links;
  }

  async messages(request: FastifyRequest, list: readonly Message[]): Promise<MessageWire[]> {
    const { uid } = request;
    const [cited, files] = await Promise.all([
      this.#chat.messages.citedBy(uid, list),
      this.#chat.files.findMany(uid, [...new Set(list.flatMap(({ fileIds }) => fileIds))]),
    ]);
    const shown = new Map(
      await Promise.all(
        files.map(async (file) => {
          const url = file.kind === 'image' ? await this.#links.urlOf(file.blobKey, request) : '';
          return [file.id, chatFileToWire(file, url)] as const;
        }),
      ),
    );
    return list.map((message) => messageToWire(message, cited, shown));
  }

  async message(request: FastifyRequest, message: Message): Promise<MessageWire> {
    const [wire] = await this.messages(request, [message]);
    if (!wire) throw new AppError('internal', 'A stored message could not be read back.');
    return wire;
  }
}

export interface StreamSteps {
  wire: ChatWire;
  logger: Logger;
  /** Whether the question comes first, as the answer to a voice message has it. */
  tellsQuestion: boolean;
}

/**
 * Sends an answer as it is made. What fails before its first piece is an ordinary HTTP error; later
 * the stream ends without `done`, which the clients know as an answer that was not stored.
 */
export async function streamAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  events: AsyncGenerator<ChatEvent, void, undefined>,
  { wire, logger, tellsQuestion }: StreamSteps,
): Promise<FastifyReply> {
  const first = await events.next();
  async function* pieces(): AsyncGenerator<string> {
    try {
      for (let next = first; !next.done; next = await events.next()) {
        const event = next.value;
        if (event.type === 'status') yield statusPiece(event.text, event.appId);
        else if (event.type === 'text') yield* textPieces(event.text);
        else if (event.type === 'done') {
          const message = await wire.message(request, event.message);
          yield donePiece({ ...message, ask_for_nps: event.askForNps });
        } else if (tellsQuestion) yield messagePiece(await wire.message(request, event.message));
      }
    } catch (error) {
      logger.warn({ error: describeError(error) }, 'chat answer broke off');
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
