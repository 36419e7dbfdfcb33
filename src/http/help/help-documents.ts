import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package, seen from `src/http/help` and from `dist/http/help`. */
export const PACKAGE_FOLDER = fileURLToPath(new URL('../../..', import.meta.url));
/** The document that lists all others; its headings and links are the navigation. */
export const INDEX_PATH = 'docs/README.md';
/** Longest question that is looked for, characters. */
export const MAX_QUERY = 200;
/** Documents outside `docs`. */
const TOP_DOCUMENTS = ['README.md', 'CHANGELOG.md', 'SECURITY.md'];

export interface HelpDocument {
  /** In the package: `docs/live.md`. */
  path: string;
  /** In the address of its page: `live`; empty for the index. */
  name: string;
  title: string;
  text: string;
}

/** Returns every document of the package at `root`; none if it was built without them. */
export async function readHelpDocuments(root: string): Promise<HelpDocument[]> {
  const below = await readdir(join(root, 'docs'), { recursive: true }).catch(() => []);
  const names = below.map((name) => posix.join('docs', name.replaceAll('\\', '/'))).sort();
  const paths = [...TOP_DOCUMENTS, ...names].filter((path) => path.endsWith('.md'));
  const documents = await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(join(root, path), 'utf8').catch(() => null);
      return text === null
        ? []
        : [{ path, name: pageName(path), title: titleOf(text, path), text }];
    }),
  );
  return documents.flat();
}

/** Returns the names of the pictures of the package at `root`: an installed package lacks the largest. */
export async function readImageNames(root: string): Promise<string[]> {
  const names = await readdir(join(root, 'docs', 'images')).catch(() => []);
  return names.filter((name) => imageName(`docs/images/${name}`) !== null);
}

/** Returns the last part of a page's address: `docs/live.md` is `live`, `README.md` is `readme`. */
function pageName(path: string): string {
  if (path === INDEX_PATH) return '';
  return path
    .replace(/^docs\//, '')
    .replace(/\.md$/, '')
    .replace(/\/README$/, '')
    .toLowerCase();
}

function titleOf(text: string, path: string): string {
  return /^# (.+)$/m.exec(text)?.[1] ?? path;
}

/** Returns the path in the package of what a link in a document leads to; null for an address outside. */
export function linkTarget(href: string, from: string): { path: string; anchor: string } | null {
  if (/^[a-z][a-z\d+.-]*:|^\/\//i.test(href)) return null;
  const [file = '', anchor = ''] = href.split('#');
  const path = file === '' ? from : posix.normalize(posix.join(posix.dirname(from), file));
  return { path, anchor };
}

/** Returns the name of a picture's file if a path is that of a picture of the documents. */
export function imageName(path: string): string | null {
  return /^docs\/images\/([\w-]+\.(?:png|webp|jpg))$/.exec(path)?.[1] ?? null;
}
