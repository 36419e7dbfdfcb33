import { channel } from 'node:diagnostics_channel';
import { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import { growHeapFreely } from '../kernel/heap-growth.ts';
import type { Logger } from '../kernel/logger.ts';
import type { FindModelServers } from '../llm/local-model-servers.ts';
import { loadContext, readCliEnvironment } from './environment.ts';
import { firstScreen } from './first-screen.ts';
import { describePortUser } from './port-user.ts';
import { noteRunningServer } from './running-server.ts';
import { printLines } from './terminal.ts';

/** A second signal within this time counts as the first, milliseconds. A later one ends at once. */
const SAME_SIGNAL_MS = 1_000;

/** Says that the server has started; what loads the program then keeps its compiled code. */
const started = channel('omi-backend:started');

interface ServeOptions {
  host?: string;
  port?: string;
  dataDir?: string;
}

export function serveCommand(findModelServers: FindModelServers): Command {
  return new Command('serve')
    .description('start the server')
    .option('--host <address>', 'address to listen on (HOST)')
    .option('--port <number>', 'port to listen on, 0 for a free one (PORT)')
    .option('--data-dir <path>', 'where everything is kept (DATA_DIR)')
    .action((options: ServeOptions) => serve(options, findModelServers));
}

async function serve(options: ServeOptions, findModelServers: FindModelServers): Promise<void> {
  const environment = readCliEnvironment({
    HOST: options.host,
    PORT: options.port,
    DATA_DIR: options.dataDir,
  });
  const { logger, config } = environment;
  const signals = listenToSignals();
  const isTerminal = Boolean(process.stdout.isTTY);
  // On a terminal the first screen shows them.
  if (!isTerminal) {
    for (const notice of config.notices) logger.warn({ notice }, 'configuration notice');
  }
  const [{ openContext }, { startServer }] = await Promise.all([
    loadContext(),
    import('../server.ts'),
  ]);
  const context = await openContext(environment);
  // If another service signs users in there is no owner: the first user must not become one.
  const owner = config.engines.auth === 'local' ? await context.accounts.ensureOwner() : undefined;
  const server = await startServer(context).catch((error) => explainStart(error, config));
  const forgetServer = await noteRunningServer(config.dataDir, {
    url: server.url,
    key: context.machineKey,
  });
  started.publish({ url: server.url });
  // Not earlier: V8 takes code that was compiled before only with the same flags.
  growHeapFreely();

  printLines(await firstScreen({ context, url: server.url, owner, findModelServers, isTerminal }));
  await untilStopped(signals, config.scaling.shutdownMs, logger, () =>
    server.close().finally(forgetServer),
  );
  // A connection to a service that never answers would keep the process alive.
  process.exit();
}

/** Says who uses the port, if that is why the server cannot start. */
async function explainStart(error: unknown, { server }: Config): Promise<never> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const { host, port } = server;
  if (code === 'EADDRINUSE') {
    const user = await describePortUser(port);
    throw new AppError(
      'invalid-configuration',
      `Port ${port} is in use${user === undefined ? '' : ` by ${user}`}. Stop it, or take another port: --port ${port < 65_535 ? port + 1 : 8000}, or PORT in the environment.`,
      { cause: error },
    );
  }
  if (code === 'EACCES') {
    throw new AppError(
      'invalid-configuration',
      `Port ${port} may be used by root only. Take a port from 1024 on: --port 8000.`,
      { cause: error },
    );
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    throw new AppError(
      'invalid-configuration',
      `HOST ${host} is no address of this machine. Use 127.0.0.1 for this machine alone, 0.0.0.0 for the network.`,
      { cause: error },
    );
  }
  throw error;
}

interface Signals {
  /** What a signal does. Until the server runs, it ends the process: there is nothing to close. */
  onSignal(signal: string): void;
}

/**
 * Handles SIGINT and SIGTERM by one listener for the whole life of the process. A signal that has
 * arrived but is not handled yet would be lost if its listener were replaced by another.
 */
function listenToSignals(): Signals {
  const signals: Signals = { onSignal: () => process.exit(0) };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => signals.onSignal(signal));
  }
  return signals;
}

/**
 * Resolves once a signal has stopped the server. If that takes too long, the process ends: it was
 * asked to, and nothing is lost by it.
 */
function untilStopped(
  signals: Signals,
  limitMs: number,
  logger: Logger,
  close: () => Promise<void>,
): Promise<void> {
  return new Promise<void>((resolve) => {
    let stoppingSince: number | undefined;
    signals.onSignal = (signal) => {
      if (stoppingSince !== undefined) {
        // Npm passes on a Ctrl-C that the terminal has sent here too: that is one and the same.
        if (performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(0);
        return;
      }
      stoppingSince = performance.now();
      logger.info({ signal }, 'shutting down');
      // Work that is cut off is recovered at the next start, or taken over by another process.
      const limit = setTimeout(() => {
        logger.warn('shutdown timed out');
        process.exit(0);
      }, limitMs);
      limit.unref();
      close()
        .catch((error) => {
          logger.error({ error: describeError(error) }, 'shutdown failed');
          process.exitCode = 1;
        })
        .finally(resolve);
    };
  });
}
