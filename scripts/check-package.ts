import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';

const { args: given } = new Command('npm run check:package --')
  .description(
    'Packs the repository, installs the tarball into an empty folder, and does there what a user does first: start the server, play the sample talk, read it, open the console. Once on each Node.',
  )
  .argument('[node...]', 'programs `node` to try; without any, the one that runs this')
  .parse();
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const LIMIT_MS = 60_000;
const MAX_INSTALLED_MB = 80;

const folder = mkdtempSync(join(tmpdir(), 'omi-package-'));
try {
  const tarball = pack();
  for (const node of given.length > 0 ? given : [process.execPath]) await checkOn(node, tarball);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack(): string {
  npm(process.execPath, ['pack', '--pack-destination', folder, '--silent'], ROOT);
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new Error('npm pack has written no tarball.');
  console.log(`${name}: ${megabytes(statSync(join(folder, name)).size)} MB`);
  return join(folder, name);
}

async function checkOn(node: string, tarball: string): Promise<void> {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const place = join(folder, version);
  mkdirSync(place);
  const startedAt = Date.now();
  npm(node, ['install', '--prefix', place, '--no-audit', '--no-fund', '--silent', tarball], place);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  const modules = join(place, 'node_modules');
  const installed = folderBytes(modules);
  console.log(`${version}: installed in ${seconds} s, ${megabytes(installed)} MB`);
  if (installed > MAX_INSTALLED_MB * 2 ** 20) {
    throw new Error(`The installation is larger than ${MAX_INSTALLED_MB} MB.`);
  }
  if (!hasSqlite(version)) {
    const refused = await run(node, place, ['doctor']);
    if (refused.code === 0 || !refused.output.includes('has no SQLite')) {
      throw new Error(`Without SQLite it says: ${refused.output}`);
    }
    // As its user would install it, but compiled before.
    for (const name of ['better-sqlite3', 'bindings', 'file-uri-to-path']) {
      const target = join(modules, name);
      if (!existsSync(target)) symlinkSync(join(ROOT, 'node_modules', name), target);
    }
  }
  await useOn(node, place);
  console.log(`${version}: the main job is done`);
}

async function useOn(node: string, place: string): Promise<void> {
  const server = start(node, place, ['serve']);
  try {
    const said = await outputUntil(server, /\nAPI: .*\n/u);
    const url = /ready at (http:\S+)/u.exec(said)?.[1] ?? '';
    if (!said.includes(join(place, 'home')))
      throw new Error('Data is not in the folder of the user.');
    await expectOutput(node, place, ['demo'], /Ben: Can you send me the list/u);
    await expectOutput(node, place, ['list'], /Spring Market/iu);
    await expectOutput(node, place, ['search', 'brass', 'band'], /brass band/u);
    await expectOutput(node, place, ['tasks'], /stall holders/u);
    const page = await fetch(`${url}/`, { headers: { accept: 'text/html' } });
    if (!page.ok || !(await page.text()).includes('<script'))
      throw new Error('There is no console.');
  } finally {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
  }
}

async function expectOutput(
  node: string,
  place: string,
  args: readonly string[],
  pattern: RegExp,
): Promise<void> {
  const { code, output } = await run(node, place, args);
  if (code !== 0 || !pattern.test(output)) {
    throw new Error(`omi-backend ${args.join(' ')} ended with ${code}: ${output}`);
  }
}

async function run(node: string, place: string, args: readonly string[]) {
  const child = start(node, place, args);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** Runs the installed program in an empty folder, with a home of its own and nothing configured. */
function start(node: string, place: string, args: readonly string[]): ChildProcess {
  const home = join(place, 'home');
  mkdirSync(join(home, 'work'), { recursive: true });
  return spawn(node, [join(place, 'node_modules', '.bin', 'omi-backend'), ...args], {
    cwd: join(home, 'work'),
    env: {
      ...{ PATH: process.env.PATH ?? '', HOME: home, PORT: '0', TZ: 'UTC', NO_COLOR: '1' },
      ...{ DETECT_MODEL_SERVERS: 'false', LOG_LEVEL: 'error' },
    },
  });
}

/** Returns what the server has said until it matches. */
async function outputUntil(child: ChildProcess, until: RegExp): Promise<string> {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`It does not start: ${text}`)), LIMIT_MS);
    child.once('exit', () => reject(new Error(`It has ended: ${text}`)));
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (!until.test(text)) return;
      clearTimeout(limit);
      resolve(text);
    });
  });
}

/** Runs npm by a certain Node. */
function npm(node: string, args: readonly string[], cwd: string): void {
  const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`;
  execFileSync('npm', args, { cwd, stdio: ['ignore', 2, 2], env: { ...process.env, PATH: path } });
}

function hasSqlite(version: string): boolean {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 16);
}

function folderBytes(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
