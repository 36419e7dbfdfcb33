import { Command, Option } from 'commander';
import { MemoryVersions } from '../src/memories/memory-versions.ts';
import { isCurrent, type Memory } from '../src/model/memory.ts';
import { contentStems } from '../src/text/stems.ts';
import { createRuleEngine } from '../src/understanding/rules/rule-engine.ts';
import type {
  Understanding,
  UnderstandingInput,
} from '../src/understanding/understanding-engine.ts';
import { DATE_PHRASES, FRESH_DATE_PHRASES } from '../test/fixtures/date-phrases.ts';
import {
  type Score as ClaimScore,
  loadDialogues,
  loadEverydayDialogues,
  loadFreshDialogues,
  loadHeldOutDialogues,
  measure,
  scoreUnderstanding,
  toUnderstandingInput,
} from '../test/fixtures/dialogues.ts';
import { resolvePhrases } from '../test/fixtures/resolved-phrases.ts';
import {
  scoreHolidays,
  scorePhrases,
  scoreQuestions,
  type TimeScore,
} from './evaluate/check-times.ts';
import { type FoundAnswer, findAnswers } from './evaluate/find-answers.ts';
import { readFriends, sessionOf } from './evaluate/read-friends.ts';
import {
  type EvalDialogue,
  type EvalSet,
  isBlind,
  readSet,
  SAID_AT,
  talkSets,
  toInput,
  turnsOf,
  wordsOfId,
} from './evaluate/read-sets.ts';
import {
  claimedOnly,
  holdsWords,
  type Kind,
  type Tally,
  tallyDialogue,
  withSuggestions,
} from './evaluate/score-claims.ts';

const engine = createRuleEngine();
const { signal } = new AbortController();
const understand = (input: UnderstandingInput): Promise<Understanding> =>
  engine.understand(input, signal);
const KINDS = [
  ...['tasks', 'events', 'facts', 'titles', 'overviews', 'traps', 'changes', 'short', 'empty'],
  ...['phrases', 'questions', 'holidays', 'answers'],
];
const options = new Command('npm run eval --')
  .description(
    'Prints how well the engine without a language model does on the sets of eval/ and on the dialogues of the tests: see eval/README.md.',
  )
  .option('--kept', 'run the sets that nobody reads while rules are changed', false)
  .option('--all', 'print their misses as well', false)
  .addOption(new Option('--kind <kind>', 'print one kind').choices(KINDS))
  .parse()
  .opts<{ kept: boolean; all: boolean; kind?: string }>();
const showsAll = options.all;
const withKept = showsAll || options.kept;
const isAsked = (kind: string): boolean => options.kind === undefined || options.kind === kind;

const percent = (part: number, of: number): string => (of === 0 ? '1.00' : (part / of).toFixed(2));

/** Prints what is claimed, and what comes to it with what is only suggested. */
function printClaims(set: string, kind: string, claimed: Tally, all: Tally): void {
  const { found, missed, extra } = claimed;
  const precision = percent(found, found + extra.length);
  const recall = percent(found, found + missed.length);
  const right = all.found - found;
  const suggested = right + all.extra.length - extra.length;
  console.log(
    `${set} | ${kind}: precision ${precision}, recall ${recall} (${found} found, ${extra.length} extra, ${missed.length} missed; ${right} of ${suggested} suggested are right)`,
  );
}

/** Prints how many of a kind are right, and the others if they may be looked at. */
function printRight(set: string, kind: string, total: number, wrong: readonly string[]): void {
  if (total === 0) return;
  console.log(`${set} | ${kind}: ${total - wrong.length} of ${total} right`);
  printMisses(set, wrong);
}

function printMisses(set: string, lines: readonly string[]): void {
  const isOpen = set === 'fresh' || /\/(?:seen|read)$/.test(set);
  const isSetAside = set === 'set-aside' || set.endsWith('/kept');
  if (!isOpen && !(showsAll && isSetAside)) return;
  for (const line of lines) console.log(`    ${line}`);
}

const CLAIM_KINDS = ['tasks', 'events', 'facts'] as const;

function noTallies(): Record<Kind, Tally> {
  const none = (): Tally => ({ found: 0, missed: [], extra: [] });
  return { tasks: none(), events: none(), facts: none() };
}

function addTallies(to: Record<Kind, Tally>, more: Record<Kind, Tally>): void {
  for (const kind of CLAIM_KINDS) {
    to[kind].found += more[kind].found;
    to[kind].missed.push(...more[kind].missed);
    to[kind].extra.push(...more[kind].extra);
  }
}

