import { AppError } from '../../kernel/errors.ts';
import { startWorker } from '../../kernel/start-worker.ts';
import type { PdfJob, PdfText } from './pdf-worker.ts';

export interface PdfLimits {
  maxPages: number;
  maxChars: number;
  timeoutMs: number;
  /** Memory that the process may grow by while a file is read, bytes. */
  maxMemoryBytes: number;
}

export const PDF_LIMITS: PdfLimits = {
  maxPages: 1000,
  maxChars: 3_000_000,
  timeoutMs: 30_000,
  maxMemoryBytes: 512 * 1024 * 1024,
};

/** How often the memory is looked at: what a stream unpacks to is outside of the heap's limit. */
const WATCH_MS = 50;

/**
 * Reads the text of a PDF in a thread of its own, which is ended where it takes too long or too
 * much memory: a small file can unpack to any size. Throws `bad-request` that says why it cannot be
 * read.
 */
export function readPdf(bytes: Uint8Array, limits: PdfLimits = PDF_LIMITS): Promise<PdfText> {
  const { maxPages, maxChars, timeoutMs, maxMemoryBytes } = limits;
  const job: PdfJob = { bytes: Uint8Array.from(bytes), maxPages, maxChars };
  const worker = startWorker(import.meta.url, './pdf-worker', {
    workerData: job,
    transferList: [job.bytes.buffer as ArrayBuffer],
    resourceLimits: { maxOldGenerationSizeMb: Math.floor(maxMemoryBytes / 2 ** 20) },
    // What a library prints may quote the file.
    stdout: true,
    stderr: true,
  });
  const before = process.memoryUsage.rss();
  return new Promise<PdfText>((resolve, reject) => {
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() - before > maxMemoryBytes) reject(tooMuch('memory'));
    }, WATCH_MS);
    const timer = setTimeout(() => reject(tooMuch('time')), timeoutMs);
    const settle = () => {
      clearInterval(watch);
      clearTimeout(timer);
    };
    worker.once('message', (text: PdfText) => resolve(text));
    worker.once('error', (error) => reject(unreadable(error)));
    worker.once('exit', () => {
      settle();
      reject(unreadable(undefined));
    });
  }).finally(() => worker.terminate());
}

function unreadable(error: unknown): AppError {
  const name = error instanceof Error ? error.name : '';
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return tooMuch('memory');
  }
  const why = name === 'PasswordException' ? 'is protected by a password' : 'is damaged';
  return new AppError('bad-request', `The PDF ${why}.`, { cause: error });
}

function tooMuch(what: 'time' | 'memory'): AppError {
  return new AppError('bad-request', `The PDF takes too much ${what} to read.`);
}
