import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { RECORDING_FORMATS } from '../../../recordings/recording-audio.ts';
import type { RecordingService } from '../../../recordings/recording-service.ts';
import { parseByteRange } from '../../byte-range.ts';
import type { FileLinks } from '../../file-links.ts';
import { HttpError } from '../../http-error.ts';
import { contentResponse } from '../../openapi/body-kinds.ts';

const tags = ['recordings'];
const ofConversation = z.object({ conversation_id: z.string() });

const linkedAudioSchema = z.object({
  id: z.string(),
  status: z.literal('cached'),
  signed_url: z.string(),
  content_type: z.string(),
  /** Seconds. */
  duration: z.number(),
});
const audioResponse = contentResponse(
  'Audio.',
  'audio/wav',
  'audio/ogg',
  'application/octet-stream',
);

/** The audio that is kept of conversations. */
export function recordingRoutes(deps: {
  recordings: RecordingService;
  links: FileLinks;
}): FastifyPluginAsyncZod {
  const { recordings, links } = deps;
  return async (app) => {
    app.post(
      '/v1/sync/audio/:conversation_id/precache',
      {
        schema: {
          tags,
          response: {
            200: z.object({
              status: z.enum(['started', 'no_audio']),
              audio_file_count: z.int().optional(),
              message: z.string().optional(),
            }),
          },
          summary: 'Prepare the audio of a conversation for playing',
          description: 'There is nothing to prepare here: audio is decoded while it is read.',
          params: ofConversation,
        },
      },
      async ({ uid, params }) => {
        const found = await recordings.list(uid, params.conversation_id);
        return found.length > 0
          ? { status: 'started' as const, audio_file_count: found.length }
          : { status: 'no_audio' as const, message: 'No audio files in this conversation' };
      },
    );

    app.get(
      '/v1/sync/audio/:conversation_id/urls',
      {
        schema: {
          tags,
          response: { 200: z.object({ audio_files: z.array(linkedAudioSchema) }) },
          summary: 'Get links to the audio of a conversation, valid for an hour',
          description: 'They lead to the files as they are stored: Ogg/Opus or WAV.',
          params: ofConversation,
        },
      },
      async (request) => {
        const found = await recordings.list(request.uid, request.params.conversation_id);
        const files = found.map(async (recording) => ({
          id: recording.id,
          status: 'cached' as const,
          signed_url: await links.urlOf(recording.blobKey, request),
          content_type: recording.codec === 'opus' ? 'audio/ogg' : 'audio/wav',
          duration: recording.durationMs / 1000,
        }));
        return { audio_files: await Promise.all(files) };
      },
    );

    app.get(
      '/v1/sync/audio/:conversation_id/:audio_file_id',
      {
        schema: {
          tags,
          response: { 200: audioResponse, 206: audioResponse },
          summary: 'Get audio (supports byte ranges)',
          description:
            '`wav` and `pcm` (signed 16-bit little-endian mono) are decoded while they are read; `original` is the file as it is stored.',
          params: ofConversation.extend({ audio_file_id: z.string() }),
          querystring: z.object({ format: z.enum(RECORDING_FORMATS).default('wav') }),
        },
      },
      async (request, reply) => {
        const { conversation_id: conversationId, audio_file_id: id } = request.params;
        const { format } = request.query;
        const content = await recordings.open(request.uid, conversationId, id, format);
        const range = parseByteRange(request.headers.range, content.size);
        reply.header('accept-ranges', 'bytes');
        if (range === 'unsatisfiable') {
          reply.header('content-range', `bytes */${content.size}`);
          throw new HttpError(416, 'Range Not Satisfiable');
        }
        const body = request.method === 'HEAD' ? null : await content.read(range);
        reply.type(content.contentType);
        reply.header('content-disposition', `attachment; filename="${id}.${content.extension}"`);
        // Omi says public; but only the holder of the token may read it from a cache.
        reply.header('cache-control', 'private, max-age=3600');
        reply.header('content-length', range ? range.end - range.start + 1 : content.size);
        if (range) {
          reply.code(206);
          reply.header('content-range', `bytes ${range.start}-${range.end}/${content.size}`);
        }
        return reply.send(body);
      },
    );
  };
}
