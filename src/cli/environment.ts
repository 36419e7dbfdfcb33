import { ApiKeys } from '../auth/api-keys.ts';
import { BrowserSessions } from '../auth/browser-sessions.ts';
import { ConnectorGrants } from '../auth/connectors/connector-grants.ts';
import { LocalAccounts } from '../auth/local-accounts.ts';
import { SignedInUsers } from '../auth/signed-in-users.ts';
import { type Config, readConfig } from '../config/config.ts';
import { readEnvironment } from '../config/env.ts';
import { readSecrets, type Secrets } from '../config/secrets.ts';
import { openStore } from '../context/open-engines.ts';
import type { Context } from '../context.ts';
import { systemClock } from '../kernel/clock.ts';
import { createLogger, type Logger } from '../kernel/logger.ts';
import { textLog } from './text-log.ts';

export interface Environment {
  config: Config;
  secrets: Secrets;
  logger: Logger;
  /** What the others were read from. */
  env: Readonly<Record<string, string | undefined>>;
}

/** Commands beside the server: it tells the collector what happens, they do not. */
const COMMAND_SETTINGS = { LOG_LEVEL: 'warn', OTEL_SDK_DISABLED: 'true' };

/** The configuration of this process, with `overrides` (from options) over the environment. */
export function readCliEnvironment(
  overrides: Record<string, string | undefined> = {},
): Environment {
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  const env: Record<string, string | undefined> = {
    ...readEnvironment(),
    ...Object.fromEntries(given),
  };
  const isTerminal = Boolean(process.stderr.isTTY) && env.LOG_FORMAT !== 'json';
  if (isTerminal && !env.LOG_LEVEL) env.LOG_LEVEL = 'warn';
  const config = readConfig(env);
  const { format } = config.log;
  const isText = format === 'text' || (format === 'auto' && isTerminal);
  const logger = createLogger(config.log, isText ? textLog(process.stderr) : undefined);
  return { config, secrets: readSecrets(env), logger, env };
}

/**
 * The whole product. It takes the better part of a second to load, which the commands that do without
 * (`stream`, `--help`) and wrong usage do not pay.
 */
export function loadContext(): Promise<typeof import('../context.ts')> {
  return import('../context.ts');
}

/** Runs `work` with the accounts alone, beside a server that may be running. */
export async function withAccounts<R>(
  work: (
    accounts: LocalAccounts,
    signedIn: SignedInUsers,
    browserSessions: BrowserSessions,
    programs: { apiKeys: ApiKeys; connectorGrants: ConnectorGrants },
  ) => Promise<R>,
): Promise<R> {
  const store = await openStore(readCliEnvironment(COMMAND_SETTINGS));
  try {
    const deps = { store, clock: systemClock };
    const accounts = new LocalAccounts(deps);
    const browserSessions = new BrowserSessions({ ...deps, accounts, verifier: accounts });
    const programs = { apiKeys: new ApiKeys(deps), connectorGrants: new ConnectorGrants(deps) };
    return await work(accounts, new SignedInUsers(deps), browserSessions, programs);
  } finally {
    await store.close();
  }
}

/** Runs `work` with everything but the network. */
export async function withContext<R>(work: (context: Context) => Promise<R>): Promise<R> {
  const { openContext } = await loadContext();
  const context = await openContext(readCliEnvironment(COMMAND_SETTINGS));
  try {
    return await work(context);
  } finally {
    await context.close();
  }
}
