import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { AppError } from '../kernel/errors.ts';
import type { Environment } from '../kernel/read-variables.ts';

/**
 * Reads the environment of the process; nothing else does. A `.env` file in `directory` adds variables that
 * the environment does not set; a variable of the environment wins, even if it is empty.
 *
 * @throws AppError `invalid-configuration` if the file exists and cannot be read
 */
export function readEnvironment(directory: string = process.cwd()): Environment {
  return { ...readFile(join(directory, '.env')), ...process.env };
}

/**
 * Removes the variables that make LangGraph send every run, including user data, to LangSmith, or print
 * it. LangGraph reads them itself and has no option to disable this.
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
