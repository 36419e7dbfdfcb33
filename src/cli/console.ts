import { Command } from 'commander';
import { AppError } from '../kernel/errors.ts';
import { readCliEnvironment, withAccounts } from './environment.ts';
import { findRunningServer } from './running-server.ts';

export function consoleCommand(): Command {
  return new Command('console')
    .description('make a link that opens the console signed in; it works once, within a day')
    .option('--user <name>', 'who is signed in', 'owner')
    .action(printLink);
}

/** Address that signs a browser in. The code stands behind `#`: browsers do not send that part. */
export function signInUrl(serverUrl: string, code: string): string {
  return `${serverUrl.replace(/\/+$/, '')}/welcome#code=${code}`;
}

async function printLink(options: { user: string }): Promise<void> {
  const { config } = readCliEnvironment();
  const running = await findRunningServer(config.dataDir);
  const address = config.server.publicUrl ?? running?.url;
  if (address === undefined) {
    throw new AppError(
      'not-configured',
      `No server runs on ${config.dataDir}. Start it first: npm start`,
    );
  }
  const code = await withAccounts(async (accounts, _signedIn, browserSessions) => {
    const user = await accounts.findUser(options.user);
    if (!user) throw new AppError('not-found', `There is no user "${options.user}".`);
    return (await browserSessions.createLink(user.id, 'terminal')).code;
  });
  process.stdout.write(`${signInUrl(address, code)}\n`);
}