async function checkDialogues(set: EvalSet): Promise<void> {
  if (set.dialogues.length === 0) return;
  const claimed = noTallies();
  const all = noTallies();
  const titled: (string | null)[] = [];
  const told: boolean[] = [];
  for (const dialogue of set.dialogues) {
    const input = toInput(turnsOf(dialogue), dialogue.me, dialogue.at, dialogue.language);
    const result = await understand(input);
    titled.push(...checkTitle(dialogue, result.title));
    told.push(...checkOverview(dialogue, result.overview));
    addTallies(claimed, tallyDialogue(dialogue, claimedOnly(result)));
    addTallies(all, tallyDialogue(dialogue, withSuggestions(result)));
  }
  if (isAsked('titles')) {
    const wrong = titled.filter((line) => line !== null);
    printRight(set.name, 'titles with a word of the id', titled.length, wrong);
  }
  if (isAsked('overviews') && told.length > 0) {
    const right = told.filter(Boolean).length;
    console.log(
      `${set.name} | overviews: hold ${right} of ${told.length} expected tasks and facts`,
    );
  }
  for (const kind of CLAIM_KINDS) {
    if (!isAsked(kind)) continue;
    printClaims(set.name, kind, claimed[kind], all[kind]);
    printMisses(set.name, [
      ...claimed[kind].extra.map((line) => `extra  ${line}`),
      ...claimed[kind].missed.map((line) => `missed ${line}`),
    ]);
  }
}

/** Holds a title against the id of its dialogue, which names what it is about; nothing if none of that is said. */
function checkTitle(dialogue: EvalDialogue, title: string): (string | null)[] {
  const wanted = wordsOfId(dialogue.id, turnsOf(dialogue).join(' '));
  if (wanted.length === 0) return [];
  const isRight = contentStems(title).some((stem) => wanted.includes(stem));
  return [isRight ? null : `${dialogue.id} => ${title}`];
}

/** Says of each task and fact that a dialogue is expected to have whether an overview holds its words. */
function checkOverview({ tasks, facts }: EvalDialogue, overview: string): boolean[] {
  const firm = [...tasks, ...facts].filter((line) => !line.startsWith('? '));
  const said = overview.toLowerCase();
  return firm.map((line) =>
    contentStems(line.replace(/^.*\|/, '')).every((stem) => said.includes(stem)),
  );
}

async function checkTraps(set: EvalSet): Promise<void> {
  const wrong: string[] = [];
  for (const sentence of set.traps) {
    const input = { ...toInput([`Me: ${sentence}`], 'Me'), forced: true };
    const { memories } = await understand(input);
    if (memories.length > 0) {
      wrong.push(`${sentence} => ${memories.map(({ content }) => content).join('; ')}`);
    }
  }
  printRight(set.name, 'traps without a fact', set.traps.length, wrong);
}

/** The facts that hold after two talks, as the store keeps them. */
async function factsAfter(first: string, second: string): Promise<string[]> {
  const known = new Map<string, Memory>();
  for (const [index, text] of [first, second].entries()) {
    const startedAt = SAID_AT + index * 86_400_000;
    const knownFacts = [...known.values()].filter(isCurrent);
    const input = { ...toInput([`Me: ${text}`], 'Me'), forced: true, startedAt, knownFacts };
    const { memories } = await understand(input);
    const talk = { id: `c${index}`, isLocked: false, startedAt, createdAt: startedAt };
    new MemoryVersions('u1', talk, known, startedAt).rewrite(memories);
  }
  return [...known.values()].filter(isCurrent).map(({ content }) => content);
}

/** True if one of the facts holds the words, and is not the end of such a fact. */
function isHeld(facts: readonly string[], words: string): boolean {
  return facts.some((fact) => !/\b(?:no longer|not)\b/i.test(fact) && holdsWords(fact, words));
}

async function checkChanges(set: EvalSet): Promise<void> {
  const wrong: string[] = [];
  for (const { first, then, gone, holds } of set.changes) {
    const facts = await factsAfter(first, then);
    const before = await factsAfter(first, '');
    const isRight =
      !isHeld(facts, gone) && (holds === undefined || isHeld(facts, holds)) && before.length > 0;
    if (!isRight) wrong.push(`${first} ${then} => ${before.join('; ')} => ${facts.join('; ')}`);
  }
  printRight(set.name, 'changes', set.changes.length, wrong);
}

async function checkStays(set: EvalSet): Promise<void> {
  const wrong: string[] = [];
  for (const { first, then, holds } of set.stays) {
    const facts = await factsAfter(first, then);
    if (!isHeld(facts, holds)) wrong.push(`${first} ${then} => ${facts.join('; ')}`);
  }
  printRight(set.name, 'facts that stay', set.stays.length, wrong);
}

async function checkKeeping(set: EvalSet, kind: 'short' | 'empty'): Promise<void> {
  const talks = kind === 'short' ? set.shortTalks : set.emptyTalks;
  const wrong: string[] = [];
  for (const turns of talks) {
    const { discarded } = await understand(toInput(turns, 'Me'));
    if (discarded !== (kind === 'empty')) wrong.push(turns.join(' / '));
  }
  printRight(
    set.name,
    kind === 'short' ? 'short talks kept' : 'empty talks discarded',
    talks.length,
    wrong,
  );
}

