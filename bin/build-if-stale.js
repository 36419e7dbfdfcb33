import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const built = join(root, 'dist', 'main.js');

/**
 * Compiles `src` to `dist` where `dist` is missing or older than what it is made from. Where the
 * compiler is not installed (production), what `dist` holds is used as it is. Returns false, with
 * the reason on stderr, where there is nothing to run.
 */
export function buildIfStale() {
  if (!isStale()) return true;
  const compiler = findCompiler();
  if (compiler === null) {
    if (existsSync(built)) return true;
    process.stderr.write(
      'dist/ is missing and so is the compiler: run `npm ci` without --omit=dev, then `npm run build`.\n',
    );
    return false;
  }
  process.stderr.write('Compiling src to dist …\n');
  const startedAt = new Date();
  const run = spawnSync(
    process.execPath,
    [compiler, '-p', 'tsconfig.build.json', '--noEmitOnError'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
    },
  );
  if (run.status !== 0) {
    process.stderr.write('The compiler has refused the sources; see above.\n');
    return false;
  }
  // What changes while the compiler runs counts as newer.
  utimesSync(built, startedAt, startedAt);
  return true;
}

function isStale() {
  const stats = statSync(built, { throwIfNoEntry: false });
  if (stats === undefined) return true;
  const sources = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'src'];
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

function findCompiler() {
  try {
    const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
    return join(dirname(manifest), 'bin', 'tsc');
  } catch {
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = buildIfStale() ? 0 : 1;
}
