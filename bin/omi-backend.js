#!/usr/bin/env node
import module from 'node:module';
import { buildIfStale, isFirstBuild } from './build-if-stale.js';
import { sqliteProblem, versionProblem } from './node-problem.js';

/** Exit code of what the user can mend. */
const USAGE_ERROR = 2;

// Compiled code is kept between starts, from Node 22.8 on; it is no loss if it cannot be kept.
module.enableCompileCache?.();

// SQLite is looked for before the first build: nobody should wait a minute for a server that cannot run.
const problem = versionProblem() ?? (isFirstBuild() ? sqliteProblem() : null);
if (problem !== null) {
  process.stderr.write(problem);
  process.exitCode = USAGE_ERROR;
} else if (buildIfStale()) {
  // The server runs in this process, so that a signal to it reaches the server itself.
  await import('../dist/main.js');
} else {
  process.exitCode = 1;
}
