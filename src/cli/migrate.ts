import path from 'node:path';
import { Command } from 'commander';
import { openBlobs, openStore } from '../context/open-engines.ts';
import { DisposeStack } from '../kernel/dispose-stack.ts';
import { AppError } from '../kernel/errors.ts';
import { GLOBAL } from '../model/collection.ts';
import { COLLECTIONS } from '../model/collections.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { EnginePair } from '../transfer/copy-engines.ts';
import { migrate } from '../transfer/migration.ts';
import { type Environment, readCliEnvironment } from './environment.ts';
import { Progress } from './progress.ts';
import { findRunningServer } from './running-server.ts';

/** Which setting an engine's name belongs to. */
const ENGINES: Readonly<Record<string, 'STORE' | 'BLOBS'>> = {
  sqlite: 'STORE',
  firestore: 'STORE',
  disk: 'BLOBS',
  gcs: 'BLOBS',
};

interface MigrateOptions {
  from: string;
  to: string;
  overwrite?: boolean;
}

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('copy everything from one engine to another; only while no server runs')
    .requiredOption(
      '--from <engines>',
      'sqlite or firestore, disk or gcs, or one of each: sqlite,disk',
    )
    .requiredOption('--to <engines>', 'the same for the target, such as firestore,gcs')
    .option('--overwrite', 'write over what the target holds of the same users')
    .addHelpText(
      'after',
      `
Both sides are configured by the environment, as for the server (docs/configuration.md). Each user is read
back and compared, by count and checksum. Broken off, the same command goes on with the user that it
was at. Nothing is removed at the source. The search index is not copied: run reindex afterwards.

Examples:
  omi-backend migrate --from sqlite --to firestore
  omi-backend migrate --from sqlite,disk --to firestore,gcs`,
    )
    .action(runMigration);
}

async function runMigration(options: MigrateOptions): Promise<void> {
  const from = enginesOf('--from', options.from);
  const to = enginesOf('--to', options.to);
  const ports = Object.keys(from).sort().join();
  if (ports !== Object.keys(to).sort().join()) {
    throw new AppError('bad-request', '--from and --to must name engines of the same kinds.');
  }
  for (const port of Object.keys(from) as ('STORE' | 'BLOBS')[]) {
    if (from[port] === to[port]) {
      throw new AppError('bad-request', `--from and --to both name ${from[port]}.`);
    }
  }
  const source = readCliEnvironment({ LOG_LEVEL: 'warn', ...from });
  const target = readCliEnvironment({ LOG_LEVEL: 'warn', ...to });
  const { dataDir } = source.config;
  const running = await findRunningServer(dataDir);
  if (running) {
    throw new AppError(
      'conflict',
      `A server runs on ${dataDir} (process ${running.pid}): stop it first, or what it writes is missed.`,
    );
  }
  const stack = new DisposeStack();
  try {
    await copyAll(options, { source, target, moves: from }, stack);
  } finally {
    await stack.dispose();
  }
}

async function copyAll(
  options: MigrateOptions,
  sides: { source: Environment; target: Environment; moves: Partial<Record<string, string>> },
  stack: DisposeStack,
): Promise<void> {
  const { source, target, moves } = sides;
  const sourceStore = stack.use('source', await openStore(source));
  const engines: EnginePair = {
    store: moves.STORE
      ? {
          from: sourceStore,
          to: stack.use('target', await openStore(target)),
        }
      : null,
    blobs: moves.BLOBS ? { from: await openBlobs(source), to: await openBlobs(target) } : null,
    collections: COLLECTIONS,
  };
  const owners = await sourceStore.listOwners();
  const total = moves.STORE ? await countDocuments(sourceStore, owners) : owners.length;
  const progress = new Progress('Copying [{bar}] {value}/{total} documents {note}', total);
  let documents = 0;
  let files = 0;
  try {
    await migrate({
      engines,
      owners,
      names: { from: options.from, to: options.to },
      stateFile: path.join(source.config.dataDir, 'migration.json'),
      overwrite: options.overwrite ?? false,
      onProgress: (step) => {
        documents += step.documents;
        files += step.files;
        progress.update(Math.min(total, documents), files > 0 ? `${files} files` : '');
      },
      onOwner: (owner, copied) => {
        const who = owner === GLOBAL ? 'everybody' : owner;
        progress.line(
          copied === 'done-before'
            ? `${who}: copied before`
            : `${who}: ${copied.documents} documents, ${copied.files} files, the same on both sides`,
        );
      },
    });
  } finally {
    progress.stop();
  }
}

function enginesOf(option: string, text: string): Partial<Record<'STORE' | 'BLOBS', string>> {
  const found: Partial<Record<'STORE' | 'BLOBS', string>> = {};
  for (const name of text.split(',').map((part) => part.trim())) {
    const port = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
    if (port === undefined) {
      const known = Object.keys(ENGINES).join(', ');
      throw new AppError(
        'bad-request',
        `${option}: there is no engine "${name}". There are: ${known}.`,
      );
    }
    if (found[port] !== undefined) {
      const both = `${found[port]} and ${name}`;
      throw new AppError('bad-request', `${option}: ${both} keep the same data. Name one of them.`);
    }
    found[port] = name;
  }
  return found;
}

async function countDocuments(store: DocumentStore, owners: readonly string[]): Promise<number> {
  let count = 0;
  for (const owner of new Set([...owners, GLOBAL])) {
    for await (const _ of store.exportOwner(owner)) count += 1;
  }
  return count;
}
