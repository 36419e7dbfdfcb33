import { Command } from 'commander';
import { openStore } from '../context/open-engines.ts';
import { AppError } from '../kernel/errors.ts';
import { backUp, restoreBackup } from '../transfer/data-backup.ts';
import { readCliEnvironment } from './environment.ts';
import { checkOutputFile } from './output-file.ts';
import { Progress } from './progress.ts';

export function backupCommand(): Command {
  return new Command('backup')
    .description('copy the data directory into one file; works while the server runs')
    .argument('[file]', 'the backup: .tar, .tar.gz or .tgz (default: backup-<date>.tar.gz)')
    .option('--force', 'write over a file that is there')
    .addHelpText(
      'after',
      `
For the embedded engines: the store as of one moment, the audio log, and the files. The search index is
left out. What is encrypted stays so; keep ENCRYPTION_SECRET elsewhere.

Example:
  omi-backend backup /mnt/backups/omi.tar.gz`,
    )
    .action(backup);
}

export function restoreCommand(): Command {
  return new Command('restore')
    .description('lay out an empty data directory from a backup')
    .argument('<file>', 'what `backup` has written')
    .option('--data-dir <path>', 'where to (DATA_DIR); must be empty or absent')
    .addHelpText(
      'after',
      `
Every checksum is compared before anything is written. The search index fills by itself after the start.

Example:
  omi-backend restore omi.tar.gz --data-dir ./data`,
    )
    .action(restore);
}

async function backup(file: string | undefined, options: { force?: boolean }): Promise<void> {
  const environment = readCliEnvironment({ LOG_LEVEL: 'warn' });
  const { config } = environment;
  const madeAt = new Date().toISOString();
  const target = file ?? `backup-${madeAt.slice(0, 10)}.tar.gz`;
  await checkOutputFile(target, options.force ?? false);
  const store = await openStore(environment);
  const progress = new Progress('Backing up [{bar}] {value}/{total} {note}', 1);
  try {
    if (!store.snapshot || config.engines.blobs.traits.isShared) {
      throw new AppError(
        'bad-request',
        `backup is for the embedded engines; use the tools of ${config.engines.store.name} and ${config.engines.blobs.name}.`,
      );
    }
    const files = await backUp({
      dataDir: config.dataDir,
      snapshot: store.snapshot,
      target,
      madeAt,
      onProgress: (done, total, what) => progress.update(done, what, total),
    });
    progress.line(`${target}: ${files} files of ${config.dataDir}.`);
  } finally {
    progress.stop();
    await store.close();
  }
}

async function restore(file: string, options: { dataDir?: string }): Promise<void> {
  const { config } = readCliEnvironment({ LOG_LEVEL: 'warn', DATA_DIR: options.dataDir });
  const progress = new Progress('Restoring [{bar}] {value}/{total} {note}', 1);
  try {
    const { madeAt } = await restoreBackup({
      source: file,
      dataDir: config.dataDir,
      onProgress: (done, total, what) => progress.update(done, what, total),
    });
    progress.line(`${config.dataDir} is as it was on ${madeAt}.`);
  } finally {
    progress.stop();
  }
}
