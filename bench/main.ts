/**
 * The performance figures, each as a ratio to a floor that is measured in the same run:
 * `npm run bench -- --help`. Writes `bench/results/<date>.json`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Option, program } from 'commander';
import { benchAppend } from './parts/append.ts';
import { benchCapacity, benchSttBench } from './parts/capacity.ts';
import { benchChat } from './parts/chat.ts';
import { benchColdStart } from './parts/cold-start.ts';
import { benchDetectors } from './parts/detectors.ts';
import { benchFailover } from './parts/failover.ts';
import { benchGrowth } from './parts/growth.ts';
import { benchIdleMemory } from './parts/idle-memory.ts';
import { benchCpu, benchLatency } from './parts/live.ts';
import { benchLocalCapacity } from './parts/local-capacity.ts';
import { benchLocalSpeech } from './parts/local-speech.ts';
import { benchSearch } from './parts/search.ts';
import { benchSearchRequest } from './parts/search-request.ts';
import { benchSyscalls } from './parts/syscalls.ts';
import { benchVad } from './parts/vad.ts';
import { isMet, type Part, printPart } from './report.ts';

const PART_NAMES = [
  'cpu',
  'growth',
  'latency',
  'append',
  'search',
  'search-request',
  'vad',
  'detectors',
  'local',
  'local-capacity',
  'chat',
  'cold-start',
  'memory',
  'failover',
  'capacity',
  'stt-bench',
  'syscalls',
] as const;
type PartName = (typeof PART_NAMES)[number];

/** Parts that take many minutes, or slow down what they measure: they run only if they are named. */
const ONLY_IF_NAMED: readonly PartName[] = ['local-capacity', 'capacity', 'stt-bench', 'syscalls'];

type OptionName =
  | 'only'
  | 'rounds'
  | 'seconds'
  | 'streams'
  | 'results'
  | 'step'
  | 'maxStreams'
  | 'profile';

const values = program
  .name('npm run bench --')
  .description('Measures this server against floors of the same run, on this machine.')
  .option('--only <parts>', 'comma-separated list of parts; all if it is left out', '')
  .option('--rounds <number>', 'how often each is measured', '5')
  .option('--seconds <number>', 'length of a round of live streams', '6')
  .option('--streams <number>', 'live streams at once (default: as each part has it)', '')
  .addOption(
    new Option('--results <rate>', 'final results each second, or five partial ones a second')
      .choices(['each-second', 'vendor'])
      .default('each-second'),
  )
  .option(
    '--step <number>',
    'streams that are added at a time (local-capacity, capacity, stt-bench)',
    '50',
  )
  .option('--max-streams <number>', 'where they stop at the latest', '3000')
  .option('--profile <directory>', 'write a CPU profile of the server of each live round there', '')
  .addHelpText(
    'after',
    `\nParts: ${PART_NAMES.join(', ')}\nOnly if they are named: ${ONLY_IF_NAMED.join(', ')}`,
  )
  .parse()
  .opts<Record<OptionName, string>>();

const RESULTS = new URL('results/', import.meta.url);
const live = (streams: number) => ({
  streams: values.streams === '' ? streams : Number(values.streams),
  seconds: Number(values.seconds),
  rounds: Number(values.rounds),
  profileDirectory: values.profile === '' ? null : values.profile,
  rate: values.results === 'vendor' ? ('vendor' as const) : ('each-second' as const),
});
const ladder = () => ({
  step: Number(values.step),
  seconds: Number(values.seconds),
  maxStreams: Number(values.maxStreams),
});

const PARTS: Record<PartName, () => Promise<Part>> = {
  cpu: () => benchCpu(live(50)),
  growth: () => benchGrowth(values.streams === '' ? 10 : Number(values.streams)),
  latency: () => benchLatency({ ...live(100), rounds: Math.min(3, Number(values.rounds)) }),
  append: () => benchAppend(Number(values.rounds)),
  search: benchSearch,
  'search-request': () => benchSearchRequest(values.profile === '' ? null : values.profile),
  vad: () => benchVad(Number(values.rounds)),
  detectors: benchDetectors,
  local: () => benchLocalSpeech(Number(values.rounds)),
  'local-capacity': () => benchLocalCapacity(ladder()),
  chat: () => benchChat(),
  'cold-start': () => benchColdStart(Number(values.rounds)),
  memory: () => benchIdleMemory(200, 2),
  failover: () => benchFailover(1),
  capacity: () => benchCapacity(ladder()),
  'stt-bench': () => benchSttBench(ladder()),
  syscalls: () => benchSyscalls(live(50).streams, Number(values.seconds)),
};

function chosenParts(): PartName[] {
  if (values.only === '') return PART_NAMES.filter((name) => !ONLY_IF_NAMED.includes(name));
  const names = values.only.split(',').map((name) => name.trim());
  const known = names.flatMap((name) => PART_NAMES.find((part) => part === name) ?? []);
  if (known.length === names.length) return known;
  console.error(`Parts are ${PART_NAMES.join(', ')}; not all of these are: ${names.join(', ')}.`);
  process.exit(2);
}

const machine = {
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryMiB: Math.round(totalmem() / 2 ** 20),
  system: `${platform()} ${release()}`,
  node: process.version,
};

const chosen = chosenParts();
const root = fileURLToPath(new URL('..', import.meta.url));
// The product, and the processes that are measured beside it.
const builds = [
  ['bin/build-if-stale.js'],
  ['node_modules/typescript/bin/tsc', '-p', 'bench/tsconfig.processes.json'],
];
for (const args of builds) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
console.log(`${machine.processor} × ${machine.cores}, ${machine.system}, Node ${machine.node}`);
const startedAt = new Date();
const failed: string[] = [];
const parts: (Part & { loadBefore: number })[] = [];
for (const name of chosen) {
  const loadBefore = loadavg()[0] ?? 0;
  console.log(`\n— ${name} (load of the machine ${loadBefore.toFixed(1)})`);
  let part: Part | undefined;
  try {
    part = await PARTS[name]();
  } catch (error) {
    // The other parts are worth having all the same.
    failed.push(name);
    console.error(`${name} could not be measured: ${String(error)}`);
  }
  if (!part) continue;
  printPart(part);
  parts.push({ ...part, loadBefore });
}

const file = new URL(`${startedAt.toISOString().replaceAll(':', '-')}.json`, RESULTS);
mkdirSync(RESULTS, { recursive: true });
writeFileSync(
  file,
  `${JSON.stringify({ startedAt: startedAt.toISOString(), machine, options: values, parts, failed }, null, 2)}\n`,
);
const rows = parts.flatMap((part) => part.rows);
const met = rows.filter((row) => isMet(row) === true).length;
const missed = rows.filter((row) => isMet(row) === false).length;
console.log(`\n${met} goals met, ${missed} missed. All figures: ${fileURLToPath(file)}`);
if (failed.length > 0) process.exitCode = 1;
