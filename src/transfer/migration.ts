import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import { readTextFile, replaceFile } from '../kernel/replace-file.ts';
import { GLOBAL } from '../model/collection.ts';
import { type CopiedOwner, copyOwner, type EnginePair } from './copy-engines.ts';

const stateSchema = z.object({
  from: z.string(),
  to: z.string(),
  /** Owners that are copied and verified. */
  done: z.array(z.string()),
  /** The owner that is being copied. */
  current: z.string().nullable(),
});
type State = z.infer<typeof stateSchema>;

export interface MigrationOptions {
  engines: EnginePair;
  /** Users with data. */
  owners: readonly string[];
  /** Names of the engines, to distinguish migrations. */
  names: { from: string; to: string };
  /** File with the progress. */
  stateFile: string;
  overwrite: boolean;
  onProgress: (step: { documents: number; files: number }) => void;
  onOwner: (owner: string, copied: CopiedOwner | 'done-before') => void;
}

/**
 * Copies every user and the global documents from engine to engine. A migration that was aborted resumes
 * with the user that it had reached. Nothing is deleted at the source.
 */
export async function migrate(options: MigrationOptions): Promise<void> {
  const { names, stateFile } = options;
  const state = await readState(stateFile, names);
  // Copy accounts last: without them an aborted migration is visibly incomplete.
  for (const owner of [...options.owners.filter((uid) => uid !== GLOBAL), GLOBAL]) {
    if (state.done.includes(owner)) {
      options.onOwner(owner, 'done-before');
      continue;
    }
    const mayExist = options.overwrite || state.current === owner;
    state.current = owner;
    await replaceFile(stateFile, JSON.stringify(state));
    const copied = await copyOwner(options.engines, owner, mayExist, options.onProgress);
    state.done.push(owner);
    state.current = null;
    await replaceFile(stateFile, JSON.stringify(state));
    options.onOwner(owner, copied);
  }
  await rm(stateFile, { force: true });
}

async function readState(file: string, names: { from: string; to: string }): Promise<State> {
  const text = await readTextFile(file);
  if (text === undefined) return { ...names, done: [], current: null };
  const state = stateSchema.parse(JSON.parse(text));
  if (state.from === names.from && state.to === names.to) return state;
  throw new AppError(
    'conflict',
    `A migration from ${state.from} to ${state.to} is not finished. Finish it, or remove ${file}.`,
  );
}
