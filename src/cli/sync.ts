import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { AppError } from '../kernel/errors.ts';
import { withContext } from './environment.ts';

interface SyncOptions {
  markdown: string;
  user: string;
  every?: string;
}

const SHORTEST_PAUSE_S = 5;

export function syncCommand(): Command {
  return new Command('sync')
    .description('mirror conversations into a folder of Markdown files, and edits back')
    .requiredOption('--markdown <folder>', 'the folder; it is made if it is missing')
    .option('--user <name>', 'whose data (name or id)', 'owner')
    .option('--every <seconds>', 'go on, with a pause between runs')
    .addHelpText(
      'after',
      `
Works while the server runs, and without it. Changes of title, notes and tasks in a file go to the
server; files that are not the mirror's own are left alone (docs/markdown.md).

Examples:
  omi-backend sync --markdown ~/vault/Omi
  omi-backend sync --markdown ~/vault/Omi --every 60`,
    )
    .action(sync);
}

async function sync(options: SyncOptions): Promise<void> {
  const pauseS = options.every === undefined ? null : Number(options.every);
  if (pauseS !== null && !(pauseS >= SHORTEST_PAUSE_S)) {
    throw new AppError('bad-request', `--every must be at least ${SHORTEST_PAUSE_S} (seconds).`);
  }
  const [{ syncMarkdown }, { mirrorSource }] = await Promise.all([
    import('../markdown-mirror/markdown-mirror.ts'),
    import('../markdown-mirror/mirror-source.ts'),
  ]);
  await withContext(async (context) => {
    const user = await context.accounts.findUser(options.user);
    if (!user) throw new AppError('not-found', `There is no user "${options.user}".`);
    const source = mirrorSource(context, user.id);
    for (;;) {
      const { written, edits, removed } = await syncMarkdown(options.markdown, user.id, source);
      process.stdout.write(`${written} written, ${edits} edits sent, ${removed} removed\n`);
      if (pauseS === null) return;
      await sleep(pauseS * 1000);
    }
  });
}
