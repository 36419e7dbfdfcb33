import { AppError } from '../../kernel/errors.ts';
import { startWorker } from '../../kernel/start-worker.ts';
import type { FileJob, ReadText } from './file-worker.ts';

export interface FileLimits {
  maxPages: number;
  maxChars: number;
  timeoutMs: number;
  /** Memory that the process may grow by while a file is read, bytes. */
  maxMemoryBytes: number;
}

export const FILE_LIMITS: FileLimits = {
  maxPages: 1000,
  maxChars: 3_000_000,
  timeoutMs: 30_000,
  maxMemoryBytes: 512 * 1024 * 1024,
};

/** How often the memory is looked at: what a stream unpacks to is outside of the heap's limit. */
const WATCH_MS = 50;

/**
 * Reads a file in a thread of its own, which is ended if it takes too long or too much memory: a small
 * PDF can unpack to any size, and a long text keeps a thread busy for seconds.
 *
 * @throws AppError `bad-request` that says why it cannot be read
 */
export function readInThread(
  kind: FileJob['kind'],
  bytes: Uint8Array,
  limits: FileLimits = FILE_LIMITS,
): Promise<ReadText> {
  const { maxPages, maxChars, timeoutMs, maxMemoryBytes } = limits;
  const job: FileJob = { kind, bytes: Uint8Array.from(bytes), maxPages, maxChars };
  const worker = startWorker(import.meta.url, './file-worker', {
    workerData: job,
    transferList: [job.bytes.buffer as ArrayBuffer],
    resourceLimits: { maxOldGenerationSizeMb: Math.floor(maxMemoryBytes / 2 ** 20) },
    // What a library prints may quote the file.
    stdout: true,
    stderr: true,
  });
  const before = process.memoryUsage.rss();
  return new Promise<ReadText>((resolve, reject) => {
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() - before > maxMemoryBytes) reject(tooMuch(kind, 'memory'));
    }, WATCH_MS);
    const timer = setTimeout(() => reject(tooMuch(kind, 'time')), timeoutMs);
    const settle = () => {
      clearInterval(watch);
      clearTimeout(timer);
    };
    worker.once('message', (text: ReadText) => resolve(text));
    worker.once('error', (error) => reject(unreadable(kind, error)));
    worker.once('exit', () => {
      settle();
      reject(unreadable(kind, undefined));
    });
  }).finally(() => worker.terminate());
}

const NAMES: Record<FileJob['kind'], string> = { pdf: 'The PDF', text: 'The file' };

function unreadable(kind: FileJob['kind'], error: unknown): AppError {
  const name = error instanceof Error ? error.name : '';
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return tooMuch(kind, 'memory');
  }
  const why = name === 'PasswordException' ? 'is protected by a password' : 'is damaged';
  return new AppError('bad-request', `${NAMES[kind]} ${why}.`, { cause: error });
}

function tooMuch(kind: FileJob['kind'], what: 'time' | 'memory'): AppError {
  return new AppError('bad-request', `${NAMES[kind]} takes too much ${what} to read.`);
}
