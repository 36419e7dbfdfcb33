import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { PrivateResult } from './private-child.ts';

const CHILD = fileURLToPath(new URL('private-child.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const UP = 'ip link set lo up';

/** A network namespace needs Linux, util-linux, iproute2 and the right to make one. */
function hasNamespaces(): boolean {
  const probe = spawnSync('unshare', ['-n', 'sh', '-c', UP], { stdio: 'ignore' });
  return probe.status === 0;
}

async function runChild(mode: 'namespace' | 'preload'): Promise<PrivateResult> {
  const node = [process.execPath, '--import', 'tsx', CHILD, mode];
  const [command = '', ...args] =
    mode === 'namespace'
      ? ['unshare', '-n', 'sh', '-c', `${UP} && exec "$@"`, 'sh', ...node]
      : node;
  const { stdout } = await promisify(execFile)(command, args, { cwd: ROOT, timeout: 90_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as PrivateResult;
}

describe('PRIVATE, with every key set and the network denied', () => {
  const namespaces = hasNamespaces();
  if (!namespaces) {
    console.log('no network namespaces here (unshare -n, ip): connections are refused in-process');
  }

  it('does the whole job on this machine, and asks nobody else', async () => {
    const result = await runChild(namespaces ? 'namespace' : 'preload');
    // Otherwise nothing was denied, and this proves nothing.
    expect(result.canReachOut).toBe(false);
    expect(result.stored).toBe(result.spoken);
    expect(result).toMatchObject({
      attempts: [],
      sttProviders: ['websocket'],
      status: 'completed',
      engine: 'rules',
    });
    expect(result.actionItems.join(' ')).toMatch(/brass band/i);
    expect(result.found).toBe(1);
    expect(result.sttMessages).toBeGreaterThan(0);
  });
});
