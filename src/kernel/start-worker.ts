import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts the module `path` (relative, without extension) as a worker thread beside the module whose
 * `import.meta.url` is `from`, whether that runs as .js or straight from its .ts source. In the
 * second case the thread registers tsx by itself: `--import tsx` in `execArgv` has no effect on the
 * modules of a worker in Node 20.
 */
export function startWorker(from: string, path: string, options: WorkerOptions): Worker {
  if (!from.endsWith('.ts')) return new Worker(new URL(`${path}.js`, from), options);
  const api = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const main = JSON.stringify(new URL(`${path}.ts`, from).href);
  const source = `import(${api}).then((tsx) => { tsx.register(); return import(${main}); })`;
  return new Worker(source, { ...options, eval: true });
}
