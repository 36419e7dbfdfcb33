import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { toIso } from '../../../model/timestamp.ts';
import type { Retranscription } from '../../../recordings/recording-retranscription.ts';
import type { FileTranscription } from '../../../recordings/recording-upload.ts';
import type { TranscriptVersions } from '../../../recordings/recording-versions.ts';
import { segmentSchema, segmentToWire } from '../../../wire/segment-wire.ts';
import { goneSignal } from '../../gone-signal.ts';
import { acceptUploads, readUploadedFile } from '../../uploaded-file.ts';

const byId = z.object({ id: z.string() });
/** Speech service or local model that is asked, and no other. */
const model = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .describe(
    'The only speech service (`STT_SERVICE_MODELS`), provider or downloaded local model to ask. Without it the server chooses.',
  );
/** Half an hour of 16 kHz mono, and the form around it. */
const MAX_UPLOAD_BYTES = 64 * 1024 * 1024;
/** Providers take recorded audio faster than it was spoken, but not at any speed. */
const TRANSCRIBE_TIMEOUT_MS = 15 * 60_000;

/** Transcripts of what was recorded: of a conversation once more, of a file that is sent. */
export function recordingTranscriptRoutes(deps: {
  retranscription: Retranscription;
  transcriptVersions: TranscriptVersions;
  fileTranscription: FileTranscription;
}): FastifyPluginAsyncZod {
  const { retranscription, transcriptVersions: versions, fileTranscription: files } = deps;
  return async (app) => {
    const tags = ['recordings'];
    await acceptUploads(app);

    app.post(
      '/v1/conversations/:id/retranscribe',
      {
        schema: {
          response: { 200: z.object({ status: z.string() }) },
          tags,
          summary: 'Transcribe the recording of a conversation again',
          description:
            'Done in the background; `/transcript-versions` tells how it stands. The transcript that was there is kept, and the conversation is processed again.',
          params: byId,
          body: z.object({ model }).nullish(),
        },
      },
      async ({ uid, params, body }) => {
        await retranscription.request(uid, params.id, body?.model ?? null);
        return { status: 'started' };
      },
    );

    app.get(
      '/v1/conversations/:id/transcript-versions',
      {
        schema: {
          tags,
          response: {
            200: z.object({
              retranscription: z.object({
                state: z.enum(['none', 'running', 'failed']),
                error: z.string().nullable(),
              }),
              versions: z.array(
                z.object({
                  id: z.string(),
                  replaced_at: z.string(),
                  segment_count: z.int(),
                  stt_providers: z.array(z.string()),
                }),
              ),
            }),
          },
          summary: 'List earlier transcripts of a conversation, newest first',
          params: byId,
        },
      },
      async ({ uid, params }) => {
        const found = await versions.list(uid, params.id);
        return {
          retranscription: await retranscription.state(uid, params.id),
          versions: found.map((version) => ({
            id: version.id,
            replaced_at: toIso(version.replacedAt),
            segment_count: version.segmentCount,
            stt_providers: version.sttProviders,
          })),
        };
      },
    );

    app.get(
      '/v1/conversations/:id/transcript-versions/:version_id',
      {
        schema: {
          response: {
            200: z.object({ id: z.string(), transcript_segments: z.array(segmentSchema) }),
          },
          tags,
          summary: 'Get an earlier transcript',
          params: byId.extend({ version_id: z.string() }),
        },
      },
      async ({ uid, params }) => {
        const segments = await versions.segments(uid, params.id, params.version_id);
        return { id: params.version_id, transcript_segments: segments.map(segmentToWire) };
      },
    );

    app.post(
      '/v1/stt/transcribe',
      {
        bodyLimit: MAX_UPLOAD_BYTES,
        handlerTimeout: TRANSCRIBE_TIMEOUT_MS,
        config: { form: { file: 'file' } },
        schema: {
          tags,
          response: { 200: z.object({ text: z.string(), segments: z.array(segmentSchema) }) },
          summary: 'Transcribe a file',
          description:
            'Field `file` of a form: a file of at most 30 minutes and 64 MB: WAV, MP3, M4A, MP4, WebM, FLAC, Ogg or AAC. Nothing is kept of it.',
          consumes: ['multipart/form-data'],
          querystring: z.object({ language: z.string().min(2).max(35).optional(), model }),
        },
      },
      async (request, reply) => {
        const signal = AbortSignal.any([
          goneSignal(reply),
          AbortSignal.timeout(TRANSCRIBE_TIMEOUT_MS),
        ]);
        const file = await readUploadedFile(request, 'file', MAX_UPLOAD_BYTES);
        const { language = null, model: asked = null } = request.query;
        const wishes = { language, model: asked };
        const segments = await files.transcribe(request.uid, file, wishes, signal);
        return {
          text: segments.map((segment) => segment.text).join(' '),
          segments: segments.map(segmentToWire),
        };
      },
    );
  };
}
