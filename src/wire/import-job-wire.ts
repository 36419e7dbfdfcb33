import { z } from 'zod';
import type { ImportJob } from '../model/conversations/import-job.ts';
import { toIso } from '../model/timestamp.ts';

/** An import on Omi's wire. */
export const importJobSchema = z
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

export function importJobToWire(job: ImportJob): z.output<typeof importJobSchema> {
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
