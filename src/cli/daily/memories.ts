import { Command } from 'commander';
import { dataOf } from '../../client/index.ts';
import type { Memory } from '../../client/records.ts';
import { AppError } from '../../kernel/errors.ts';
import { fetchMemories } from '../api/fetch-records.ts';
import {
  type ConnectionOptions,
  connect,
  type OutputOptions,
  withConnectionAndOutput,
} from '../connection.ts';
import { parseCount } from '../parse-option.ts';
import { fitLine, paint, printEntries, printNote, shortId } from '../terminal.ts';
import { findById } from './find-by-id.ts';

/** Most that the API returns at a time. */
const MAX = 5_000;

type Options = ConnectionOptions & OutputOptions;

export function memoriesCommand(): Command {
  const command = new Command('memories').description('list, add and delete facts about you');
  const list = new Command('list')
    .description('list facts, newest first')
    .option('-n, --limit <number>', 'at most so many', parseCount(1, MAX), 100);
  command.addCommand(withConnectionAndOutput(list).action(listMemories));
  const add = new Command('add').description('add a fact').argument('<fact...>');
  command.addCommand(withConnectionAndOutput(add).action(addMemory));
  const remove = new Command('delete')
    .description('delete facts')
    .argument('<id...>', 'id of a fact, or its beginning');
  command.addCommand(withConnectionAndOutput(remove).action(deleteMemories));
  return command.addHelpText(
    'after',
    `
Examples:
  omi-backend memories
  omi-backend memories add "Is allergic to peanuts"
  omi-backend memories delete 3f2a91c0`,
  );
}

async function listMemories(options: Options & { limit: number }): Promise<void> {
  const { api } = await connect(options);
  const found = await fetchMemories(api, options.limit);
  printEntries(found, memoryLine, options);
  if (found.length === 0 && !options.json && !options.quiet) printNote('No facts yet.');
}

async function addMemory(words: string[], options: Options): Promise<void> {
  const content = words.join(' ').trim();
  if (content === '') throw new AppError('bad-request', 'Say what is to be remembered.');
  const { api } = await connect(options);
  const made = await dataOf(api.POST('/v3/memories', { body: { content } }));
  printEntries([made], memoryLine, options);
}

async function deleteMemories(ids: string[], options: Options): Promise<void> {
  const { api } = await connect(options);
  const all = await fetchMemories(api, MAX);
  // All of them are found first, so that a mistyped id changes nothing.
  const wanted = ids.map((typed) => findById(all, typed, 'fact'));
  for (const { id } of wanted) {
    await dataOf(api.DELETE('/v3/memories/{id}', { params: { path: { id } } }));
  }
  printEntries(wanted, memoryLine, options);
  if (!options.json && !options.quiet) printNote(`Deleted ${wanted.length}.`);
}

function memoryLine({ id, content }: Memory): string {
  return `${paint.dim(shortId(id))}  ${fitLine(content, 10)}`;
}
