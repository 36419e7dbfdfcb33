import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MODULE = fileURLToPath(new URL('../../../src/kernel/heap-growth.ts', import.meta.url));

describe('growHeapFreely', () => {
  it('uses a setting that this release of Node knows', () => {
    // Of a setting that it does not know V8 says so on the standard error, and goes on.
    const script = `import { growHeapFreely } from ${JSON.stringify(MODULE)}; growHeapFreely();`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
