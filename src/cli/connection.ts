import { type Command, Option } from 'commander';
import { machineToken } from '../auth/machine-tokens.ts';
import { commandName, readEnvironment } from '../config/env.ts';
import { AppError } from '../kernel/errors.ts';
import { createServerClient, type ServerClient } from './api/server-client.ts';
import { readCliEnvironment } from './environment.ts';
import { findRunningServer } from './running-server.ts';

export interface ConnectionOptions {
  url?: string;
  token?: string;
  user?: string;
}

/** How much a command prints: for a person, for a program, or only what was asked for. */
export interface OutputOptions {
  json?: boolean;
  quiet?: boolean;
}

/** Adds the options that say which server is asked, and as whom. */
export function withConnection(command: Command): Command {
  return command
    .option('--url <address>', 'of the server (default: the one that runs on DATA_DIR)')
    .option(
      '--token <token>',
      'sign-in token, or OMI_TOKEN in the environment (not needed on the machine of the server)',
    )
    .option('--user <name>', 'on the machine of the server: for whom (default: owner)');
}

/** Adds the connection and the options that say how the result is printed. */
export function withConnectionAndOutput(command: Command): Command {
  return withConnection(command)
    .addOption(new Option('--json', 'print JSON, as the HTTP API returns it').conflicts('quiet'))
    .option('-q, --quiet', 'print only ids, or nothing but the result');
}

/**
 * Returns a client of the server that is meant. Without a token it acts for a user of the server that
 * runs on the data directory of this machine.
 *
 * @throws AppError `bad-request` if options contradict, `not-configured` if no server runs here,
 * `unauthenticated` if the server needs a token
 */
export async function connect(options: ConnectionOptions): Promise<ServerClient> {
  const given = options.url === undefined ? undefined : checkUrl(options.url);
  const env = readEnvironment();
  const token = (options.token ?? (options.user === undefined ? env.OMI_TOKEN : undefined))?.trim();
  if (token !== undefined && options.user !== undefined) {
    throw new AppError('bad-request', '--user is for use without --token: a token has its user.');
  }
  if (given !== undefined && token) return createServerClient(given, token);
  const { config } = readCliEnvironment();
  const running = await findRunningServer(config.dataDir);
  const isRunning = running !== undefined && (given === undefined || given === running.url);
  const url = given ?? running?.url ?? `http://127.0.0.1:${config.server.port}`;
  if (token) return createServerClient(url, token);
  if (isRunning && running.key !== null) {
    return createServerClient(url, machineToken(running.key, options.user ?? 'owner'));
  }
  if (given !== undefined || isRunning) {
    throw new AppError(
      'bad-request',
      'A token is needed: --token, or OMI_TOKEN in the environment. Make one on the machine of the server: omi-backend token create',
    );
  }
  throw new AppError(
    'not-configured',
    `No server runs on ${config.dataDir}. Start it in another terminal: ${commandName()} serve. Or name one with --url.`,
  );
}

function checkUrl(url: string): string {
  if (!/^https?:\/\/./u.test(url)) {
    throw new AppError('bad-request', '--url begins with http:// or https://');
  }
  return url.replace(/\/+$/u, '');
}
