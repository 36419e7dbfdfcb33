import { Command } from 'commander';
import type { Context } from '../context.ts';
import { AppError } from '../kernel/errors.ts';
import type { User } from '../model/accounts/user.ts';
import type { CollectionDefinition } from '../model/collection.ts';
import { conversations } from '../model/conversations/conversation.ts';
import { memories } from '../model/memory.ts';
import { actionItems } from '../model/tasks/action-item.ts';
import { queryAll } from '../store/collection.ts';
import { readCliEnvironment, withContext } from './environment.ts';
import { Progress } from './progress.ts';
import { findRunningServer } from './running-server.ts';

export function reindexCommand(): Command {
  return new Command('reindex')
    .description('build the search index anew from the store; only while no server runs')
    .option('--user <name>', 'only the index of this user')
    .addHelpText(
      'after',
      `
The index can always be made again from the store; the store is only read.
Exit code: 0; 1 where a server runs on the data directory or the work failed.

Examples:
  omi-backend reindex
  omi-backend reindex --user owner`,
    )
    .action(reindex);
}

async function reindex(options: { user?: string }): Promise<void> {
  const { config } = readCliEnvironment();
  const running = await findRunningServer(config.dataDir);
  if (running) {
    throw new AppError(
      'conflict',
      `A server runs on ${config.dataDir} (process ${running.pid}, ${running.url}) and has the index open: stop it first.`,
    );
  }
  await withContext(async (context) => {
    for (const user of await chosenUsers(context, options.user)) await rebuild(context, user);
  });
}

async function chosenUsers({ accounts }: Context, name: string | undefined): Promise<User[]> {
  if (name === undefined) return accounts.listUsers();
  const user = await accounts.findUserByName(name);
  if (!user) throw new AppError('not-found', `There is no user "${name}".`);
  return [user];
}

async function rebuild(context: Context, user: User): Promise<void> {
  const label = user.name ?? user.id;
  const total = await countSubjects(context, user.id);
  const progress = new Progress(`${label} [{bar}] {value}/{total}`, total);
  try {
    await context.searchFeed.rebuild(user.id, (fed) => progress.update(fed));
  } finally {
    progress.stop();
  }
  process.stdout.write(`${label}: ${total} conversations, memories and action items indexed.\n`);
}

/** What `SearchFeed.rebuild` counts. */
async function countSubjects({ store }: Context, uid: string): Promise<number> {
  const count = async <T extends { id: string }, Q extends string>(
    collection: CollectionDefinition<T, Q>,
    query: Q,
  ): Promise<number> => {
    let found = 0;
    for await (const _ of queryAll(store, collection, uid, { query })) found += 1;
    return found;
  };
  return (
    (await count(conversations, 'recent')) +
    (await count(memories, 'byScoring')) +
    (await count(actionItems, 'recent'))
  );
}
