import { z } from 'zod';

/** How far one file is; `waiting` while its words are not stored. */
interface FileState {
  name: string;
  state: 'waiting' | 'done' | 'failed';
  problem: string | null;
  conversationIds: readonly string[];
}

/** How far a request with files is. */
interface Progress {
  id: string;
  files: readonly FileState[];
  createdIds: readonly string[];
  updatedIds: readonly string[];
}

/** Reasons that are given; the rest is in the list of files. */
const MAX_ERRORS = 10;

export const syncResultSchema = z.object({
  new_memories: z.array(z.string()),
  updated_memories: z.array(z.string()),
  failed_segments: z.number().int(),
  total_segments: z.number().int(),
  errors: z.array(z.string()),
});

export const syncJobSchema = z.object({
  job_id: z.string(),
  status: z.enum(['queued', 'processing', 'completed', 'partial_failure', 'failed']),
  total_segments: z.number().int(),
  processed_segments: z.number().int(),
  successful_segments: z.number().int(),
  failed_segments: z.number().int(),
  result: syncResultSchema.optional(),
  error: z.string().optional(),
  /** Not of Omi: each file by its name. */
  files: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['queued', 'completed', 'failed']),
      problem: z.string().nullable(),
      conversation_ids: z.array(z.string()),
    }),
  ),
});

const STATUS = { waiting: 'queued', done: 'completed', failed: 'failed' } as const;

/** Returns what clients poll for, with the result once all files are done. */
export function syncJobToWire(progress: Progress): z.input<typeof syncJobSchema> {
  const { id, files } = progress;
  const count = (state: FileState['state']) => files.filter((file) => file.state === state).length;
  const failed = count('failed');
  const waiting = count('waiting');
  const isOver = waiting === 0;
  const result = syncResultToWire(progress);
  const isFailure = isOver && failed === files.length;
  return {
    job_id: id,
    status: statusOf({ total: files.length, waiting, failed }),
    total_segments: files.length,
    processed_segments: files.length - waiting,
    successful_segments: count('done'),
    failed_segments: failed,
    ...(isOver ? { result } : {}),
    ...(isFailure
      ? { error: `All ${failed} segments failed. First error: ${result.errors[0] ?? ''}` }
      : {}),
    files: files.map(({ name, state, problem, conversationIds }) => ({
      name,
      status: STATUS[state],
      problem,
      conversation_ids: [...conversationIds],
    })),
  };
}

function statusOf({
  total,
  waiting,
  failed,
}: {
  total: number;
  waiting: number;
  failed: number;
}): z.input<typeof syncJobSchema>['status'] {
  if (waiting === total) return 'queued';
  if (waiting > 0) return 'processing';
  if (failed === 0) return 'completed';
  return failed === total ? 'failed' : 'partial_failure';
}

/** Returns the conversations of the files, and what could not be read, as older apps expect them. */
export function syncResultToWire({
  files,
  createdIds,
  updatedIds,
}: Progress): z.infer<typeof syncResultSchema> {
  const problems = files.flatMap(({ name, state, problem }) => {
    if (problem !== null) return [problem.includes(name) ? problem : `${name}: ${problem}`];
    if (state === 'waiting') return [`${name} is stored and still being transcribed.`];
    return state === 'failed' ? [`${name} could not be read.`] : [];
  });
  return {
    new_memories: [...createdIds],
    updated_memories: [...updatedIds],
    failed_segments: files.filter(({ state }) => state === 'failed').length,
    total_segments: files.length,
    errors: problems.slice(0, MAX_ERRORS),
  };
}
