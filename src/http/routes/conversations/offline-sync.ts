import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  MAX_SYNC_FILE_BYTES,
  MAX_SYNC_FILES,
  type OfflineSyncService,
} from '../../../offline-sync/offline-sync-service.ts';
import {
  syncJobSchema,
  syncJobToWire,
  syncResultSchema,
  syncResultToWire,
} from '../../../wire/sync-job-wire.ts';
import { goneSignal } from '../../gone-signal.ts';
import { HttpError } from '../../http-error.ts';
import { queryInt } from '../../query-types.ts';
import { acceptUploads, missingFile, streamUploadedFiles } from '../../uploaded-file.ts';

const MAX_TOTAL_BYTES = 1024 * 1024 * 1024;
const POLL_AFTER_MS = 3_000;
/** How long the old route waits for the words of its files. */
const WAIT_MS = 4 * 60_000;
const TIMEOUT_MS = 30 * 60_000;
const LIMITS = {
  maxBytes: MAX_SYNC_FILE_BYTES,
  maxTotalBytes: MAX_TOTAL_BYTES,
  maxFiles: MAX_SYNC_FILES,
};

const querystring = z.object({
  conversation_id: z
    .string()
    .max(128)
    .optional()
    .describe('The conversation that the files belong to; without it, the one of their time'),
  conversation_timeout: queryInt({ min: 2, max: 14_400 })
    .optional()
    .describe('Pause that ends a conversation, seconds; 120 unless given'),
});
type Query = z.infer<typeof querystring>;

const started = z.object({
  job_id: z.string(),
  status: z.literal('queued'),
  total_files: z.number().int(),
  total_segments: z.number().int(),
  poll_after_ms: z.number().int(),
});

const FORM = `A form with \`files\`: what a device recorded without a connection, at most ${MAX_SYNC_FILES} files. The names say codec, sample rate and time: \`audio_<device>_<codec>_<rate>_<channels>_fs<samples>_<unix time>.bin\`.`;

/** Audio that devices recorded while no phone was near. */
export function offlineSyncRoutes(deps: {
  offlineSync: OfflineSyncService;
}): FastifyPluginAsyncZod {
  const { offlineSync } = deps;
  const upload = (request: FastifyRequest & { query: Query }) => {
    if (!request.isMultipart()) throw missingFile('files');
    const { conversation_id: conversationId, conversation_timeout: timeout } = request.query;
    return offlineSync.upload({
      uid: request.uid,
      files: streamUploadedFiles(request, 'files', LIMITS),
      conversationId: conversationId || null,
      timeoutMs: timeout === undefined ? null : timeout * 1000,
    });
  };
  return async (app) => {
    await acceptUploads(app);
    const tags = ['recordings'];
    const common = {
      bodyLimit: MAX_TOTAL_BYTES,
      handlerTimeout: TIMEOUT_MS,
      config: { form: { files: 'files' } },
    } as const;

    app.post(
      '/v2/sync-local-files',
      {
        ...common,
        schema: {
          tags,
          summary: 'Upload files that a device recorded without a connection',
          description: `${FORM} The files are stored when the answer comes; their words follow.`,
          consumes: ['multipart/form-data'],
          querystring,
          response: { 202: started },
        },
      },
      async (request, reply) => {
        const made = await upload(request);
        const total = made.fileIds.length + made.refused.length;
        reply.code(202);
        return {
          job_id: made.id,
          status: 'queued' as const,
          total_files: total,
          total_segments: total,
          poll_after_ms: POLL_AFTER_MS,
        };
      },
    );

    app.get(
      '/v2/sync-local-files/:job_id',
      {
        schema: {
          tags,
          summary: 'How far the transcription of uploaded files is',
          description: 'A segment is a file here. The result is there once all files are done.',
          params: z.object({ job_id: z.string() }),
          response: { 200: syncJobSchema },
        },
      },
      async ({ uid, params }) => syncJobToWire(await offlineSync.progress(uid, params.job_id)),
    );

    app.get(
      '/v3/speech-profile/stt-availability',
      {
        schema: {
          tags: ['speech profile'],
          summary: 'Whether speech can be recognised at present',
          response: { 200: z.object({ available: z.boolean() }) },
        },
      },
      async ({ uid }) => ({ available: await offlineSync.canTranscribe(uid) }),
    );

    app.post(
      '/v1/sync-local-files',
      {
        ...common,
        schema: {
          tags,
          summary: 'Upload files and wait for their words (for older apps)',
          description: `${FORM} 207 if some of the files could not be read.`,
          consumes: ['multipart/form-data'],
          querystring,
          response: { 200: syncResultSchema, 207: syncResultSchema },
        },
      },
      async (request, reply) => {
        reply.header('deprecation', 'true');
        reply.header('link', '</v2/sync-local-files>; rel="successor-version"');
        const made = await upload(request);
        const gone = goneSignal(reply);
        const progress = await offlineSync.settled(request.uid, made.id, WAIT_MS, gone);
        const result = syncResultToWire(progress);
        if (result.failed_segments === result.total_segments) {
          const reasons = result.errors.slice(0, 3).join(' ');
          const text = `All ${result.total_segments} segment(s) failed processing: ${reasons}`;
          throw new HttpError(500, text);
        }
        const isWhole = progress.files.every(({ state }) => state === 'done');
        reply.code(isWhole ? 200 : 207);
        return result;
      },
    );
  };
}
