import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { generatedDocuments } from '../scripts/generate/documents.ts';
import { generatedRegistries } from '../scripts/generate/registries.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const DOCUMENTS = [
  ...readdirSync(ROOT),
  join('scripts', 'README.md'),
  join('bench', 'README.md'),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) =>
    join('docs', path),
  ),
].filter((path) => path.endsWith('.md'));
const MANIFEST: { scripts: Record<string, string>; bin: Record<string, string> } = JSON.parse(
  read('package.json'),
);

describe('generated documents', () => {
  it.each(Object.entries({ ...generatedDocuments(), ...generatedRegistries() }))(
    '%s is what `npm run docs` writes',
    (path, text) => {
      expect(read(path)).toBe(text);
    },
  );
});

describe.each(DOCUMENTS)('%s', (document) => {
  const text = read(document);

  it('links to files that are there', () => {
    expect(brokenLinks(text, document)).toEqual([]);
  });

  it('names files that are there', () => {
    expect(missingPaths(text)).toEqual([]);
  });

  it('quotes titles of tests that are there', () => {
    const quoted = [...text.matchAll(/`(test\/[\w/.-]+\.test\.ts)`: "([^"\n]+)"/g)];
    const missing = quoted.filter(([, file = '', title = '']) => !read(file).includes(title));
    expect(missing.map(([whole]) => whole)).toEqual([]);
  });

  it('names npm scripts that are there', () => {
    expect(missingScripts(text)).toEqual([]);
  });
});

describe('the decisions', () => {
  const records = readdirSync(join(ROOT, 'docs', 'decisions')).filter((name) => /^\d/.test(name));

  it.each(records)('%s has a number, a title, a date and a status', (name) => {
    const text = read(join('docs', 'decisions', name));
    const heading =
      /^# (\d{4})\. (.+)\n\nDate: \d{4}-\d\d-\d\d\. Status: (.+)\.\n\n## Context\n/.exec(text);
    expect(heading?.[1]).toBe(name.slice(0, 4));
    expect(heading?.[3]).toMatch(/^(?:proposed|accepted|replaced by \d{4})$/);
    expect(text).toContain('\n## Decision\n');
    const index = read(join('docs', 'decisions', 'README.md'));
    expect(index).toContain(`| [${heading?.[1]}](${name}) | ${heading?.[2]} |`);
  });

  it('have numbers of their own', () => {
    expect(new Set(records.map((name) => name.slice(0, 4))).size).toBe(records.length);
  });
});

describe('the commands', () => {
  it('are explained in an index', () => {
    const indexes = ['CONTRIBUTING.md', 'README.md', 'scripts/README.md', 'bench/README.md']
      .map(read)
      .join('\n');
    const missing = Object.keys(MANIFEST.scripts).filter(
      (name) => !new RegExp(`npm (?:run )?${name}\\b(?![:-])`).test(indexes),
    );
    expect(missing).toEqual([]);
  });

  it('say what they do if they are asked for help', () => {
    const programs = Object.values(MANIFEST.scripts).flatMap(
      (line) => /^tsx (\S+)$/.exec(line)?.slice(1) ?? [],
    );
    expect(programs.length).toBeGreaterThan(30);
    const silent = programs.filter(
      (file) => !/\.description\(['"`\s][\s\S]*?\n? {2}\.parse\(\)/.test(read(file)),
    );
    expect(silent).toEqual([]);
  });

  it('refuse with a sentence what they do not know', () => {
    const args = ['--import', 'tsx', 'scripts/measure-structure.ts', 'no-such-commit'];
    const refused = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
    expect([refused.status, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/^error: .* It must be a commit of this repository\.\n$/);
  });
});

describe('the checks themselves', () => {
  it('notice a dead link, an absent file and an unknown script', () => {
    expect(
      brokenLinks('[a](docs/nowhere.md) [b](README.md#top) [c](https://x.example)', 'x.md'),
    ).toEqual(['docs/nowhere.md']);
    expect(brokenLinks('<img width="9" src="docs/none.png" alt="">', 'x.md')).toEqual([
      'docs/none.png',
    ]);
    expect(missingPaths('`src/kernel/errors.ts` and `src/kernel/nowhere.ts`, `docs/`')).toEqual([
      'src/kernel/nowhere.ts',
    ]);
    expect(missingScripts('`npm run lint`, `npm test`, `npm run nothing`')).toEqual(['nothing']);
  });

  it('find the documents', () => {
    expect(DOCUMENTS).toEqual(
      expect.arrayContaining(['README.md', join('docs', 'architecture.md')]),
    );
  });
});

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function brokenLinks(text: string, document: string): string[] {
  return matches(text, /(?:\]\(|<img [^<>]*src=")([^)"\s]+)[)"]/g)
    .filter((target) => !/^([a-z]+:|#)/.test(target))
    .filter((target) => {
      const path = normalize(join(dirname(document), target.replace(/#.*$/, '')));
      return !existsSync(join(ROOT, path));
    });
}

/** Paths in code quotes that start with one of the repository's folders; globs are left out. */
function missingPaths(text: string): string[] {
  const quoted = matches(text, /`((?:src|test|docs|scripts|bench|bin|\.ci)\/[\w./-]*)`/g);
  return quoted.filter((path) => !existsSync(join(ROOT, path)));
}

function missingScripts(text: string): string[] {
  return matches(text, /\bnpm (?:run )?(test|start|(?<=run )[\w:-]+)/g).filter(
    (name) => MANIFEST.scripts[name] === undefined,
  );
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap((match) => match[1] ?? []);
}
