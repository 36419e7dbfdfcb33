import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { scoreOf } from '../../src/understanding/rules/english/claims/claim-score.ts';
import {
  featuresOfEnding,
  readEnding,
} from '../../src/understanding/rules/english/facts/ending-features.ts';
import { endingOf } from '../../src/understanding/rules/english/facts/fact-endings.ts';
import { findMemories } from '../../src/understanding/rules/english/facts/memories.ts';
import { loadTagger } from '../../src/understanding/rules/english/tagger.ts';
import { createRuleEngine } from '../../src/understanding/rules/rule-engine.ts';
import { fitWeights } from './fit-weights.ts';
import { readTalks } from './label-candidates.ts';
import { setOf } from './leave-out.ts';
import { isBlind, readSet, talkSets, toInput } from './read-sets.ts';
import { holdsWords } from './score-claims.ts';

/** Share of right endings among those that are taken for one, on sets that the weights were not fitted to. */
const PRECISION = 0.9;
/** Of pairs without a common word, one of so many is looked at. */
const FEW = 12;
const TABLE = new URL(
  '../../src/understanding/rules/english/facts/ending-weights.json',
  import.meta.url,
);
new Command('npm run eval:fit-endings')
  .description(
    'Fits the weights by which a sentence is told to end a fact that was said before, to the changes and the talk of eval/ that may be read, and prints what is right in each set if the weights are fitted to the others.',
  )
  .parse();

/** A fact and a sentence that ends it, or does not. */
interface Pair {
  dialogue: string;
  features: string[];
  isRight: boolean;
  fact: string;
  sentence: string;
}

const engine = createRuleEngine();
const { signal } = new AbortController();
const tag = await loadTagger();

function pair(dialogue: string, fact: string, sentence: string, isRight: boolean): Pair {
  const features = featuresOfEnding(fact, readEnding(sentence, tag));
  return { dialogue, features, isRight, fact, sentence };
}

async function factsOf(text: string): Promise<string[]> {
  const input = { ...toInput([`Me: ${text}`], 'Me'), forced: true };
  return (await engine.understand(input, signal)).memories.map(({ content }) => content);
}

/** The sentences of a text, as people end them. */
const sentencesOf = (text: string): string[] => text.split(/(?<=[.!?])\s+/);

/** True for the set that was written with the weights, which is harder on purpose. */
const isOfFitting = (set: string): boolean => set.startsWith('endings');
/** The largest set is left out by parts: it has most of the facts that stay. */
const foldOf = (set: string, nth: number): string =>
  isOfFitting(set) ? `endings ${nth % 5}/` : set;

/** What two talks of the data say of a fact; the ending is the sentence that most likely is one. */
async function changedPairs(): Promise<Pair[][]> {
  const found: Pair[][] = [];
  for (const name of talkSets().filter((set) => !isBlind(set))) {
    const { changes, stays } = readSet(name);
    for (const [nth, { first, then, gone }] of changes.entries()) {
      const fact = (await factsOf(first)).find((each) => holdsWords(each, gone));
      if (fact === undefined) console.log(`  no fact: ${first} (${gone})`);
      else found.push(sentencesOf(then).map((each) => pair(foldOf(name, nth), fact, each, true)));
    }
    for (const [nth, { first, then }] of stays.entries()) {
      for (const fact of await factsOf(first)) {
        found.push(
          ...sentencesOf(then).map((each) => [pair(foldOf(name, nth), fact, each, false)]),
        );
      }
    }
  }
  return found;
}

/** Facts that users say of themselves with the other sentences of the same talk, hardly one of which ends one. */
async function talkPairs(): Promise<Pair[]> {
  const talks = await readTalks();
  return talks.flatMap(({ id, context: { sentences } }) => {
    const own = sentences.filter(({ isUser }) => isUser);
    return findMemories(sentences, [], tag).flatMap(({ claim }) =>
      own
        .filter(({ segmentIds }) => !segmentIds.some((each) => claim.segmentIds.includes(each)))
        .map(({ text }) => pair(id, claim.content, text, false))
        // Most share nothing: a part of them is enough.
        .filter(({ features }, nth) => nth % FEW === 0 || !features.includes('shares: none')),
    );
  });
}

/** Of a change that takes several sentences, the one that is likeliest is the ending; the others are left out. */
function likeliest(changed: readonly Pair[][], fitted: ReturnType<typeof fitWeights>): Pair[] {
  return changed.flatMap((pairs) => {
    if (pairs.some(({ isRight }) => !isRight)) return pairs;
    const [best] = [...pairs].sort(
      (a, b) => scoreOf(b.features, fitted) - scoreOf(a.features, fitted),
    );
    return best === undefined ? [] : [best];
  });
}

function fitEndings(changed: readonly Pair[][], others: readonly Pair[]) {
  const once = fitWeights([...changed.flat(), ...others]);
  return fitWeights([...likeliest(changed, once), ...others]);
}

const changed = await changedPairs();
const others = await talkPairs();
const judged: (Pair & { score: number })[] = [];
for (const set of new Set([...changed.flat(), ...others].map(({ dialogue }) => setOf(dialogue)))) {
  const isOf = ({ dialogue }: Pair): boolean => setOf(dialogue) === set;
  const fitted = fitEndings(
    changed.filter(([first]) => first && !isOf(first)),
    others.filter((each) => !isOf(each)),
  );
  const own = likeliest(
    changed.filter(([first]) => first && isOf(first)),
    fitted,
  );
  for (const each of [...own, ...others.filter(isOf)]) {
    judged.push({ ...each, score: scoreOf(each.features, fitted) });
  }
}

/** The pairs that are taken for an ending. */
function taken(pairs: typeof judged, from: number): typeof judged {
  return pairs.filter(
    ({ fact, sentence, score }) =>
      endingOf(fact, readEnding(sentence, tag), { score: () => score, from }) !== null,
  );
}

/** The lowest score from which what is taken for an ending is right often enough. */
function chooseFrom(): number {
  const steps = Array.from({ length: 18 }, (_, step) => (step + 1) / 20);
  const told = judged.filter(({ dialogue }) => !isOfFitting(dialogue));
  const isPrecise = (from: number): boolean => {
    const ended = taken(told, from);
    return ended.filter(({ isRight }) => isRight).length >= PRECISION * ended.length;
  };
  return steps.find(isPrecise) ?? 1;
}

const from = chooseFrom();
for (const set of [...new Set(judged.map(({ dialogue }) => setOf(dialogue))), 'all']) {
  const own = judged.filter(({ dialogue }) => set === 'all' || setOf(dialogue) === set);
  const found = taken(own, from);
  const right = own.filter(({ isRight }) => isRight).length;
  const hits = found.filter(({ isRight }) => isRight).length;
  console.log(
    `  ${set}: ${hits} of ${right} ended, ${found.length - hits} of ${own.length - right} others`,
  );
}
console.log(`ended from ${from}`);
const { bias, weights } = fitEndings(changed, others);
const kept = Object.entries(weights).filter(([, weight]) => Math.abs(weight) >= 0.05);
const table = { bias, from, weights: Object.fromEntries(kept) };
writeFileSync(TABLE, `${JSON.stringify(table, null, 2)}\n`);
