/**
 * Puts the program, its threads and child processes, and the packages that they use, into few files below
 * `dist/bundle`: to find, read and link 1,500 small files takes half a second of each start. What the
 * sources load by `import()` becomes a file of its own, which is read only if it is needed.
 *
 * Each program also gets a file at the place of its source, such as `dist/main.js`, which runs the bundled one.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { asScript } from './bundled-code.js';
import { keepCompiledCode } from './keep-compiled-code.js';
import { thirdPartyNotices } from './third-party.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const sources = join(root, 'src');
const bundle = join(root, 'dist', 'bundle');

/** A running server reads some of its files late: those of an earlier build stay so long. */
const KEEP_OLD_FILES_MS = 24 * 3_600_000;
/** The last package in a path, with its scope. */
const PACKAGE = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/;
/** How a source names the module that a thread or a child process runs. */
const STARTED_MODULE = /\bstart(?:Worker|Child)\(import\.meta\.url, '([^']+)'/g;
/** Fastify loads its own compilers of schemas, 400 kB of program, before it learns that others are set. */
const UNUSED_COMPILER = /^@fastify\/(?:ajv-compiler|fast-json-stringify-compiler)$/;
/** zod's list of all languages. */
const LANGUAGES_OF_ERRORS = /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/;

/** A dependency of the client alone; the server has its own copy, because its two forms are not the same. */
const ALSO_BUNDLED = 'openapi-fetch';

const startedAt = Date.now();
const programs = [join(sources, 'main.ts'), ...startedModules()];
const { metafile, outputFiles } = await build({
  write: false,
  entryPoints: programs,
  outdir: bundle,
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  metafile: true,
  // Names stay, so that stack traces can be read.
  minifyWhitespace: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  legalComments: 'eof',
  logLevel: 'error',
  external: packagesOutside(),
  plugins: [
    { name: 'own address', setup: keepOwnAddress },
    { name: 'unused compilers', setup: leaveOutCompilers },
    { name: 'one language of errors', setup: leaveOutLanguages },
  ],
});
mkdirSync(bundle, { recursive: true });
const digest = createHash('sha256');
for (const { path, text } of outputFiles) {
  const script = await asScript(basename(path), text);
  writeFileSync(join(bundle, scriptName(path)), script);
  digest.update(script);
}
// The client for other programs, in one file that browsers read too.
await build({
  entryPoints: [join(sources, 'client', 'index.ts')],
  outfile: join(root, 'dist', 'client', 'index.js'),
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2022',
  logLevel: 'error',
});
writeProgramLoader(digest.digest('hex').slice(0, 16));
for (const program of programs) writeStarter(program);
writeFileSync(join(bundle, 'packages.json'), JSON.stringify(packagesByFile(), null, 1));
writeFileSync(
  join(root, 'dist', 'THIRD-PARTY.txt'),
  thirdPartyNotices(root, Object.keys(metafile.inputs)),
);
removeOldFiles();
await keepCompiledCode(root, bundle);

/** Modules that threads and child processes run. */
function startedModules() {
  const files = readdirSync(sources, { recursive: true }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => {
    const folder = dirname(join(sources, file));
    const text = readFileSync(join(sources, file), 'utf8');
    return [...text.matchAll(STARTED_MODULE)].map(([, path]) => join(folder, `${path}.ts`));
  });
}

/**
 * Packages that stay outside: the dependencies, which read files of their own or are mostly data, and those
 * that an installation may lack. All others are bundled, so they are development dependencies.
 */
function packagesOutside() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { dependencies, peerDependencies = {}, optionalDependencies = {} } = manifest;
  const names = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
  return names.filter((name) => name !== ALSO_BUNDLED);
}

/** A source that looks for files beside itself finds them from the bundle, too. */
function keepOwnAddress({ onLoad }) {
  onLoad({ filter: /\.ts$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8');
    if (!path.startsWith(sources) || !text.includes('import.meta.url')) return undefined;
    const place = join('..', relative(sources, path)).replace(/\.ts$/, '.js');
    const address = `new URL(${JSON.stringify(place)}, import.meta.url).href`;
    return { contents: text.replaceAll('import.meta.url', address), loader: 'ts' };
  });
}

/** Puts a function in the place of a compiler that only throws: the server sets compilers of its own. */
function leaveOutCompilers({ onResolve, onLoad }) {
  onResolve({ filter: UNUSED_COMPILER }, ({ path }) => ({ path, namespace: 'left-out' }));
  onLoad({ filter: UNUSED_COMPILER, namespace: 'left-out' }, ({ path }) => ({
    contents: `module.exports = () => () => { throw new Error('${path} is not part of the program.'); };`,
  }));
}

/** Messages of zod in 50 languages, 300 kB of program; it uses English by itself, and nothing here sets another. */
function leaveOutLanguages({ onLoad }) {
  onLoad({ filter: LANGUAGES_OF_ERRORS }, () => ({
    contents: "export { default as en } from './en.js';",
  }));
}

function scriptName(path) {
  return basename(path).replace(/\.js$/, '.cjs');
}

function writeProgramLoader(build) {
  const loader = readFileSync(join(root, 'bin', 'program-loader.cjs'), 'utf8');
  writeFileSync(join(bundle, 'loader.cjs'), loader.replace('not-built', build));
}

function writeStarter(program) {
  const target = join(root, 'dist', relative(sources, program)).replace(/\.ts$/, '.js');
  mkdirSync(dirname(target), { recursive: true });
  const path = relative(dirname(target), join(bundle, 'loader.cjs'));
  const loader = path.startsWith('.') ? path : `./${path}`;
  writeFileSync(
    target,
    `import runProgram from '${loader}';\nrunProgram('${scriptName(target)}');\n`,
  );
}

/** Which packages each file holds: what a start loads can be told by it. */
function packagesByFile() {
  return Object.fromEntries(
    Object.entries(metafile.outputs).map(([path, { inputs }]) => {
      const names = Object.keys(inputs).flatMap((input) => PACKAGE.exec(input)?.[1] ?? []);
      return [scriptName(path), [...new Set(names)].sort()];
    }),
  );
}

function removeOldFiles() {
  const current = new Set([
    'packages.json',
    'loader.cjs',
    ...Object.keys(metafile.outputs).map(scriptName),
  ]);
  for (const name of readdirSync(bundle)) {
    const path = join(bundle, name);
    if (!current.has(name) && startedAt - statSync(path).mtimeMs > KEEP_OLD_FILES_MS) rmSync(path);
  }
}
