import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ChatService } from '../../../chat/chat-service.ts';
import { AppError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import type { VoiceTranscription } from '../../../voice-messages/voice-transcription.ts';
import { type ChatWire, STREAM_TIMEOUT_MS, streamAnswer } from '../../chat-stream.ts';
import { goneSignal } from '../../gone-signal.ts';
import { contentResponse } from '../../openapi/body-kinds.ts';
import { acceptUploads, readUploadedFiles } from '../../uploaded-file.ts';

const MAX_UPLOAD_BYTES = 32 * 1024 * 1024;
const MAX_FILES = 10;
/** Transcribing comes before answering. */
const TIMEOUT_MS = STREAM_TIMEOUT_MS + 5 * 60_000;
const MAIN_CHAT = { appId: null, sessionId: null };

/** Asking the main chat by voice. */
export function voiceMessageRoutes(deps: {
  chat: ChatService;
  chatWire: ChatWire;
  voice: VoiceTranscription;
  logger: Logger;
}): FastifyPluginAsyncZod {
  const { chat, chatWire: wire, voice } = deps;
  const logger = deps.logger.child({ subsystem: 'chat' });
  return async (app) => {
    await acceptUploads(app);
    app.post(
      '/v2/voice-messages',
      {
        bodyLimit: MAX_FILES * MAX_UPLOAD_BYTES,
        handlerTimeout: TIMEOUT_MS,
        config: { form: { files: 'files', language: 'text?' } },
        schema: {
          tags: ['chat'],
          response: {
            200: contentResponse(
              'The pieces of the answer: see docs/client-protocol.md.',
              'text/event-stream',
            ),
          },
          summary: 'Ask by voice and stream the answer',
          description:
            'Field `files` of a form: a recording of the app, `audio_…_<unix seconds>.bin`; only the first counts. Field `language`: as of `/v2/voice-message/transcribe`. The first piece of the stream is `message: `, the question as it was understood; if nobody spoke, the stream is empty.',
          consumes: ['multipart/form-data'],
        },
      },
      async (request, reply) => {
        const gone = goneSignal(reply);
        const limits = { maxBytes: MAX_UPLOAD_BYTES, maxFiles: MAX_FILES };
        const texts = new Map<string, string>();
        let first: { name: string; bytes: Uint8Array } | undefined;
        for await (const file of readUploadedFiles(request, 'files', limits, texts)) first ??= file;
        if (!first) throw new AppError('bad-request', 'Paths is invalid');
        const language = texts.get('language') ?? null;
        const { text } = await voice.transcribeRecording(request.uid, first, language, gone);
        if (text.trim() === '') {
          return await reply.type('text/event-stream; charset=utf-8').send('');
        }
        const asked = {
          text,
          page: null,
          scope: null,
          fileIds: [],
          isSpoken: true,
          mayWrite: true,
        };
        const events = chat.answer(request.uid, MAIN_CHAT, asked, gone);
        return await streamAnswer(request, reply, events, { wire, logger, tellsQuestion: true });
      },
    );
  };
}
