import { Command } from 'commander';
import { exportAccount } from '../http/account-export.ts';
import { AppError } from '../kernel/errors.ts';
import { writeUserArchive } from '../transfer/user-archive.ts';
import { withContext } from './environment.ts';
import { checkOutputFile } from './output-file.ts';
import { Progress } from './progress.ts';

interface ExportOptions {
  user: string;
  out?: string;
  force?: boolean;
}

export function exportCommand(): Command {
  return new Command('export')
    .description('write everything of a user into one archive; works while the server runs')
    .option('--user <name>', 'whose data (name or id)', 'owner')
    .option('--out <file>', 'the archive: .tar, .tar.gz or .tgz (default: <user>.tar.gz)')
    .option('--force', 'write over a file that is there')
    .addHelpText(
      'after',
      `
The archive holds every document as it is stored, recordings and voice samples, the API's JSON export, and
each conversation as Markdown and WebVTT (docs/moving.md). It is not encrypted. \`import\` reads it.

Examples:
  omi-backend export
  omi-backend export --user anna --out anna.tar`,
    )
    .action(exportUser);
}

async function exportUser(options: ExportOptions): Promise<void> {
  await withContext(async (context) => {
    const user = await context.accounts.findUser(options.user);
    if (!user) throw new AppError('not-found', `There is no user "${options.user}".`);
    const target = options.out ?? `${(user.name ?? user.id).replace(/[^\w.-]+/g, '-')}.tar.gz`;
    await checkOutputFile(target, options.force ?? false);
    const progress = new Progress('Exporting [{bar}] {value}/{total} {note}', 1);
    try {
      const manifest = await writeUserArchive({
        store: context.store,
        blobs: context.blobs,
        uid: user.id,
        target,
        apiExport: exportAccount(context.accountExport, user.id),
        onProgress: (done, total, what) => progress.update(done, what, total),
      });
      const documents = Object.values(manifest.documents).reduce((sum, count) => sum + count, 0);
      progress.line(`${target}: ${documents} documents, ${manifest.files} files.`);
    } finally {
      progress.stop();
    }
  });
}
