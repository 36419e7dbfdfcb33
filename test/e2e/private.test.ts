import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { plainWord, wordErrors } from '../fixtures/spoken-clips.ts';
import type { PrivateResult } from './private-child.ts';

const CHILD = fileURLToPath(new URL('private-child.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const UP = 'ip link set lo up';

/** A network namespace needs Linux, util-linux, iproute2 and the right to make one. */
function hasNamespaces(): boolean {
  const probe = spawnSync('unshare', ['-n', 'sh', '-c', UP], { stdio: 'ignore' });
  return probe.status === 0;
}

async function runChild(
  mode: 'namespace' | 'preload',
  recogniser: 'websocket' | 'local',
): Promise<PrivateResult> {
  const node = [process.execPath, '--import', 'tsx', CHILD, mode, recogniser];
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

  it('does the whole job with a recogniser in this network, and asks nobody else', async () => {
    const result = await runChild(namespaces ? 'namespace' : 'preload', 'websocket');
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

  it('does the whole job with a model on this machine, and asks nobody at all', async () => {
    const result = await runChild(namespaces ? 'namespace' : 'preload', 'local');
    expect(result.canReachOut).toBe(false);
    const spoken = result.spoken.split(' ');
    const stored = result.stored.split(' ').map(plainWord);
    expect(wordErrors(spoken, stored)).toBeLessThanOrEqual(spoken.length / 15);
    expect(result).toMatchObject({
      attempts: [],
      sttProviders: ['local'],
      status: 'completed',
      engine: 'rules',
      found: 1,
    });
    // Nobody knows who speaks: what is to be done is likely only.
    const tasks = [...result.actionItems, ...result.suggestedTasks];
    expect(tasks.join(' ')).toMatch(/budget to Priya|report/i);
  });
});
