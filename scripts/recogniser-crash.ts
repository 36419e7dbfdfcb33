import { Command, Option } from 'commander';
import { parseCount } from '../src/cli/parse-option.ts';
import { setup as buildFirst } from '../test/build-first.ts';
import { generator } from '../test/e2e/crash/crash-series.ts';
import {
  crashRecogniser,
  RECOGNISER_TARGETS,
  type RecogniserCrash,
  type RecogniserTarget,
} from '../test/e2e/crash/recogniser-crash.ts';

const {
  runs,
  seed,
  parallel,
  target: only,
} = new Command('npm run crash:recogniser --')
  .description(
    'Kills the processes of local models, and servers with local models, with SIGKILL at random instants while somebody speaks, and says which words they lost. Ends with 1 if a word was lost or came twice.',
  )
  .option('--runs <number>', 'how many conversations', parseCount(1, 1_000_000), 100)
  .option(
    '--seed <number>',
    'seed of the random instants',
    parseCount(0, 999_999),
    Date.now() % 1_000_000,
  )
  .option('--parallel <number>', 'servers at once', parseCount(1, 64), 2)
  .addOption(
    new Option('--target <what>', 'what is killed (default: in turn)').choices(RECOGNISER_TARGETS),
  )
  .parse()
  .opts<{ runs: number; seed: number; parallel: number; target?: RecogniserTarget }>();
buildFirst();

const outcomes: RecogniserCrash[] = [];
let next = 0;
async function work(): Promise<void> {
  while (next < runs) {
    const index = next;
    next += 1;
    const target = only ?? RECOGNISER_TARGETS[index % RECOGNISER_TARGETS.length];
    const outcome = await crashRecogniser(target ?? 'server', generator(seed + index));
    outcomes.push(outcome);
    const { kills, words, misheard, problems } = outcome;
    const result = problems.length === 0 ? 'good' : `BAD: ${problems.join('; ')}`;
    process.stdout.write(
      `run ${index}: ${outcome.target}, ${kills} kills, ${words} words, misheard: ${misheard.join(', ') || 'none'}; ${result}\n`,
    );
  }
}
const startedAt = performance.now();
await Promise.all(Array.from({ length: parallel }, work));

const sum = (of: (outcome: RecogniserCrash) => number) =>
  outcomes.reduce((total, outcome) => total + of(outcome), 0);
const bad = outcomes.filter(({ problems }) => problems.length > 0).length;
process.stdout.write(
  `seed ${seed}: ${outcomes.length} conversations, ${sum(({ kills }) => kills)} kills, ` +
    `${sum(({ words }) => words)} words, ${sum(({ misheard }) => misheard.length)} misheard, ${bad} bad, ` +
    `${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`,
);
process.exitCode = bad > 0 ? 1 : 0;
