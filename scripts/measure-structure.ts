import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { extract } from 'tar-stream';
import {
  filesIn,
  findCircles,
  findWithOneImporter,
  importsOf,
  linesOf,
  type Measured,
  measureFolders,
  measureShape,
} from '../test/architecture/measure-shape.ts';
import { commentsOf } from '../test/architecture/parse-source.ts';
import { type FileMap, GENERATED } from '../test/architecture/rules.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['src', 'test', 'bench', 'scripts'];

function readWorkingTree(): FileMap {
  const files: Record<string, string> = {};
  for (const folder of FOLDERS) {
    const paths = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
    for (const path of paths.filter((name) => name.endsWith('.ts'))) {
      const text = readFileSync(join(ROOT, folder, path), 'utf8');
      files[`${folder}/${path.split(sep).join('/')}`] = text;
    }
  }
  return files;
}

/** Runs git in the repository, however large its output is. */
function git(...args: string[]) {
  return spawnSync('git', args, { cwd: ROOT, maxBuffer: 1024 ** 3 });
}

/** Returns the name of a commit as it was given; refuses what is none. */
function parseCommit(name: string): string {
  const { status } = git(
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${name}^{commit}`,
  );
  if (status !== 0) throw new InvalidArgumentError('It must be a commit of this repository.');
  return name;
}

async function readCommit(revision: string): Promise<FileMap> {
  const { status, stdout, stderr } = git('archive', revision, ...FOLDERS);
  if (status !== 0) throw new Error(`git archive ${revision}: ${stderr.toString('utf8')}`);
  const files: Record<string, string> = {};
  const entries = extract();
  Readable.from([stdout]).pipe(entries);
  for await (const entry of entries) {
    const parts: Buffer[] = [];
    for await (const part of entry) parts.push(part as Buffer);
    const { name } = entry.header;
    if (name.endsWith('.ts')) files[name] = Buffer.concat(parts).toString('utf8');
  }
  return files;
}

/** The cells of one column, by the name of the row. */
function measure(files: FileMap): Map<string, string> {
  const source = Object.fromEntries(
    Object.entries(filesIn(files, 'src/')).filter(([path]) => path !== GENERATED),
  );
  const lines = Object.values(source).map(linesOf);
  const sorted = [...lines].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  const shape = measureShape(source);
  const imports = importsOf(source);
  const circles = findCircles(imports);
  const wheres = Object.entries(source).flatMap(([path, text]) =>
    commentsOf(path, text).flatMap((comment) => comment.match(/\bwhere\b/g) ?? []),
  );
  return new Map([
    ['lines of src', sum(lines).toLocaleString('en')],
    ['files', String(lines.length)],
    ['median / 95th / longest file', `${at(0.5)} / ${at(0.95)} / ${at(1)}`],
    ['files over 300 lines', String(lines.filter((count) => count > 300).length)],
    ['files with exactly one importer', String(findWithOneImporter(imports).length)],
    ['folders over 35 files', list(measureFolders(source), 35)],
    ['circles of files', `${circles.length} (${circles.flat().length} files)`],
    ['functions over 60 lines', String(over(shape.functions, 60).length)],
    ['longest function', list(shape.functions, 60, 1)],
    ['largest constructor', list(shape.constructors, 0, 1)],
    ['public methods that nothing reads', String(shape.unusedMethods.length)],
    ['"where" in comments', String(wheres.length)],
    ['lines of test to lines of src', (testLines(files) / sum(lines)).toFixed(2)],
  ]);
}

function testLines(files: FileMap): number {
  return sum(Object.values(filesIn(files, 'test/')).map(linesOf));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, count) => total + count, 0);
}

function over(measured: readonly Measured[], limit: number): Measured[] {
  return measured.filter(({ size }) => size > limit).sort((a, b) => b.size - a.size);
}

function list(measured: readonly Measured[], limit: number, most = 10): string {
  const found = over(measured, limit).slice(0, most);
  return found.map(({ subject, size }) => `${subject}: ${size}`).join(', ') || '0';
}

const [revisions] = new Command('npm run structure --')
  .description(
    'Prints the shape of the sources as a Markdown table: size, ties between files, long functions, and how often comments say "where".',
  )
  .argument(
    '[commit...]',
    'commits to put beside each other; without any, the working tree',
    (name: string, before: string[]) => [...before, parseCommit(name)],
    [],
  )
  .parse().processedArgs as [string[]];
const columns = await Promise.all(
  (revisions.length > 0 ? revisions : [null]).map(async (revision) => ({
    name: revision ?? 'working tree',
    cells: measure(revision === null ? readWorkingTree() : await readCommit(revision)),
  })),
);
console.log(`| | ${columns.map(({ name }) => name).join(' | ')} |`);
console.log(`|---|${columns.map(() => '---').join('|')}|`);
for (const name of columns[0]?.cells.keys() ?? []) {
  console.log(`| ${name} | ${columns.map(({ cells }) => cells.get(name)).join(' | ')} |`);
}
