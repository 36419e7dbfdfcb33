import { Command } from 'commander';
import { VERSION } from '../config/version.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { consoleCommand } from './console.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import type { FindModelServers } from './local-model-servers.ts';
import { mcpCommand } from './mcp.ts';
import { migrateCommand } from './migrate.ts';
import { modelsCommand } from './models.ts';
import { reindexCommand } from './reindex.ts';
import { serveCommand } from './serve.ts';
import { streamCommand } from './stream.ts';
import { tokenCommand } from './token.ts';

/**
 * The command line: one file a command.
 *
 * @param findModelServers looks for model servers on this machine
 */
export function buildProgram(findModelServers: FindModelServers): Command {
  return new Command('omi-backend')
    .description('A self-hosted backend for ambient AI: live audio in, conversations out.')
    .version(VERSION)
    .showHelpAfterError()
    .addCommand(serveCommand(findModelServers), { isDefault: true })
    .addCommand(consoleCommand())
    .addCommand(tokenCommand())
    .addCommand(importCommand())
    .addCommand(streamCommand())
    .addCommand(mcpCommand())
    .addCommand(modelsCommand())
    .addCommand(doctorCommand(findModelServers))
    .addCommand(reindexCommand())
    .addCommand(exportCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand())
    .addCommand(migrateCommand());
}
