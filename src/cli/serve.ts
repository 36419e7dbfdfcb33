import { Command } from 'commander';
import type { Context } from '../context.ts';
import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { STT_SET_UP } from '../stt/registry.ts';
import { usableServices } from '../stt/usable-services.ts';
import { signInUrl } from './console.ts';
import { loadContext, readCliEnvironment } from './environment.ts';
import { describeModelServer, type FindModelServers } from './local-model-servers.ts';
import { languagesOf, modelAdvice } from './model-advice.ts';
import { noteRunningServer } from './running-server.ts';

/** A second signal within this time counts as the first, milliseconds. A later one ends at once. */
const SAME_SIGNAL_MS = 1_000;

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

type Owner = NonNullable<Awaited<ReturnType<Context['accounts']['ensureOwner']>>>;

async function serve(options: ServeOptions, findModelServers: FindModelServers): Promise<void> {
  const environment = readCliEnvironment({
    HOST: options.host,
    PORT: options.port,
    DATA_DIR: options.dataDir,
  });
  const { logger, config } = environment;
  const signals = listenToSignals();
  for (const notice of config.notices) logger.warn({ notice }, 'configuration notice');
  const [{ openContext }, { startServer }] = await Promise.all([
    loadContext(),
    import('../server.ts'),
  ]);
  const context = await openContext(environment);
  // If another service signs users in there is no owner: the first user must not become one.
  const owner = config.engines.auth === 'local' ? await context.accounts.ensureOwner() : undefined;
  const server = await startServer(context);
  const forgetServer = await noteRunningServer(config.dataDir, server.url);

  const lines = await readyLines(context, server.url, owner);
  if (owner && config.openai === null && config.detectModelServers) {
    lines.push(...(await findModelServers()).map(describeModelServer));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  await untilStopped(signals, config.scaling.shutdownMs, logger, () =>
    server.close().finally(forgetServer),
  );
  // A connection to a service that never answers would keep the process alive.
  process.exit();
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

/** Returns what a person needs to know once the server is ready. */
async function readyLines(
  context: Context,
  url: string,
  owner: Owner | undefined,
): Promise<string[]> {
  const { config } = context;
  const publicUrl = config.server.publicUrl ?? url;
  const lines = [`omi-backend is ready at ${publicUrl}`];
  if (owner) {
    const { code } = await context.browserSessions.createLink(owner.user.id, 'terminal');
    lines.push(
      `Open this to sign in, once, within a day: ${signInUrl(publicUrl, code)}`,
      `Sign-in token of the owner, shown this once: ${owner.token}`,
    );
  } else {
    lines.push('Sign in with your token, or make a link: npx omi-backend console');
  }
  lines.push(`API: ${url}/docs   Data: ${config.dataDir}`);
  if (usableServices(config.sttServices, context.sttProviders, false).length === 0) {
    const languages = languagesOf(await context.accounts.listUsers());
    lines.push(
      `Live audio is refused until there is speech-to-text: ${STT_SET_UP}.`,
      modelAdvice(languages),
    );
  }
  return lines;
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
