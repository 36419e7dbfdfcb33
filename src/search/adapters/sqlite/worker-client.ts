import type { Worker } from 'node:worker_threads';
import { AppError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import { startWorker } from '../../../kernel/start-worker.ts';
import type {
  WorkerOperation,
  WorkerOperations,
  WorkerRequest,
  WorkerResponse,
  WorkerSettings,
} from './worker-protocol.ts';

interface Waiting {
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
}

/** Thrown if a user's file was damaged; it has been deleted, so trying again finds it empty. */
export class IndexLostError extends AppError {
  constructor() {
    super('conflict', 'The search index was damaged and is being built anew.');
  }
}

/**
 * Calls to the worker thread that holds the files. A worker that dies fails the calls under way,
 * and the next call starts another one.
 */
export class WorkerClient {
  readonly #settings: WorkerSettings;
  readonly #logger: Logger;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #nextId = 1;
  #closed = false;

  constructor(settings: WorkerSettings, logger: Logger) {
    this.#settings = settings;
    this.#logger = logger;
  }

  /** Ends the thread at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#worker?.terminate();
  }

  call<K extends WorkerOperation>(
    operation: K,
    ...args: WorkerOperations[K]['args']
  ): Promise<WorkerOperations[K]['answer']> {
    if (this.#closed) {
      return Promise.reject(new AppError('aborted', 'The search index is closed.'));
    }
    return this.#send(operation, args);
  }

  /** Waits for the calls under way, closes the files and ends the thread. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#worker) return;
    // Messages are answered in order, so that everything asked before is done by then.
    await this.#send('close', []);
    await this.kill();
  }

  #send<K extends WorkerOperation>(
    operation: K,
    args: WorkerOperations[K]['args'],
  ): Promise<WorkerOperations[K]['answer']> {
    const id = this.#nextId++;
    const request: WorkerRequest = { id, operation, args };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      try {
        this.#worker ??= this.#start();
        // The thread keeps the process alive only while somebody waits for it.
        this.#worker.ref();
        this.#worker.postMessage(request);
      } catch (cause) {
        this.#waiting.delete(id);
        reject(new AppError('internal', 'The search worker could not be asked.', { cause }));
      }
    });
  }

  #start(): Worker {
    const worker = startWorker(import.meta.url, './search-worker', { workerData: this.#settings });
    worker.on('message', (response: WorkerResponse) => this.#onResponse(response));
    worker.on('error', (error) => {
      if (this.#worker === worker)
        this.#logger.error({ error: error.message }, 'search worker failed');
      this.#onEnd(worker, error);
    });
    worker.on('exit', () => this.#onEnd(worker, undefined));
    return worker;
  }

  #onResponse(response: WorkerResponse): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    if (!waiting) return;
    if (response.ok) {
      waiting.resolve(response.answer);
    } else if (response.damaged) {
      this.#logger.warn('a damaged search index was deleted');
      waiting.reject(new IndexLostError());
    } else {
      waiting.reject(toError(response));
    }
  }

  #onEnd(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const failed = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of failed) {
      reject(new AppError('internal', 'The search worker died.', { cause, retryable: true }));
    }
  }
}

function toError(response: { code: string | null; message: string }): AppError {
  const cause = new Error(response.message);
  if (response.code === 'SQLITE_FULL') {
    return new AppError('disk-full', 'The search index cannot be written: the disk is full.', {
      cause,
    });
  }
  return new AppError('internal', 'The search index failed.', { cause });
}
