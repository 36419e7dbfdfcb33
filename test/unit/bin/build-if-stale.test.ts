import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SQLITE_DRIVER } from '../../../src/kernel/sqlite/open-sqlite.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const ENGINES = { node: '>=20.19' };
const BUILT = 'Compiling src to dist';

let project: string;

/** A package with the real `bin` and the real compiler, whose `src` prints its arguments. */
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'omi-build-'));
  cpSync(join(ROOT, 'bin'), join(project, 'bin'), { recursive: true });
  mkdirSync(join(project, 'src'));
  write('package.json', JSON.stringify({ type: 'module', engines: ENGINES }));
  const compilerOptions = { module: 'nodenext', outDir: 'dist', rootDir: 'src', types: [] };
  write('tsconfig.build.json', JSON.stringify({ compilerOptions, include: ['src'] }));
  write(
    'tsconfig.client.json',
    JSON.stringify({
      compilerOptions: { ...compilerOptions, declaration: true, emitDeclarationOnly: true },
      include: ['src/client'],
    }),
  );
  write('src/main.ts', source('first'));
  mkdirSync(join(project, 'src', 'client'));
  write('src/client/index.ts', 'export {};\n');
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'), 'dir');
});

afterEach(() => rmSync(project, { recursive: true, force: true }));

describe('omi-backend', () => {
  it('compiles once, and again when the sources have changed', () => {
    const first = run('a', 'b');
    expect(first).toMatchObject({ status: 0, stdout: 'first a b\n' });
    expect(first.stderr).not.toContain('Warning');
    expect(run().stderr).not.toContain(BUILT);
    write('src/main.ts', source('second'));
    const future = new Date(Date.now() + 60_000);
    utimesSync(join(project, 'src/main.ts'), future, future);
    const again = run();
    expect(again.stderr).toContain(BUILT);
    expect(again.stdout).toBe('second \n');
  });

  it('refuses to run what does not compile, and leaves no half of it', () => {
    write('src/main.ts', 'const text: string = 1;\nexport { text };\n');
    const { status, stdout, stderr } = run();
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('src/main.ts');
    expect(existsSync(join(project, 'dist/main.js'))).toBe(false);
  });

  it('runs what is built where the compiler is not installed', () => {
    run();
    rmSync(join(project, 'node_modules'));
    rmSync(join(project, 'src'), { recursive: true });
    expect(run('x')).toMatchObject({ status: 0, stdout: 'first x\n', stderr: '' });
  });

  it('says what to do where nothing is built and nothing can be', () => {
    rmSync(join(project, 'node_modules'));
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain('npm run build');
  });

  it('says before the first build that this Node has no SQLite, and what to do', () => {
    rmSync(join(project, 'node_modules'));
    mkdirSync(join(project, 'node_modules'));
    linkPackage('typescript');
    const { status, stdout, stderr } = runWithoutNodeSqlite('serve');
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`Node ${process.versions.node} has no SQLite of its own`);
    expect(stderr).toContain('better-sqlite3 is not installed');
    expect(stderr).toContain('Install Node 22.16 or newer');
    expect(stderr).not.toContain(BUILT);
    expect(existsSync(join(project, 'dist'))).toBe(false);
  });

  it('says before the first build that the native part of better-sqlite3 is missing', () => {
    rmSync(join(project, 'node_modules'));
    mkdirSync(join(project, 'node_modules', 'better-sqlite3'), { recursive: true });
    linkPackage('typescript');
    write(
      'node_modules/better-sqlite3/index.js',
      "module.exports = class { constructor() { throw new Error('Could not locate the bindings file. Tried:\\n → a'); } };",
    );
    const { status, stderr } = runWithoutNodeSqlite('serve');
    expect(status).toBe(2);
    expect(stderr).toContain('(Could not locate the bindings file)');
    expect(stderr).not.toContain(BUILT);
  });

  it('gets the signals that `npm start` gets, and npm waits for it', async () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    write(
      'package.json',
      JSON.stringify({ type: 'module', engines: ENGINES, scripts: { start: scripts.start } }),
    );
    write(
      'src/main.ts',
      `declare const process: any, setInterval: any, clearInterval: any;
       const timer = setInterval(() => 0, 1000);
       process.on('SIGTERM', () => { process.stdout.write('told to stop'); clearInterval(timer); });
       process.stdout.write('up');
       // The build starts it once, too, and waits for this.
       process.getBuiltinModule('node:diagnostics_channel').channel('omi-backend:started').publish({});
       export {};`,
    );
    const npm = spawn('npm', ['start', '--silent'], { cwd: project });
    let output = '';
    npm.stdout.on('data', (chunk) => {
      output += chunk;
      if (output === 'up') npm.kill('SIGTERM');
    });
    const [status] = await once(npm, 'close');
    expect(output).toBe('uptold to stop');
    expect(status).toBe(0);
  });

  it('is executable and names Node, so that npx can start it', () => {
    expect(readFileSync(join(ROOT, 'bin/omi-backend.js'), 'utf8')).toMatch(
      /^#!\/usr\/bin\/env node\n/,
    );
  });
});

function write(path: string, text: string): void {
  writeFileSync(join(project, path), text);
}

function source(word: string): string {
  return `declare const process: any;\nprocess.stdout.write('${word} ' + process.argv.slice(2).join(' ') + '\\n');\nexport {};\n`;
}

function linkPackage(name: string): void {
  symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name), 'dir');
}

function run(...args: string[]) {
  return runNode([], args);
}

/** Runs it on a Node without a SQLite of its own, as Node 20 is. */
function runWithoutNodeSqlite(...args: string[]) {
  return runNode(SQLITE_DRIVER === 'node:sqlite' ? ['--no-experimental-sqlite'] : [], args);
}

function runNode(options: readonly string[], args: readonly string[]) {
  const program = join(project, 'bin/omi-backend.js');
  return spawnSync(process.execPath, [...options, program, ...args], { encoding: 'utf8' });
}
