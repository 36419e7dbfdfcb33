import { Command } from 'commander';
import { VERSION } from '../config/version.ts';
import { importCommand } from './import.ts';
import { serveCommand } from './serve.ts';
import { tokenCommand } from './token.ts';

/** The command line: one file a command. */
export function buildProgram(): Command {
  return new Command('omi-backend')
    .description('A self-hosted backend for ambient AI: live audio in, conversations out.')
    .version(VERSION)
    .showHelpAfterError()
    .addCommand(serveCommand(), { isDefault: true })
    .addCommand(tokenCommand())
    .addCommand(importCommand());
}
