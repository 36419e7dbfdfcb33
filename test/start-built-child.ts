import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ChildOptions } from '../src/kernel/start-child.ts';

const SOURCES = new URL('../src/', import.meta.url).href;

/** Stands in for `src/kernel/start-child.ts` under Vitest, for the reason of `startWorker`'s stand-in. */
export function startChild(from: string, path: string, options: ChildOptions): ChildProcess {
  const source = new URL(path, from).href;
  if (!source.startsWith(SOURCES)) throw new Error(`${source} is not in src.`);
  const built = new URL(`../dist/${source.slice(SOURCES.length)}.js`, import.meta.url);
  return fork(fileURLToPath(built), {
    execArgv: [...options.nodeOptions],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}
