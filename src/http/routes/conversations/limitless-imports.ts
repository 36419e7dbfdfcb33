import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { LimitlessImport } from '../../../conversations/archives/limitless-import.ts';
import type { ImportJob } from '../../../model/conversations/import-job.ts';
import { toIso } from '../../../model/timestamp.ts';
import { queryInt } from '../../query-types.ts';
import { acceptUploads, missingFile, streamUploadedFiles } from '../../uploaded-file.ts';

const tags = ['conversations'];
const MAX_ARCHIVE_BYTES = 2 * 1024 ** 3;
const LIMITS = { maxBytes: MAX_ARCHIVE_BYTES, maxTotalBytes: MAX_ARCHIVE_BYTES, maxFiles: 1 };
/** An archive over a slow line. */
const TIMEOUT_MS = 3_600_000;

/** An import on Omi's wire. */
const importJobSchema = z
  .object({
    job_id: z.string(),
    status: z.enum(['pending', 'processing', 'completed', 'failed']),
    total_files: z.number().int().nullable(),
    processed_files: z.number().int().nullable(),
    conversations_created: z.number().int().nullable(),
    created_at: z.string().nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'ImportJob' });

/** Archives of other products that become conversations. */
export function limitlessImportRoutes(deps: {
  limitlessImport: LimitlessImport;
}): FastifyPluginAsyncZod {
  const { limitlessImport } = deps;
  return async (app) => {
    await acceptUploads(app);
    app.post(
      '/v1/import/limitless',
      {
        bodyLimit: MAX_ARCHIVE_BYTES,
        handlerTimeout: TIMEOUT_MS,
        schema: {
          tags,
          summary: 'Import an export of Limitless (a ZIP archive)',
          consumes: ['multipart/form-data'],
          querystring: z.object({ language: z.string().min(2).max(35).default('en') }),
          response: { 200: importJobSchema },
        },
      },
      async (request) => {
        for await (const archive of streamUploadedFiles(request, 'file', LIMITS)) {
          const { uid, query } = request;
          return importJobToWire(await limitlessImport.start(uid, archive, query.language));
        }
        throw missingFile('file');
      },
    );

    app.get(
      '/v1/import/jobs',
      {
        schema: {
          tags,
          summary: 'List imports, newest first',
          querystring: z.object({ limit: queryInt({ min: 1, max: 500 }).default(50) }),
          response: { 200: z.array(importJobSchema) },
        },
      },
      async ({ uid, query }) => (await limitlessImport.list(uid, query.limit)).map(importJobToWire),
    );

    app.get(
      '/v1/import/jobs/:job_id',
      {
        schema: {
          tags,
          summary: 'Get how far an import is',
          params: z.object({ job_id: z.string() }),
          response: { 200: importJobSchema },
        },
      },
      async ({ uid, params }) => importJobToWire(await limitlessImport.get(uid, params.job_id)),
    );

    app.delete(
      '/v1/import/limitless/conversations',
      {
        handlerTimeout: TIMEOUT_MS,
        schema: {
          tags,
          summary: 'Delete every conversation that came from an export of Limitless',
          response: { 200: z.object({ deleted_count: z.number().int(), message: z.string() }) },
        },
      },
      async ({ uid }) => {
        const count = await limitlessImport.deleteConversations(uid);
        return {
          deleted_count: count,
          message: `Successfully deleted ${count} Limitless conversations`,
        };
      },
    );
  };
}

function importJobToWire(job: ImportJob): z.output<typeof importJobSchema> {
  return {
    job_id: job.id,
    status: job.state,
    total_files: job.totalFiles,
    processed_files: job.processedFiles,
    conversations_created: job.conversationsCreated,
    created_at: toIso(job.createdAt),
    error: job.problem,
  };
}
