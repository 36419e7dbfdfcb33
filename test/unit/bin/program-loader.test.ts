import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asScript } from '../../../bin/bundled-code.js';

const LOADER = readFileSync(new URL('../../../bin/program-loader.cjs', import.meta.url), 'utf8');
const MAIN = `
import { channel } from 'node:diagnostics_channel';
import { sum } from './sum.js';
import esbuild, { version } from 'esbuild';
const numbers = import('./numbers.js');
const outside = import('node:path');
void Promise.all([numbers, outside]).then(([{ default: list }, { basename }]) => {
  console.log(sum(list), basename(import.meta.url), esbuild.version === version, /[“„]/u.test('„'));
  channel('omi-backend:started').publish({});
});
`;
const SAID = '6 main.cjs true true\n';

let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(process.cwd(), 'node_modules', '.program-loader-'));
  await write('main', MAIN);
  await write('sum', 'export const sum = (list) => list.reduce((a, b) => a + b, 0);\n');
  await write('numbers', 'export default [1, 2, 3];\n');
  writeLoader('1a');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<void> {
  writeFileSync(join(folder, `${name}.cjs`), await asScript(`${name}.js`, text));
}

function writeLoader(build: string): void {
  writeFileSync(join(folder, 'loader.cjs'), LOADER.replace('not-built', build));
  writeFileSync(join(folder, 'start.cjs'), "require('./loader.cjs')('main.cjs');\n");
}

function run(): { stdout: string; stderr: string } {
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'start.cjs')], {
    encoding: 'utf8',
  });
  return { stdout, stderr };
}

const kept = (): string[] => readdirSync(folder).filter((name) => name.startsWith('code-'));

describe('a bundled program', () => {
  it('keeps its compiled code when it has started, and uses it at the next start', () => {
    expect(run()).toEqual({ stdout: SAID, stderr: '' });
    const [name = ''] = kept();
    expect(name).toMatch(/^code-1a-[0-9a-f]+$/);
    const { ino } = statSync(join(folder, name));
    expect(run()).toEqual({ stdout: SAID, stderr: '' });
    expect(kept()).toEqual([name]);
    expect(statSync(join(folder, name)).ino).toBe(ino);
  });

  it('does not use the code of another build', async () => {
    run();
    await write('numbers', 'export default [4, 2, 3];\n');
    writeLoader('2b');
    expect(run().stdout).toBe(SAID.replace('6', '9'));
    expect(kept()).toHaveLength(2);
  });

  it('starts with a file that was cut off, and writes it again', () => {
    run();
    const [name = ''] = kept();
    const file = join(folder, name);
    const { size } = statSync(file);
    truncateSync(file, 20);
    expect(run()).toEqual({ stdout: SAID, stderr: '' });
    expect(statSync(file).size).toBe(size);
  });

  it('holds no character beyond Latin-1 in its patterns', async () => {
    expect(await asScript('a.js', 'export const mark = /[“„😀]/u;')).not.toMatch(/[^\0-\xFF]/);
  });
});
