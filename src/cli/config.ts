import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { Command } from 'commander';
import { readConfig } from '../config/config.ts';
import { processEnvironment, readEnvironment, settingsFile } from '../config/env.ts';
import { misspeltVariables, nearestVariable } from '../config/misspelt.ts';
import { VARIABLE_NAMES } from '../config/variable-names.ts';
import { VARIABLE_GROUPS } from '../config/variables.ts';
import { AppError } from '../kernel/errors.ts';
import { readTextFile, replaceFile } from '../kernel/replace-file.ts';
import type { Variable } from '../kernel/variable.ts';
import { withoutVariable, withVariable } from './settings-text.ts';
import { paint, printJson, printLines, printNote } from './terminal.ts';

interface ListOptions {
  all?: boolean;
  json?: boolean;
}

export function configCommand(): Command {
  const command = new Command('config').description('show and change settings');
  command.addCommand(
    new Command('list')
      .description('print the settings that are set; secrets are masked')
      .option('-a, --all', 'those with their default too')
      .option('--json', 'print JSON')
      .action(listSettings),
  );
  command
    .command('get')
    .description('print the value of a setting, or its default; secrets too')
    .argument('<name>')
    .action(getSetting);
  command
    .command('set')
    .description('write a setting into the file of settings; the server reads it at its next start')
    .argument('<name>')
    .argument('<value>')
    .action(setSetting);
  command
    .command('unset')
    .description('remove a setting from the file of settings')
    .argument('<name>')
    .action(unsetSetting);
  command
    .command('path')
    .description('print the path of the file of settings')
    .action(() => printLines([settingsFile()]));
  return command.addHelpText(
    'after',
    `
All settings: docs/configuration.md. A variable of the environment wins over the file.

Examples:
  omi-backend config set PORT 8080
  omi-backend config get DATA_DIR`,
  );
}

function listSettings(options: ListOptions): void {
  const env = readEnvironment();
  for (const notice of misspeltVariables(env, VARIABLE_NAMES)) printNote(notice);
  const shown = VARIABLE_GROUPS.flatMap(({ variables }) => Object.entries(variables)).flatMap(
    ([name, variable]) => {
      const given = env[name] || undefined;
      if (given === undefined && !options.all) return [];
      const value = given ?? variable.fallback;
      return [
        { name, value: variable.secret && value ? '********' : value, isSet: given !== undefined },
      ];
    },
  );
  if (options.json) {
    printJson(Object.fromEntries(shown.map(({ name, value }) => [name, value])));
    return;
  }
  printLines(
    shown.map(({ name, value, isSet }) =>
      isSet ? `${paint.bold(name)}=${value}` : paint.dim(`${name}=${value ?? ''}`),
    ),
  );
  if (shown.length === 0) printNote('Every setting has its default; --all shows them.');
}

function getSetting(name: string): void {
  const variable = variableOf(name);
  printLines([readEnvironment()[name] || (variable.fallback ?? '')]);
}

async function setSetting(name: string, value: string): Promise<void> {
  variableOf(name);
  if (value.trim() === '') {
    throw new AppError(
      'bad-request',
      `The value is empty. To remove it: omi-backend config unset ${name}`,
    );
  }
  await change((text) => withVariable(text, name, value), { [name]: value });
  noteRestart(name, value);
}

async function unsetSetting(name: string): Promise<void> {
  const file = settingsFile();
  const text = (await readTextFile(file)) ?? '';
  if (parseEnv(text)[name] === undefined) {
    throw new AppError('not-found', `${name} is not set in ${file}.`);
  }
  await change((before) => withoutVariable(before, name), { [name]: undefined });
  noteRestart(name, undefined);
}

/** Writes the file if the whole configuration is right with it. */
async function change(
  edit: (text: string) => string,
  changed: Record<string, string | undefined>,
): Promise<void> {
  const file = settingsFile();
  const edited = edit((await readTextFile(file)) ?? '');
  readConfig({ ...readEnvironment(), ...changed });
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await replaceFile(file, edited);
  printNote(`Written to ${file}.`);
}

function noteRestart(name: string, value: string | undefined): void {
  const given = processEnvironment()[name];
  if (given !== undefined && given !== value) {
    printNote(`The environment sets ${name} too, and wins.`);
  }
  printNote('Restart the server to apply it.');
}

function variableOf(name: string): Variable<unknown> {
  for (const { variables } of VARIABLE_GROUPS) {
    const variable = variables[name];
    if (variable) return variable;
  }
  const names = VARIABLE_GROUPS.flatMap(({ variables }) => Object.keys(variables));
  const meant = nearestVariable(name, names);
  throw new AppError(
    'bad-request',
    `There is no setting ${name}.${meant === undefined ? ' All of them: omi-backend config list --all' : ` Did you mean ${meant}?`}`,
  );
}
