import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { VERSION } from '../src/kernel/version.ts';
import { setup as buildFirst } from '../test/build-first.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const [program = '', version = ''] = new Command('npm run fixture:data --')
  .description(
    'Writes test/fixtures/data-directories/<version>.tar.gz: the backup of a small data directory that the program itself has made by its own commands. Tests of later versions migrate it. Refuses a version that is there.',
  )
  .argument('[program]', 'the omi-backend.js to run', join(ROOT, 'bin', 'omi-backend.js'))
  .argument('[version]', 'its version', VERSION)
  .parse().processedArgs as [string, string];
buildFirst();
const folder = join(ROOT, 'test', 'fixtures', 'data-directories');
const target = join(folder, `${version}.tar.gz`);
if (existsSync(target)) {
  throw new Error(`${target} is there. A released data directory is never made anew.`);
}

const work = mkdtempSync(join(tmpdir(), 'omi-fixture-'));
try {
  mkdirSync(folder, { recursive: true });
  const server = start(['serve']);
  await firstOutput(server, 'API: ');
  await run(['demo']);
  await run(['memories', 'add', 'Keeps two bees in the garden']);
  await run(['tasks', 'add', 'Order a queen excluder']);
  await run(['tasks', 'add', 'Call the beekeeper']);
  await run(['people', 'add', 'Ben']);
  await run(['backup', target]);
  server.kill('SIGTERM');
  await once(server, 'exit');
  console.log(target);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [resolve(program), ...args], {
    cwd: work,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...{ PATH: process.env.PATH ?? '', HOME: work, DATA_DIR: join(work, 'data'), PORT: '0' },
      ...{ TZ: 'UTC', NO_COLOR: '1', DETECT_MODEL_SERVERS: 'false', LOG_LEVEL: 'error' },
    },
  });
}

async function run(args: readonly string[]): Promise<void> {
  const child = start(args);
  child.stdout?.resume();
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`omi-backend ${args.join(' ')} ended with ${code}.`);
}

async function firstOutput(child: ChildProcess, until: string): Promise<void> {
  let text = '';
  for await (const part of child.stdout ?? []) {
    text += String(part);
    if (text.includes(until)) break;
  }
  child.stdout?.resume();
}
