import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { stemOf } from '../../src/text/stems.ts';
import { wordsOf } from '../../src/text/tokenizer.ts';
import { cooperativeLoop } from '../../src/understanding/rules/cooperative-loop.ts';
import { scoreOf } from '../../src/understanding/rules/english/claims/claim-score.ts';
import { ENGLISH_RULES } from '../../src/understanding/rules/english/english-rules.ts';
import {
  findSubjectCandidates,
  type SubjectCandidate,
} from '../../src/understanding/rules/english/subjects/subjects.ts';
import { findKeyPhrases } from '../../src/understanding/rules/key-phrases.ts';
import { fitWeights } from './fit-weights.ts';
import { isTalk, type ReadTalk, readTalks } from './label-candidates.ts';
import { setOf } from './leave-out.ts';
import { wordsOfId } from './read-sets.ts';

/** Share of talks in which a word is, from which it is of each class; what is rarer is of the last, 5. */
const SHARES = [0.1, 0.05, 0.02, 0.01, 0.005];
const FOLDER = new URL('../../src/understanding/rules/english/subjects/', import.meta.url);
const { spread: isSpread } = new Command('npm run eval:fit-subjects --')
  .description(
    'Fits the weights by which the subject of a talk is told for its title, to the talks of eval/ that may be read: a noun is right if the id of the talk has it. Prints how often the likeliest one is right in each set if the weights are fitted to the others.',
  )
  .option(
    '--spread',
    'count anew how common words are in these talks, and write nothing else',
    false,
  )
  .parse()
  .opts<{ spread: boolean }>();

interface Labelled {
  set: string;
  candidates: (SubjectCandidate & { isRight: boolean })[];
}

const each = cooperativeLoop(new AbortController().signal);
const talks = (await readTalks()).filter(({ id }) => isTalk(id));

/** The classes of words that are not of the rarest. */
function spreadOf(): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { context } of talks) {
    const stems = context.sentences.flatMap(({ text }) => wordsOf(text).map(stemOf));
    for (const stem of new Set(stems)) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  const classes = [...counts].map(([stem, count]): [string, number] => {
    const at = SHARES.findIndex((share) => count >= share * talks.length);
    return [stem, at < 0 ? SHARES.length : at];
  });
  return Object.fromEntries(classes.filter(([, at]) => at < SHARES.length).sort());
}

/** The candidates of a talk; null if its id names nothing that is said in it. */
async function label({ id, context, input }: ReadTalk): Promise<Labelled | null> {
  const wanted = wordsOfId(id, context.sentences.map(({ text }) => text).join(' '));
  if (wanted.length === 0) return null;
  const people = [...context.names, context.userName ?? ''];
  const phrases = await findKeyPhrases(context.sentences, people, each, ENGLISH_RULES);
  const reader = await ENGLISH_RULES.open(context);
  const { found: claims } = await reader.findClaims(input, each);
  const found = await findSubjectCandidates(context, phrases, claims, each);
  const candidates = found.map((candidate) => ({
    ...candidate,
    isRight: candidate.stems.some((stem) => wanted.includes(stem)),
  }));
  return { set: setOf(id), candidates };
}

const fitSubjects = (labelled: readonly Labelled[]) =>
  fitWeights(labelled.flatMap(({ candidates }) => candidates.map((c) => ({ ...c, dialogue: '' }))));

/** How often the likeliest candidate is right, and one of the two likeliest. */
function printSets(labelled: readonly Labelled[]): void {
  const totals = { talks: 0, first: 0, second: 0 };
  for (const set of new Set(labelled.map((talk) => talk.set))) {
    const fitted = fitSubjects(labelled.filter((talk) => talk.set !== set));
    const own = labelled.filter((talk) => talk.set === set);
    const ranks = own.map(({ candidates }) =>
      candidates
        .map(({ features, isRight }) => ({ score: scoreOf(features, fitted), isRight }))
        .sort((a, b) => b.score - a.score)
        .findIndex(({ isRight }) => isRight),
    );
    const first = ranks.filter((rank) => rank === 0).length;
    totals.talks += own.length;
    totals.first += first;
    totals.second += ranks.filter((rank) => rank === 0 || rank === 1).length;
    console.log(`  ${set.padEnd(14)} ${(first / own.length).toFixed(2)} of ${own.length}`);
  }
  const share = (count: number): string => (count / totals.talks).toFixed(2);
  console.log(`first ${share(totals.first)}, first two ${share(totals.second)} of ${totals.talks}`);
}

function write(name: string, value: unknown): void {
  writeFileSync(new URL(name, FOLDER), `${JSON.stringify(value, null, 2)}\n`);
}

if (isSpread) write('word-spread.json', spreadOf());
else {
  const labelled = (await Promise.all(talks.map(label))).filter((talk) => talk !== null);
  printSets(labelled);
  write('subject-weights.json', fitSubjects(labelled));
}
