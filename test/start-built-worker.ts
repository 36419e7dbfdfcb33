import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

const SOURCES = new URL('../src/', import.meta.url).href;

/**
 * Stands in for `src/kernel/start-worker.ts` under Vitest: starts the module from `dist`, which the
 * global set-up has compiled. From its source a thread would first load a compiler of its own, half a
 * second of computing for each server that a test starts.
 */
export function startWorker(from: string, path: string, options: WorkerOptions): Worker {
  const source = new URL(path, from).href;
  if (!source.startsWith(SOURCES)) throw new Error(`${source} is not in src.`);
  const built = new URL(`../dist/${source.slice(SOURCES.length)}.js`, import.meta.url);
  return new Worker(fileURLToPath(built), options);
}