/** Prints how many times are right, not claimed and wrong, and the others if they may be looked at. */
function printTimes(set: string, kind: string, { total, wrong, unclaimed, ...rest }: TimeScore) {
  if (total === 0) return;
  const right = total - wrong.length - unclaimed.length;
  console.log(
    `${set} | ${kind}: ${right} of ${total} right, ${unclaimed.length} not claimed, ${wrong.length} wrong, ${rest.wrongByYear} of them by a year`,
  );
  printMisses(set, [...wrong, ...unclaimed]);
}

function checkTimes(set: EvalSet): void {
  if (isAsked('phrases')) printTimes(set.name, 'time phrases', scorePhrases(set));
  if (isAsked('questions')) printTimes(set.name, 'time questions', scoreQuestions(set));
  if (isAsked('holidays')) printTimes(set.name, 'holidays', scoreHolidays(set));
}

async function checkSeen(): Promise<void> {
  const dialogues = [
    ...loadDialogues(),
    ...loadHeldOutDialogues(),
    ...loadEverydayDialogues(),
    ...loadFreshDialogues(),
  ];
  const claimed: ClaimScore[] = [];
  const all: ClaimScore[] = [];
  for (const dialogue of dialogues) {
    const result = await understand(toUnderstandingInput(dialogue));
    claimed.push(scoreUnderstanding(dialogue, claimedOnly(result)));
    all.push(scoreUnderstanding(dialogue, withSuggestions(result)));
  }
  const tallies = (scores: readonly ClaimScore[]) =>
    Object.entries(measure(scores)).map(([kind, { found, extra, missed }]) => {
      const none = (count: number): string[] => Array.from({ length: count }, () => '');
      const tally: Tally = { found, missed: none(missed), extra: none(extra) };
      return { name: kind === 'memories' ? 'facts' : kind, tally };
    });
  const withMore = tallies(all);
  for (const [at, { name, tally }] of tallies(claimed).entries()) {
    const more = withMore[at]?.tally ?? tally;
    if (isAsked(name)) printClaims('seen', name, tally, more);
  }
  const phrases = resolvePhrases([...DATE_PHRASES, ...FRESH_DATE_PHRASES]);
  const wrong = phrases.filter(({ isRight }) => !isRight).map(({ text }) => text);
  if (isAsked('phrases')) printRight('seen', 'time phrases', phrases.length, wrong);
}

const holdsAnswer = {
  'best turn': ({ question, found }: FoundAnswer) =>
    found.map(({ best }) => question.turns.has(best)),
  'whole window': ({ question, found }: FoundAnswer) =>
    found.map(({ segmentIds }) => segmentIds.some((id) => question.turns.has(id))),
  session: ({ question, found }: FoundAnswer) => {
    const sessions = new Set([...question.turns].map(sessionOf));
    return found.map(({ best }) => sessions.has(sessionOf(best)));
  },
  'best turn, plain BM25': ({ question, plain }: FoundAnswer) =>
    plain.map(({ best }) => question.turns.has(best)),
};

/** Prints how often the search finds the turns that hold the answer, among the first 1, 5 and 10. */
async function checkAnswers(half: 'seen' | 'kept'): Promise<void> {
  const set = `friends/${half}`;
  const answers = await findAnswers(readFriends(half));
  const hits = (of: readonly FoundAnswer[], judge: (answer: FoundAnswer) => boolean[]): string =>
    [1, 5, 10]
      .map((cut) => {
        const good = of.filter((answer) => judge(answer).slice(0, cut).includes(true)).length;
        return `hit@${cut} ${percent(good, of.length)}`;
      })
      .join(', ');
  for (const [how, judge] of Object.entries(holdsAnswer)) {
    console.log(`${set} | answers, ${how}: ${hits(answers, judge)} (${answers.length} questions)`);
  }
  for (const kind of ['fact', 'time', 'several'] as const) {
    const own = answers.filter(({ question }) => question.kind === kind);
    console.log(
      `${set} | answers of kind ${kind}, best turn: ${hits(own, holdsAnswer['best turn'])} (${own.length})`,
    );
  }
  const missed = answers.filter(
    (answer) => !holdsAnswer['best turn'](answer).slice(0, 5).includes(true),
  );
  printMisses(
    set,
    missed.map(
      ({ pair, question }) => `not in five  ${pair}: ${question.ask} (${question.answer})`,
    ),
  );
}

/** Single exchanges and sentences are for fitting the weights only. */
const FOR_FITTING: ReadonlySet<string> = new Set(['cases', 'exchanges', 'sayings']);

await checkSeen();
for (const name of talkSets().filter((set) => withKept || !isBlind(set))) {
  if (FOR_FITTING.has(name)) continue;
  const set = readSet(name);
  await checkDialogues(set);
  if (isAsked('traps')) await checkTraps(set);
  if (isAsked('changes')) {
    await checkChanges(set);
    await checkStays(set);
  }
  if (isAsked('short')) await checkKeeping(set, 'short');
  if (isAsked('empty')) await checkKeeping(set, 'empty');
  checkTimes(set);
}
for (const name of ['times/seen', 'times/kept']) checkTimes(readSet(name));
if (isAsked('answers')) {
  for (const half of ['seen', 'kept'] as const) await checkAnswers(half);
}
