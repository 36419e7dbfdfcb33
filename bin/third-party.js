/**
 * The licences of what is in the bundles of server and console: a package that is copied into our files must keep its notice there.
 * Packages whose licence gives users the right to replace them (LGPL) stay outside of the bundle: a bundled
 * file cannot be replaced by another version.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LICENCES = join(dirname(fileURLToPath(import.meta.url)), 'licences');
/** Licences whose terms a bundle of unchanged packages with this list meets. */
const BUNDLED =
  /^(?:MIT|MIT-0|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|MPL-2\.0|OFL-1\.1|BlueOak-1\.0\.0)$/;
const NOTICE_FILE = /^(?:licen[cs]e|copying|notice)/i;
/** Libraries in C that packages hold as WebAssembly. */
const LIBRARIES = { libopus: ['@evan/opus', 'opus-decoder'] };
/** Data of others in files of ours. */
const DATA = {
  'src/understanding/rules/english/facts/noun-classes.json': `Classes of nouns, taken from WordNet 3.1 (https://wordnet.princeton.edu/) and changed

${read('wordnet')}
`,
  'src/understanding/rules/english/claims/word-kinds.json': `Verbs and nouns by what they are about, taken from WordNet 3.1 (https://wordnet.princeton.edu/) and changed

${read('wordnet')}
`,
  'src/understanding/rules/english/dates/holiday-table.json': `Dates of holidays, adapted from date-holidays (CC BY-SA 3.0)
https://github.com/commenthol/date-holidays

Copyright (c) commenthol and the contributors of date-holidays, who name Wikipedia among their sources. The
data were changed: each rule is one short text, and years are counted out. The table is under the same licence,
Creative Commons Attribution-ShareAlike 3.0: https://creativecommons.org/licenses/by-sa/3.0/
`,
};
const LINE = `\n${'-'.repeat(70)}\n\n`;

const INTRODUCTION = `Packages in this bundle of omi-backend, and their licences

The packages are unchanged. The source of each is at the address that is named with it, and in the npm
registry under its name and version; that is also how the source of packages under the MPL-2.0 is to be had.
Packages that are not listed here lie beside the bundle in node_modules, each with its own licence. Among
them are mpg123-decoder, which holds the library mpg123 (LGPL-2.1), and codec-parser (LGPL-3.0-or-later):
they can be replaced there by other versions.
`;

/**
 * Returns name, version, source, licence and licence texts of each package.
 *
 * @param root folder of the repository
 * @param inputs paths of all bundled files, relative to it
 * @throws Error if the licence of a package is not known to allow it
 */
export function thirdPartyNotices(root, inputs) {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  const packages = [...new Set(folders)].sort().map((folder) => noticeOf(join(root, folder)));
  const names = new Set(packages.map(({ name }) => name));
  const libraries = Object.entries(LIBRARIES).flatMap(([library, holders]) => {
    const used = holders.filter((holder) => names.has(holder));
    return used.length === 0 ? [] : [`${library}, in ${used.join(' and ')}\n\n${read(library)}`];
  });
  const data = inputs.flatMap((path) => DATA[path] ?? []);
  return [INTRODUCTION, ...packages.map(({ text }) => text), ...libraries, ...data].join(LINE);
}

function noticeOf(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { name, version, license } = manifest;
  if (!BUNDLED.test(license)) {
    throw new Error(
      `${name} has the licence ${license}: make it a dependency, so that it stays outside of the bundle.`,
    );
  }
  const texts = readdirSync(folder)
    .filter((file) => NOTICE_FILE.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (texts.length === 0) texts.push(ownText(manifest));
  const source = sourceOf(manifest);
  return { name, text: `${name} ${version} (${license})\n${source}\n\n${texts.join('\n\n')}\n` };
}

/** A package without a file names only its licence. */
function ownText({ name, license, author }) {
  if (license !== 'MIT')
    throw new Error(`${name} (${license}) comes without the text of its licence.`);
  const holder = typeof author === 'string' ? author : (author?.name ?? `the authors of ${name}`);
  return `Copyright (c) ${holder}\n\n${read('mit')}`;
}

function sourceOf({ name, repository }) {
  const url = typeof repository === 'string' ? repository : repository?.url;
  return url === undefined ? `npm: ${name}` : url.replace(/^git\+|\.git$/g, '');
}

function read(name) {
  return readFileSync(join(LICENCES, `${name}.txt`), 'utf8').trim();
}
