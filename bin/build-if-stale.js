import { spawnSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const built = join(root, 'dist', 'main.js');
const builtPage = join(root, 'dist', 'console', 'index.html');

/**
 * Compiles `src` to `dist` if `dist` is missing or older than what it is made from. If the compiler
 * is not installed (production), what `dist` holds is used as it is. Returns false, with the reason
 * on stderr, if there is nothing to run.
 */
export function buildIfStale() {
  return buildServer() && buildConsole();
}

/** Returns true if nothing is built yet, and the compiler is there. */
export function isFirstBuild() {
  return !existsSync(built) && findTool('typescript', 'bin/tsc') !== null;
}

function buildServer() {
  if (
    !isStale(built, [
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'tsconfig.client.json',
      'src',
      'bin/bundle-server.js',
    ])
  ) {
    return true;
  }
  const compiler = findTool('typescript', 'bin/tsc');
  if (compiler === null) {
    if (existsSync(built)) return true;
    process.stderr.write(
      'dist/ is missing and so is the compiler: run `npm ci` without --omit=dev, then `npm run build`.\n',
    );
    return false;
  }
  process.stderr.write('Compiling src to dist …\n');
  const startedAt = new Date();
  if (!run(compiler, '-p', 'tsconfig.build.json', '--noEmit')) {
    process.stderr.write('The compiler has refused the sources; see above.\n');
    return false;
  }
  if (!run(join(root, 'bin', 'bundle-server.js'))) {
    process.stderr.write('The server could not be put together; see above.\n');
    return false;
  }
  if (!run(compiler, '-p', 'tsconfig.client.json')) {
    process.stderr.write('The types of the client could not be written; see above.\n');
    return false;
  }
  // What changes while the compiler runs counts as newer.
  utimesSync(built, startedAt, startedAt);
  return true;
}

/** Runs a script of Node, its output on stderr; false if it has failed. */
function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  return status === 0;
}

/** The web console. Without the tool that builds it, what there is stays as it is. */
function buildConsole() {
  const sources = ['index.html', 'package.json', 'public', 'src', 'vite.config.ts'];
  const stale = isStale(
    builtPage,
    sources.map((path) => join('console', path)),
  );
  const hasSources = existsSync(join(root, 'console', 'index.html'));
  const vite = stale && hasSources ? findTool('vite', 'bin/vite.js') : null;
  if (vite === null) return true;
  process.stderr.write('Building the console …\n');
  const startedAt = new Date();
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: join(root, 'console'),
    // Set otherwise, by a test runner say, it would build the slow React for developers.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    process.stderr.write('The console could not be built; see above.\n');
    return false;
  }
  compressFolder(join(root, 'dist', 'console'));
  utimesSync(builtPage, startedAt, startedAt);
  return true;
}

/** Compresses what is text beside itself, so that the server only has to pick a file. */
function compressFolder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) compressFolder(path);
    else if (/\.(js|css|svg|webmanifest)$/.test(entry.name)) {
      const bytes = readFileSync(path);
      const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
      writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    }
  }
}

/** True if what was built is missing or older than one of the sources. */
function isStale(target, sources) {
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats === undefined) return true;
  return sources.some((path) => newestChange(join(root, path)) > stats.mtimeMs);
}

/** Folders count too: removing a file changes its folder. */
function newestChange(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(
    stats.mtimeMs,
    ...readdirSync(path).map((name) => newestChange(join(path, name))),
  );
}

/** A tool's program inside its package, null if the package is not installed. */
function findTool(name, program) {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), program);
  } catch {
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = buildIfStale() ? 0 : 1;
}
