import { Command } from 'commander';
import { dataOf } from '../../client/index.ts';
import type { Person } from '../../client/records.ts';
import { AppError } from '../../kernel/errors.ts';
import { fetchPeople } from '../api/fetch-records.ts';
import {
  type ConnectionOptions,
  connect,
  type OutputOptions,
  withConnectionAndOutput,
} from '../connection.ts';
import { localTime, paint, printEntries, printNote, shortId } from '../terminal.ts';
import { findById } from './find-by-id.ts';

type Options = ConnectionOptions & OutputOptions;

export function peopleCommand(): Command {
  const command = new Command('people').description(
    'list, add and rename the people you talk with',
  );
  const list = new Command('list').description('list people');
  command.addCommand(withConnectionAndOutput(list).action(listPeople));
  const add = new Command('add').description('add a person').argument('<name...>');
  command.addCommand(withConnectionAndOutput(add).action(addPerson));
  const rename = new Command('rename')
    .description('rename a person')
    .argument('<person>', 'name, id, or the beginning of the id')
    .argument('<name>', 'the new name');
  command.addCommand(withConnectionAndOutput(rename).action(renamePerson));
  return command.addHelpText(
    'after',
    `
Examples:
  omi-backend people
  omi-backend people rename Ben "Ben Carter"`,
  );
}

async function listPeople(options: Options): Promise<void> {
  const { api } = await connect(options);
  const found = await fetchPeople(api);
  printEntries(found, personLine, options);
  if (found.length === 0 && !options.json && !options.quiet) printNote('Nobody yet.');
}

async function addPerson(words: string[], options: Options): Promise<void> {
  const name = words.join(' ').trim();
  if (name === '') throw new AppError('bad-request', 'Give a name.');
  const { api } = await connect(options);
  const person = await dataOf(api.POST('/v1/users/people', { body: { name } }));
  printEntries([person], personLine, options);
}

async function renamePerson(reference: string, name: string, options: Options): Promise<void> {
  if (name.trim() === '') throw new AppError('bad-request', 'Give the new name.');
  const { api } = await connect(options);
  const everybody = await fetchPeople(api);
  const wanted = reference.trim().toLowerCase();
  const person =
    everybody.find((candidate) => candidate.name.toLowerCase() === wanted) ??
    findById(everybody, reference, 'person');
  const change = { params: { path: { person_id: person.id } }, body: { name: name.trim() } };
  await dataOf(api.PATCH('/v1/users/people/{person_id}/name', change));
  printEntries([{ ...person, name: name.trim() }], personLine, options);
}

function personLine({ id, name, created_at: since }: Person): string {
  return `${paint.dim(shortId(id))}  ${name}  ${paint.dim(`since ${localTime(since)}`)}`;
}
