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

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const BUILT = 'Compiling src to dist';

let project: string;

/** A package with the real `bin` and the real compiler, whose `src` prints its arguments. */
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'omi-build-'));
  cpSync(join(ROOT, 'bin'), join(project, 'bin'), { recursive: true });
  mkdirSync(join(project, 'src'));
  write('package.json', '{ "type": "module" }');
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
    expect(run('a', 'b')).toMatchObject({ status: 0, stdout: 'first a b\n' });
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

  it('gets the signals that `npm start` gets, and npm waits for it', async () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    write('package.json', JSON.stringify({ type: 'module', scripts: { start: scripts.start } }));
    write(
      'src/main.ts',
      `declare const process: any, setInterval: any, clearInterval: any;
       const timer = setInterval(() => 0, 1000);
       process.on('SIGTERM', () => { process.stdout.write('told to stop'); clearInterval(timer); });
       process.stdout.write('up');
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

function run(...args: string[]) {
  return spawnSync(process.execPath, [join(project, 'bin/omi-backend.js'), ...args], {
    encoding: 'utf8',
  });
}
