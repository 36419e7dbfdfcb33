import { findLocalModelServers } from './cli/local-model-servers.ts';
import { buildProgram } from './cli/program.ts';
import { describeError, isAppError } from './kernel/errors.ts';

/** Exit code of an error that the user can mend; anything else is 1. */
const USAGE_ERROR = 2;

// Nothing that this program writes is anybody else's business, exports and backups included.
process.umask(0o077);
try {
  await buildProgram(() => findLocalModelServers()).parseAsync();
} catch (error) {
  process.stderr.write(`${isAppError(error) ? error.message : describeError(error)}\n`);
  const usage = isAppError(error, 'invalid-configuration') || isAppError(error, 'bad-request');
  process.exitCode = usage ? USAGE_ERROR : 1;
}
