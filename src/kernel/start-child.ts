import { type ChildProcess, fork } from 'node:child_process';

export interface ChildOptions {
  /** Options for Node itself, such as `--expose-gc`. */
  nodeOptions: readonly string[];
}

/**
 * Starts the module `path` (relative, without extension) as a child process beside the module whose
 * `import.meta.url` is `from`, whether that runs as .js or straight from its .ts source. Messages
 * may hold typed arrays. Standard error is a pipe; standard input and output are closed. The
 * environment is empty: the server's keys are not passed on.
 */
export function startChild(from: string, path: string, options: ChildOptions): ChildProcess {
  const isSource = from.endsWith('.ts');
  const loader = isSource ? ['--import', import.meta.resolve('tsx')] : [];
  return fork(new URL(`${path}${isSource ? '.ts' : '.js'}`, from), {
    execArgv: [...options.nodeOptions, ...loader],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}
