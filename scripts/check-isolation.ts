import { spawnSync } from 'node:child_process';
import { Command } from 'commander';

new Command('npm run check:isolation --')
  .description(
    'Asks every route without a token, and as one user with the ids of another; prints how many there are.',
  )
  .parse();
const { status } = spawnSync('npx', ['vitest', 'run', 'test/e2e/isolation.test.ts'], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
