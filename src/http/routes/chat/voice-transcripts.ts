import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import type { VoiceFile, VoiceTranscription } from '../../../voice-messages/voice-transcription.ts';
import { parseKeywords } from '../../../wire/voice-keywords.ts';
import { goneSignal } from '../../gone-signal.ts';
import { queryInt } from '../../query-types.ts';
import { acceptUploads, readUploadedFiles } from '../../uploaded-file.ts';

const MAX_FILE_BYTES = 32 * 1024 * 1024;
const MAX_FILES = 10;
const MAX_PCM_BYTES = 200 * 1024 * 1024;
const TIMEOUT_MS = 15 * 60_000;

const querystring = z.object({
  language: z.string().max(35).optional(),
  keywords: z.string().max(10_000).optional(),
  encoding: z.enum(['linear16']).default('linear16'),
  sample_rate: queryInt({ min: 8_000, max: 48_000 }).default(16_000),
  channels: queryInt({ min: 1, max: 2 }).default(1),
});

/** What was spoken, as text for the input field; nothing is kept. */
export function voiceTranscriptRoutes({
  voice,
}: {
  voice: VoiceTranscription;
}): FastifyPluginAsyncZod {
  return async (app) => {
    await acceptUploads(app);
    app.addContentTypeParser<Buffer>(
      'application/octet-stream',
      { parseAs: 'buffer', bodyLimit: MAX_PCM_BYTES },
      (_request, body, done) => done(null, body),
    );
    app.post(
      '/v2/voice-message/transcribe',
      {
        bodyLimit: MAX_PCM_BYTES,
        handlerTimeout: TIMEOUT_MS,
        config: { form: { files: 'files', language: 'text?' } },
        schema: {
          tags: ['chat'],
          response: { 200: z.object({ transcript: z.string(), language: z.string().optional() }) },
          summary: 'Transcribe a voice message',
          description:
            'Either a form with `files` (WAV, MP3, M4A, MP4, WebM, FLAC, Ogg, AAC, or a recording of the app, 32 MB each) and `language`, or raw 16-bit PCM as `application/octet-stream`, described by the query. `language`: `auto` or `multi` for any, a code for that one; without it, the user’s own.',
          consumes: ['multipart/form-data', 'application/octet-stream'],
          querystring,
        },
      },
      async (request, reply) => {
        const gone = goneSignal(reply);
        const { uid, query } = request;
        const heard = request.isMultipart()
          ? await voice.transcribeFiles(uid, ...(await formOf(request)), gone)
          : await voice.transcribePcm(
              uid,
              {
                bytes: pcmOf(request.body),
                sampleRate: query.sample_rate,
                channels: query.channels === 2 ? 2 : 1,
              },
              query.language ?? null,
              parseKeywords(query.keywords),
              gone,
            );
        const { text, language } = heard;
        return { transcript: text, ...(language === null ? {} : { language }) };
      },
    );
  };
}

async function formOf(request: FastifyRequest): Promise<[VoiceFile[], string | null]> {
  const texts = new Map<string, string>();
  const files: VoiceFile[] = [];
  const limits = { maxBytes: MAX_FILE_BYTES, maxFiles: MAX_FILES };
  for await (const file of readUploadedFiles(request, 'files', limits, texts)) files.push(file);
  if (files.length === 0) throw new AppError('bad-request', 'No files provided');
  return [files, texts.get('language') ?? null];
}

function pcmOf(body: unknown): Uint8Array {
  if (!(body instanceof Uint8Array) || body.length === 0) {
    throw new AppError('bad-request', 'No audio data provided');
  }
  return body;
}
