import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BUILD = fileURLToPath(new URL('../bin/build-if-stale.js', import.meta.url));

/** Once before all tests: threads and command lines run what is compiled. */
export function setup(): void {
  const { status } = spawnSync(process.execPath, [BUILD], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('The sources do not compile.');
}
