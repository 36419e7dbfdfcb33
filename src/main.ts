import { CommanderError } from 'commander';
import { buildProgram, withDefaultCommand } from './cli/program.ts';
import { describeError, isAppError } from './kernel/errors.ts';
import { findLocalModelServers } from './llm/local-model-servers.ts';

/** Exit code of an error that the user can mend; anything else is 1. */
const USAGE_ERROR = 2;

/** The reader of the output has gone, such as `head`: it has what it wants. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

async function main(): Promise<void> {
  // Nothing that this program writes is anybody else's business, exports and backups included.
  process.umask(0o077);
  process.stdout.on('error', endWithReader);
  process.stderr.on('error', endWithReader);
  try {
    await buildProgram(() => findLocalModelServers()).parseAsync(
      withDefaultCommand(process.argv.slice(2)),
      { from: 'user' },
    );
  } catch (error) {
    if (error instanceof CommanderError) {
      // It has said what is wrong; help and version are no errors.
      process.exitCode = error.exitCode === 0 ? 0 : USAGE_ERROR;
    } else {
      process.stderr.write(`${isAppError(error) ? error.message : describeError(error)}\n`);
      const usage = isAppError(error, 'invalid-configuration') || isAppError(error, 'bad-request');
      process.exitCode = usage ? USAGE_ERROR : 1;
    }
  }
}

void main();
