import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { AppError } from '../kernel/errors.ts';
import type { Environment } from '../kernel/read-variables.ts';

/**
 * The only reader of the process's environment. A `.env` file in `directory` fills in what the
 * environment does not name; what the environment names wins, even where it is empty. Throws
 * `invalid-configuration` where the file is there and cannot be read.
 */
export function readEnvironment(directory: string = process.cwd()): Environment {
  return { ...readFile(join(directory, '.env')), ...process.env };
}

/**
 * Removes the variables by which LangGraph would send every run, with what people said, to LangSmith,
 * or print it: it reads them itself, whenever it runs, and has no option against them.
 */
export function switchOffTracing(): void {
  for (const name of Object.keys(process.env)) {
    if (/^LANG(?:SMITH|CHAIN|GRAPH)_/.test(name)) delete process.env[name];
  }
}

function readFile(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    throw new AppError('invalid-configuration', `${path} cannot be read.`, { cause });
  }
}
