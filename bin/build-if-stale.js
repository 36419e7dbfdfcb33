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
 * Compiles `src` to `dist` if `dist` is missing or older than what it is made from. Where the
 * compiler is not installed (production), what `dist` holds is used as it is. Returns false, with
 * the reason on stderr, if there is nothing to run.
 */
export function buildIfStale() {
  return buildServer() && buildConsole();
}

function buildServer() {
  if (!isStale(built, ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'src'])) {
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
  bundleLargePackages();
  // What changes while the compiler runs counts as newer.
  utimesSync(built, startedAt, startedAt);
  return true;
}

/** Modules of which each loads one large package, of which a small part is used. */
const LOADERS = ['chat/agent-graph.js', 'llm/adapters/openai/openai-client.js'];

/**
 * Puts the used part of large packages into the modules that load them, so that an installation does not
 * need the packages: they would be two thirds of it.
 */
function bundleLargePackages() {
  const { buildSync } = createRequire(import.meta.url)('esbuild');
  for (const loader of LOADERS) {
    const path = join(root, 'dist', loader);
    if (!existsSync(path)) continue;
    const [name] = /(?<=import\(')[^.'][^']*/.exec(readFileSync(path, 'utf8')) ?? [];
    if (name === undefined) throw new Error(`${loader} loads no package.`);
    const bundle = `${loader.replace(/\.js$/, '')}.bundle.js`;
    buildSync({
      stdin: { contents: `export * from '${name}';`, resolveDir: root },
      outfile: join(root, 'dist', bundle),
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      legalComments: 'eof',
      logLevel: 'error',
      // Parts that are CommonJS ask for modules of Node.
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
    const text = readFileSync(path, 'utf8');
    const file = `./${bundle.split('/').at(-1)}`;
    writeFileSync(path, text.replace(`import('${name}')`, `import('${file}')`));
  }
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
  const run = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: join(root, 'console'),
    stdio: ['ignore', 2, 2],
  });
  if (run.status !== 0) {
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
