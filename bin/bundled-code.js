import { transform } from 'esbuild';
import { parseSync, Visitor } from 'oxc-parser';

/** The two halves of a character beyond U+FFFF count one by one. */
const BEYOND_LATIN_1 = /[^\0-\xFF]/;
const EACH_BEYOND_LATIN_1 = /[^\0-\xFF]/g;
const MAY_IMPORT = /\bimport\(/;
/** How a bundled file names another one. */
const OTHER_FILE = /(["'])(\.\/[\w.-]+)\.js\1/g;

/**
 * Returns a bundled file as a function body that `program-loader.cjs` runs: Node takes compiled code only
 * for scripts, not for modules. A file cannot wait (`await`) outside of a function.
 */
export async function asScript(path, text) {
  const { code } = await transform(withEdits(path, text), {
    // So named, a default import of a package is what Node would import.
    sourcefile: path.replace(/\.js$/, '.mjs'),
    format: 'cjs',
    target: 'node20.19',
    minifyWhitespace: true,
    define: { 'import.meta.url': 'moduleUrl' },
    legalComments: 'eof',
    logLevel: 'error',
    logOverride: { 'empty-import-meta': 'silent' },
  });
  return code.replace(OTHER_FILE, '$1$2.cjs$1');
}

/**
 * Escapes what is outside of Latin-1 in regular expressions, as esbuild has done in strings: V8 keeps a
 * program with one such character in two bytes for each character. A script also cannot import, so the loader does.
 */
function withEdits(path, text) {
  if (!BEYOND_LATIN_1.test(text) && !MAY_IMPORT.test(text)) return text;
  const edits = [];
  new Visitor({
    Literal: ({ regex, start, end }) => {
      if (!regex) return;
      const escapedText = text.slice(start, end).replaceAll(EACH_BEYOND_LATIN_1, escaped);
      edits.push({ start, end, text: escapedText });
    },
    ImportExpression: ({ start }) => {
      edits.push({ start, end: start + 'import'.length, text: 'importLater' });
    },
  }).visit(parseSync(path, text).program);
  edits.sort((a, b) => a.start - b.start);
  const pieces = [];
  let at = 0;
  for (const edit of edits) {
    pieces.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return [...pieces, text.slice(at)].join('');
}

function escaped(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
