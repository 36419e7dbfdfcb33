import { Command } from 'commander';
import { VERSION } from '../kernel/version.ts';
import type { FindModelServers } from '../llm/local-model-servers.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { addCompletion } from './completion.ts';
import { configCommand } from './config.ts';
import { consoleCommand } from './console.ts';
import { askCommand } from './daily/ask.ts';
import { listCommand } from './daily/list.ts';
import { memoriesCommand } from './daily/memories.ts';
import { peopleCommand } from './daily/people.ts';
import { searchCommand } from './daily/search.ts';
import { showCommand } from './daily/show.ts';
import { tasksCommand } from './daily/tasks.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { mcpCommand } from './mcp.ts';
import { migrateCommand } from './migrate.ts';
import { modelsCommand } from './models.ts';
import { recordCommand } from './record.ts';
import { reindexCommand } from './reindex.ts';
import { serveCommand } from './serve.ts';
import { streamCommand } from './stream.ts';
import { syncCommand } from './sync.ts';
import { tokenCommand } from './token.ts';
import { voicesCommand } from './voices.ts';

/** What every command ends with; `docs/command-line.md` explains it. */
const EXIT_CODES = `
Exit codes: 0 done; 1 failed; 2 wrong use or configuration; 3 done in part (import); 130 interrupted.
More about a command: omi-backend help <command>. All commands: docs/command-line.md`;

/**
 * The command line: one file a command. Errors are thrown, so that the caller sets the exit code.
 *
 * @param findModelServers looks for model servers on this machine
 */
export function buildProgram(findModelServers: FindModelServers): Command {
  const program = new Command('omi-backend')
    .description('A self-hosted backend for ambient AI: live audio in, conversations out.')
    .version(VERSION)
    .commandsGroup('Server:')
    .addCommand(serveCommand(findModelServers))
    .addCommand(consoleCommand())
    .addCommand(configCommand())
    .addCommand(doctorCommand(findModelServers))
    .addCommand(modelsCommand())
    .addCommand(voicesCommand())
    .addCommand(tokenCommand())
    .commandsGroup('Daily use:')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(searchCommand())
    .addCommand(askCommand())
    .addCommand(tasksCommand())
    .addCommand(memoriesCommand())
    .addCommand(peopleCommand())
    .addCommand(mcpCommand())
    .commandsGroup('Audio and files:')
    .addCommand(demoCommand())
    .addCommand(recordCommand())
    .addCommand(streamCommand())
    .addCommand(importCommand())
    .addCommand(exportCommand())
    .addCommand(syncCommand())
    .commandsGroup('Data:')
    .addCommand(backupCommand())
    .addCommand(restoreCommand())
    .addCommand(reindexCommand())
    .addCommand(migrateCommand())
    .commandsGroup('Shell:')
    .helpCommand(false)
    .addHelpText('after', EXIT_CODES);
  program.addCommand(helpCommand(program));
  addCompletion(program);
  for (const command of withSubcommands(program)) {
    command.exitOverride().showHelpAfterError('(--help shows what is possible)');
  }
  return program;
}

/** In place of the library's, which prints the whole help for a command that does not exist. */
function helpCommand(program: Command): Command {
  return new Command('help')
    .description('display help for a command')
    .argument('[command...]')
    .helpOption(false)
    .action(async (names: string[]) => {
      let found = program;
      for (const name of names) {
        const next = found.commands.find((command) => command.name() === name);
        // The usual message, with what may be meant.
        if (!next) return void (await found.parseAsync([name], { from: 'user' }));
        found = next;
      }
      found.help();
    });
}

/** Commands that list if they are told nothing else. */
const LISTS = ['tasks', 'memories', 'people', 'config'];
/** Options of the program and of groups of commands themselves. */
const OWN_OPTIONS = ['-h', '--help', '-V', '--version'];

/**
 * Returns the arguments with `serve`, or `list` after a group of commands, if they name none. These are no
 * default commands of the library, because it takes a mistyped command for an argument of the default.
 *
 * @param args without the program itself
 */
export function withDefaultCommand(args: readonly string[]): string[] {
  const [first, ...rest] = args;
  if (namesNoCommand(first)) return ['serve', ...args];
  return first !== undefined && LISTS.includes(first) && namesNoCommand(rest[0])
    ? [first, 'list', ...rest]
    : [...args];
}

function namesNoCommand(arg: string | undefined): boolean {
  return arg === undefined || (arg.startsWith('-') && !OWN_OPTIONS.includes(arg));
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
