import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { AppError } from '../kernel/errors.ts';
import type { Environment } from '../kernel/read-variables.ts';

/** Folder of the package: this file is two levels below it, in `src` and in `dist`. */
const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const NAME = 'omi-backend';

/**
 * Reads the environment of the process; nothing else does. A `.env` file in `directory` adds variables that
 * the environment does not set; a variable of the environment wins, even if it is empty. An installed
 * package has a file of settings and a data directory in the user's folders as well, so that it works from
 * any folder.
 *
 * @throws AppError `invalid-configuration` if a file exists and cannot be read
 */
export function readEnvironment(directory: string = process.cwd()): Environment {
  const here = readFile(join(directory, '.env'));
  if (!isInstalled()) return { ...here, ...process.env };
  const env = { ...readFile(userSettingsFile()), ...here, ...process.env };
  return env.DATA_DIR ? env : { ...env, DATA_DIR: userDataDirectory() };
}

/** Returns the variables of the process alone, without files of settings. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Returns the path of the file that `omi-backend config set` writes. */
export function settingsFile(directory: string = process.cwd()): string {
  const here = join(directory, '.env');
  return isInstalled() && !existsSync(here) ? userSettingsFile() : here;
}

/** Returns how the program is called from here, for messages. */
export function commandName(): string {
  return isInstalled() ? NAME : `npx ${NAME}`;
}

/** Returns true if the program was installed as a package; false in a copy of the repository. */
export function isInstalled(packageFolder: string = PACKAGE): boolean {
  return !existsSync(join(packageFolder, 'src', 'main.ts'));
}

/**
 * Returns the folder in which an installed program keeps its data.
 *
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function userDataDirectory(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', NAME);
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), NAME);
  return join(absolute(env.XDG_DATA_HOME) ?? join(home, '.local', 'share'), NAME);
}

function userSettingsFile(env: Environment = process.env): string {
  if (process.platform === 'win32' || process.platform === 'darwin') {
    return join(userDataDirectory(), 'settings.env');
  }
  return join(absolute(env.XDG_CONFIG_HOME) ?? join(homedir(), '.config'), NAME, 'settings.env');
}

/** The specification says to ignore relative paths. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith('/') ? path : undefined;
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
