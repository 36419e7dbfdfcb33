/**
 * The performance figures, each as a ratio to a floor that is measured in the same run:
 * `npm run bench -- [--only cpu,latency,append,search,vad,cold-start,memory] [--rounds 5]
 * [--seconds 6] [--streams 50] [--profile directory]`. Writes `bench/results/<date>.json`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchAppend } from './append.ts';
import { benchChat } from './chat.ts';
import { benchColdStart } from './cold-start.ts';
import { benchFailover } from './failover.ts';
import { benchIdleMemory } from './idle-memory.ts';
import { benchCpu, benchLatency } from './live.ts';
import { isMet, type Part, printPart } from './report.ts';
import { searchPart } from './search-part.ts';
import { benchVad } from './vad.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    streams: { type: 'string', default: '' },
    profile: { type: 'string', default: '' },
  },
});

const RESULTS = new URL('results/', import.meta.url);
const live = (streams: number) => ({
  streams: values.streams === '' ? streams : Number(values.streams),
  seconds: Number(values.seconds),
  rounds: Number(values.rounds),
  profileDirectory: values.profile === '' ? null : values.profile,
});

const PARTS: Record<string, () => Promise<Part>> = {
  cpu: () => benchCpu(live(50)),
  latency: () => benchLatency({ ...live(100), rounds: Math.min(3, Number(values.rounds)) }),
  append: () => benchAppend(Number(values.rounds)),
  search: searchPart,
  vad: () => benchVad(Number(values.rounds)),
  chat: () => benchChat(),
  'cold-start': () => benchColdStart(Number(values.rounds)),
  memory: () => benchIdleMemory(200, 2),
  failover: () => benchFailover(1),
};

function chosenParts(): string[] {
  const names = values.only === '' ? Object.keys(PARTS) : values.only.split(',');
  const unknown = names.filter((name) => !Object.hasOwn(PARTS, name));
  if (unknown.length === 0) return names;
  console.error(`Unknown: ${unknown.join(', ')}. Parts are ${Object.keys(PARTS).join(', ')}.`);
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
const builder = fileURLToPath(new URL('../bin/build-if-stale.js', import.meta.url));
if (spawnSync(process.execPath, [builder], { stdio: 'inherit' }).status !== 0) process.exit(1);
console.log(`${machine.processor} × ${machine.cores}, ${machine.system}, Node ${machine.node}`);
const startedAt = new Date();
const failed: string[] = [];
const parts: (Part & { loadBefore: number })[] = [];
for (const name of chosen) {
  const loadBefore = loadavg()[0] ?? 0;
  console.log(`\n— ${name} (load of the machine ${loadBefore.toFixed(1)})`);
  let part: Part | undefined;
  try {
    part = await PARTS[name]?.();
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
