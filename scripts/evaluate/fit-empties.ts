import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { cooperativeLoop } from '../../src/understanding/rules/cooperative-loop.ts';
import { scoreOf } from '../../src/understanding/rules/english/claims/claim-score.ts';
import {
  type HeardSentence,
  hearSentence,
} from '../../src/understanding/rules/english/empty/empty-features.ts';
import {
  chanceOfAll,
  type EmptyJudge,
  featuresOf,
  peopleOf,
} from '../../src/understanding/rules/english/empty/empty-talks.ts';
import { loadTagger } from '../../src/understanding/rules/english/tagger.ts';
import { saysNothing } from '../../src/understanding/rules/english/worth-keeping.ts';
import { readTalk } from '../../src/understanding/rules/understand-talk.ts';
import { fitWeights } from './fit-weights.ts';
import { setOf } from './leave-out.ts';
import { isBlind, readSet, talkSets, toInput, turnsOf } from './read-sets.ts';

/** Added to the lowest threshold with which no talk that matters is lost of a set left out. */
const MARGIN = 0.05;
const PULL = 0.4;
/** How often a short talk that matters counts: of other talk that does there is far more. */
const TIMES = 4;
/** Words that are said in so many empty talks are those that they are full of. */
const OFTEN = 3;
/** Written to fit to: half of it as near to the other kind as can be. The threshold is not chosen by it. */
const MURMURS = 'murmurs';
const FOR_FITTING = /^(?:murmurs|exchanges|memos|appointments|endings)/;
const FOLDS = 5;
const WORST = 40;
const TABLE = new URL(
  '../../src/understanding/rules/english/empty/empty-weights.json',
  import.meta.url,
);
const { print: isPrinting } = new Command('npm run eval:fit-empties --')
  .description(
    'Fits the weights by which talks are discarded as empty to the talks of eval/ that may be read, and prints how many of each set are if the weights are fitted to the others.',
  )
  .option('--print', 'write nothing; show the talks that are judged worst', false)
  .parse()
  .opts<{ print: boolean }>();

/** A talk that is empty, a short one that matters, or other talk that does. */
type Kind = 'empty' | 'short' | 'other';

interface Talk {
  set: string;
  kind: Kind;
  text: string;
  sentences: HeardSentence[];
  /** Decided without a score. */
  saysNothing: boolean;
}

const each = cooperativeLoop(new AbortController().signal);
const tag = await loadTagger();

/** Reads a talk; null if it is not English. */
async function read(kind: Kind, set: string, turns: string[], me = 'Me'): Promise<Talk | null> {
  const { talk, rules } = await readTalk(toInput(turns, me), each);
  if (rules.code !== 'en') return null;
  const people = peopleOf(talk);
  const sentences = talk.sentences.flatMap(
    (_, at) => hearSentence({ ...talk, tag }, at, people) ?? [],
  );
  return { set, kind, text: turns.join(' / '), sentences, saysNothing: saysNothing(talk) };
}

async function readTalks(): Promise<Talk[]> {
  const talks: (Talk | null)[] = [];
  for (const name of talkSets().filter((set) => !isBlind(set))) {
    const { emptyTalks, shortTalks, changes, stays, dialogues } = readSet(name);
    const own = setOf(`${name}/`);
    const fold = (nth: number): string => (own === MURMURS ? `${own} ${nth % FOLDS}` : own);
    for (const [nth, turns] of emptyTalks.entries())
      talks.push(await read('empty', fold(nth), turns));
    for (const [nth, turns] of shortTalks.entries())
      talks.push(await read('short', fold(nth), turns));
    for (const said of [...changes, ...stays].flatMap(({ first, then }) => [first, then])) {
      talks.push(await read('other', own, [`Me: ${said}`]));
    }
    for (const dialogue of dialogues) {
      const claims = [...dialogue.tasks, ...dialogue.events, ...dialogue.facts];
      if (dialogue.language !== 'en' || claims.every((line) => line.startsWith('?'))) continue;
      talks.push(await read('other', own, turnsOf(dialogue), dialogue.me));
    }
  }
  return talks.filter((talk) => talk !== null);
}

