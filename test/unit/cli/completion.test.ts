import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { expectsPath } from '../../../src/cli/completion.ts';
import { buildProgram } from '../../../src/cli/program.ts';

const program = () => buildProgram(() => Promise.resolve([]));
const hasBash = spawnSync('bash', ['--version']).status === 0;

afterEach(() => vi.restoreAllMocks());

describe('completion', () => {
  it.each<[string, boolean]>([
    ['stream ', true],
    ['stream --me Anna ', true],
    ['import a.txt b', true],
    ['export --out ', true],
    ['backup --force ', true],
    ['sync --markdown no', true],
    ['models check --file ', true],
    ['serve --data-dir ', true],
    ['str', false],
    ['stream --', false],
    ['stream --me ', false],
    ['stream a.wav ', false],
    ['tasks done ', false],
    ['search ', false],
    ['', false],
  ])('knows if "%s" is followed by a path', (line, expected) => {
    expect(expectsPath(program(), line.split(' '))).toBe(expected);
  });

  it.each<[string[], RegExp]>([
    [['tas'], /^tasks\t/],
    [['tasks', 'do'], /^done\t/],
    [['record', '--with', 'ff'], /^ffmpeg/],
    [['config', 'set', 'DEEPGRAM_A'], /^DEEPGRAM_API_KEY/],
    [['stream', ''], /^:0$/],
  ])('completes %j', async (words, expected) => {
    expect(await printed('complete', '--', ...words)).toMatch(expected);
  });

  it.skipIf(!hasBash)('completes in bash, and runs nothing of what is being typed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'omi-completion-'));
    try {
      writeFileSync(join(folder, 'script'), await printed('completion', 'bash'));
      const command = join(folder, 'omi-backend');
      writeFileSync(
        command,
        `#!/bin/sh\nprintf '%s|' "$@" > ${folder}/asked\nprintf 'tasks\\tlist\\ntoken\\tmake\\n:4\\n'\n`,
      );
      chmodSync(command, 0o755);
      const complete = (...words: string[]) =>
        bash(
          folder,
          `COMP_WORDS=(omi-backend "$@"); COMP_CWORD=$#; __omi_backend_complete; echo "\${COMPREPLY[@]}"`,
          words,
        );
      expect(complete('ta')).toBe('tasks\n');
      expect(complete('t')).toBe('tasks token\n');
      expect(complete('ask', `$(touch ${folder}/ran) what's`)).toBe('\n');
      expect(bash(folder, 'cat asked; ls', [])).toBe(
        `complete|--|ask|$(touch ${folder}/ran) what's|asked\nomi-backend\nscript\n`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** What a command prints. */
async function printed(...args: string[]): Promise<string> {
  let text = '';
  vi.spyOn(console, 'log').mockImplementation((line: string) => (text += `${line}\n`));
  vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += String(part);
    return true;
  });
  await program().parseAsync(args, { from: 'user' });
  vi.restoreAllMocks();
  return text.trimEnd();
}

/** Runs a line in a bash that has read the script, without any file of the user. */
function bash(folder: string, line: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(
    'bash',
    ['--norc', '-c', `source ./script && source ./script && ${line}`, 'bash', ...args],
    { cwd: folder, encoding: 'utf8', env: { PATH: `${folder}:${process.env.PATH}` } },
  );
  expect(stderr).toBe('');
  return stdout;
}
