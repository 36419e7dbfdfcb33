import { Command } from 'commander';
import { UserAdministration } from '../auth/user-administration.ts';
import { AppError } from '../kernel/errors.ts';
import { toIso } from '../model/timestamp.ts';
import { withAccounts } from './environment.ts';

export function tokenCommand(): Command {
  const command = new Command('token').description(
    'sign-in tokens of local accounts; works while the server runs',
  );
  command
    .command('create')
    .description('make a token; prints nothing but the token on standard output')
    .option('--user <name>', 'whose token', 'owner')
    .option('--create', 'make the user if there is none of that name')
    .option('--name <label>', 'what to call the token', 'command line')
    .action(createToken);
  command
    .command('list')
    .description('list tokens')
    .option('--user <name>', 'only those of this user')
    .action(listTokens);
  command
    .command('revoke <token>')
    .description('revoke a token by its id, its hint or its name; it stops working at once')
    .action(revokeToken);
  command
    .command('revoke-user <user>')
    .description(
      'sign a user (name or id) out everywhere: every token, link, key and connected program, and every sign-in so far',
    )
    .action(revokeUser);
  return command;
}

async function createToken(options: {
  user: string;
  create?: boolean;
  name: string;
}): Promise<void> {
  const token = await withAccounts(async (accounts) => {
    const found = await accounts.findUserByName(options.user);
    if (!found && !options.create) {
      throw new AppError(
        'not-found',
        `There is no user "${options.user}". Add --create to make one.`,
      );
    }
    const user = found ?? (await accounts.createUser(options.user));
    return (await accounts.createToken(user.id, options.name)).token;
  });
  process.stdout.write(`${token}\n`);
}

async function listTokens(options: { user?: string }): Promise<void> {
  await withAccounts(async (accounts) => {
    const users = new Map((await accounts.listUsers()).map((user) => [user.id, user]));
    const wanted =
      options.user === undefined
        ? undefined
        : [...users.values()].find((u) => u.name === options.user);
    if (options.user !== undefined && !wanted) {
      throw new AppError('not-found', `There is no user "${options.user}".`);
    }
    const tokens = await accounts.listTokens(wanted?.id ?? 'all');
    const rows = tokens.map((token) => [
      token.id.slice(0, 12),
      token.hint,
      users.get(token.uid)?.name ?? token.uid,
      token.name,
      toIso(token.createdAt),
      token.revokedAt === null ? 'in use' : `revoked ${toIso(token.revokedAt)}`,
    ]);
    process.stdout.write(
      `${rows.map((row) => row.join('  ')).join('\n')}${rows.length ? '\n' : ''}`,
    );
  });
}

async function revokeToken(reference: string): Promise<void> {
  const token = await withAccounts((accounts) => accounts.revokeToken(reference));
  process.stdout.write(`Revoked ${token.hint}.\n`);
}

async function revokeUser(reference: string): Promise<void> {
  const count = await withAccounts(async (accounts, signedIn, browserSessions, programs) => {
    const user = await accounts.findUser(reference);
    if (!user) throw new AppError('not-found', `There is no user "${reference}".`);
    const administration = new UserAdministration({
      accounts,
      browserSessions,
      endAccess: [
        (uid) => programs.apiKeys.eraseUser(uid),
        (uid) => programs.connectorGrants.eraseUser(uid),
        (uid) => signedIn.cutOff(uid),
      ],
    });
    return administration.revoke(user.id);
  });
  process.stdout.write(
    `Revoked ${count} tokens, all keys and connections of programs, and every sign-in so far.\n`,
  );
}