/** Counts the empty talks that each word is said in. */
function countWords(talks: readonly Talk[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { sentences } of talks.filter(({ kind }) => kind === 'empty')) {
    for (const word of new Set(sentences.flatMap(({ words }) => words))) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return counts;
}

/** Fits to every sentence of empty talks, and of the others to the one that least says nothing. */
function fitEmpties(talks: readonly Talk[]): EmptyJudge & { counts: Map<string, number> } {
  const counts = countWords(talks);
  const heard = (word: string): number => counts.get(word) ?? 0;
  const rows = talks.map(({ set, kind, sentences }) => ({
    kind,
    // An empty talk is not to know its words from itself.
    sentences: sentences.map((sentence) => ({
      dialogue: set,
      features: featuresOf(sentence, kind === 'empty' ? (word) => heard(word) - 1 : heard),
      isRight: kind === 'empty',
    })),
  }));
  const empty = rows.filter(({ kind }) => kind === 'empty').flatMap(({ sentences }) => sentences);
  const short = rows.filter(({ kind }) => kind === 'short').flatMap(({ sentences }) => sentences);
  const once = fitWeights([...empty, ...short], PULL);
  const telling = rows
    .filter(({ kind }) => kind !== 'empty')
    .flatMap(({ kind, sentences }) => {
      const [least] = sentences
        .map((sentence) => ({ sentence, score: scoreOf(sentence.features, once) }))
        .sort((a, b) => a.score - b.score);
      const times = kind === 'short' ? TIMES : 1;
      return least ? Array.from({ length: times }, () => least.sentence) : [];
    });
  return { ...fitWeights([...empty, ...telling], PULL), heard, counts };
}

function chanceOf({ sentences, saysNothing: isNothing }: Talk, judge: EmptyJudge): number {
  if (isNothing) return 1;
  if (sentences.some(({ isDoubtful }) => isDoubtful)) return 0;
  const scores = sentences.map((sentence) => scoreOf(featuresOf(sentence, judge.heard), judge));
  return chanceOfAll(scores);
}

const talks = await readTalks();
const judged = [...new Set(talks.map(({ set }) => set))].flatMap((set) => {
  const judge = fitEmpties(talks.filter((talk) => talk.set !== set));
  return talks
    .filter((talk) => talk.set === set)
    .map((talk) => ({ ...talk, chance: chanceOf(talk, judge) }));
});
const lost = judged.filter(({ kind, set }) => kind !== 'empty' && !FOR_FITTING.test(set));
const threshold = Math.ceil((Math.max(...lost.map(({ chance }) => chance)) + MARGIN) * 100) / 100;

console.log(`empty from ${threshold}; of sets left out are discarded:`);
const authors = new Set(judged.map(({ set }) => set.split(' ')[0] ?? set));
for (const author of [...authors, 'all']) {
  const own = judged.filter(({ set }) => author === 'all' || set.split(' ')[0] === author);
  const [empty, short, other] = (['empty', 'short', 'other'] as const).map((kind) => {
    const of = own.filter((talk) => talk.kind === kind);
    return `${of.filter(({ chance }) => chance >= threshold).length} of ${of.length}`;
  });
  console.log(`  ${author}: ${empty} empty, ${short} short, ${other} other talks`);
}
if (isPrinting) {
  const off = ({ kind, chance }: (typeof judged)[number]): number =>
    kind === 'empty' ? 1 - chance : chance;
  for (const isEmpty of [false, true]) {
    const own = judged.filter(({ kind }) => (kind === 'empty') === isEmpty);
    for (const talk of own.sort((a, b) => off(b) - off(a)).slice(0, isEmpty ? 4 * WORST : WORST)) {
      console.log(
        `  ${talk.chance.toFixed(3)} ${talk.kind} ${talk.set}: ${talk.text.slice(0, 120)}`,
      );
    }
  }
} else {
  const { bias, weights, counts } = fitEmpties(talks);
  const kept = Object.entries(weights).filter(([, weight]) => Math.abs(weight) >= 0.05);
  const wordsOf = (isOf: (count: number) => boolean): string =>
    [...counts]
      .flatMap(([word, count]) => (isOf(count) ? [word] : []))
      .sort()
      .join(' ');
  const table = {
    bias,
    threshold,
    often: wordsOf((count) => count >= OFTEN),
    seldom: wordsOf((count) => count < OFTEN),
    weights: Object.fromEntries(kept),
  };
  writeFileSync(TABLE, `${JSON.stringify(table, null, 2)}\n`);
}
