import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchProcess, type Usage } from '../bench-process.ts';
import { queryOf, type Subject } from '../live-round.ts';
import {
  type LiveServer,
  type ResultRate,
  startFastApiRelay,
  startProduct,
  startProvider,
  startRelay,
} from '../live-servers.ts';
import type { ConnectRequest, LoadStats } from '../processes/load-generator.ts';
import type { Part, Row } from '../report.ts';
import { percentile, spread } from '../statistics.ts';
import type { BenchCodec } from '../synthetic-audio.ts';

export interface CapacityOptions {
  /** Streams that are added at a time. */
  step: number;
  /** Length of each step, seconds. */
  seconds: number;
  maxStreams: number;
}

/** What the streams send, what comes back, and when a server no longer keeps up. */
interface Ladder {
  name: string;
  codec: BenchCodec;
  rate: ResultRate;
  subjects: readonly SubjectName[];
  limits: readonly Limit[];
}

interface Limit {
  of: 'words' | 'newestFrame';
  share: number;
  ms: number;
}

type SubjectName = 'relay' | 'FastAPI relay' | 'product' | 'product that decodes';

interface Step {
  streams: number;
  cores: { server: number; generator: number; provider: number };
  /** From the provider's result to the client, and from the last frame of a second to its words. */
  words: { p50Ms: number; p99Ms: number };
  newestFrame: { p50Ms: number; p95Ms: number };
  /** Null: it has kept up. */
  ended: string | null;
}

/** A core counts as full from here on: the rest goes to the kernel's own work. */
const FULL_CORE = 0.95;
const SETTLE_MS = 2_000;
/** Audio comes in this late at a generator that measures itself. */
const GENERATOR_LAG_MS = 50;

const CAPACITY: Ladder = {
  name: 'Live streams on one core, words at most 25 ms late (p99)',
  codec: 'opus_fs320',
  rate: 'vendor',
  subjects: ['relay', 'FastAPI relay', 'product', 'product that decodes'],
  limits: [{ of: 'words', share: 0.99, ms: 25 }],
};

/** After the protocol and limits of https://github.com/cezarc1/websocket-stt-bench */
const STT_BENCH: Ladder = {
  name: 'Sessions on one core by websocket-stt-bench: newest frame p50 ≤ 200 ms, p95 ≤ 350 ms',
  codec: 'pcm16_20ms',
  rate: 'each-second',
  subjects: ['relay', 'FastAPI relay', 'product'],
  limits: [
    { of: 'newestFrame', share: 0.5, ms: 200 },
    { of: 'newestFrame', share: 0.95, ms: 350 },
  ],
};

/** How many streams each server carries before words come too late or its core is full. */
export function benchCapacity(options: CapacityOptions): Promise<Part> {
  return climb(CAPACITY, options);
}

/** The same in the protocol of a public comparison: frames of 640 bytes, words of each second. */
export function benchSttBench(options: CapacityOptions): Promise<Part> {
  return climb(STT_BENCH, options);
}

async function climb(ladder: Ladder, options: CapacityOptions): Promise<Part> {
  const provider = await startProvider(ladder.rate);
  const raw: Record<string, Step[]> = {};
  try {
    for (const name of ladder.subjects) {
      const server = await start(name, provider.address, options.maxStreams);
      if (server === null) continue;
      try {
        raw[name] = await climbOne(
          ladder,
          { name, server, codec: ladder.codec },
          provider.process,
          options,
        );
      } finally {
        await server.stop();
      }
    }
  } finally {
    await provider.process.stop();
  }
  return { name: ladder.name, rows: rowsOf(raw), raw };
}

function start(name: SubjectName, provider: string, streams: number): Promise<LiveServer | null> {
  switch (name) {
    case 'relay':
      return startRelay(provider, streams);
    case 'FastAPI relay':
      return startFastApiRelay(provider, streams);
    case 'product':
      return startProduct(provider, streams, { env: {}, execArgv: [] });
    case 'product that decodes':
      return startProduct(provider, streams, {
        env: { DEEPGRAM_OPUS_MODE: 'decode' },
        execArgv: [],
      });
  }
}

async function climbOne(
  ladder: Ladder,
  subject: Subject,
  provider: BenchProcess,
  options: CapacityOptions,
): Promise<Step[]> {
  const { server } = subject;
  const generator = new BenchProcess({ script: 'bench/processes/load-generator.ts' });
  const steps: Step[] = [];
  try {
    await generator.port();
    pin(server.process.pid, 0);
    for (const other of [generator, provider]) pin(other.pid, 1);
    for (let streams = options.step; streams <= options.maxStreams; streams += options.step) {
      const request: ConnectRequest = {
        url: `${server.address}?${queryOf(subject)}`,
        tokens: server.tokens.slice(streams - options.step, streams),
        codec: subject.codec,
        awaitsReady: server.awaitsReady,
      };
      await generator.ask({ kind: 'connect', ...request });
      await generator.ask({ kind: 'send' });
      await sleep(SETTLE_MS);
      const processes = [server.process, generator, provider] as const;
      let step = await measureStep(ladder, processes, streams, options);
      // Once more: something else may have kept the machine busy.
      if (step.ended !== null) step = await measureStep(ladder, processes, streams, options);
      steps.push(step);
      console.log(`  ${subject.name}, ${describe(step, ladder)}`);
      if (step.ended !== null) break;
    }
    return steps;
  } finally {
    await generator.stop();
  }
}

async function measureStep(
  ladder: Ladder,
  processes: readonly [LiveServer['process'], BenchProcess, BenchProcess],
  streams: number,
  { seconds }: CapacityOptions,
): Promise<Step> {
  const [, generator] = processes;
  const usages = () => Promise.all(processes.map((each): Promise<Usage> => each.usage()));
  await generator.ask({ kind: 'beginMeasuring' });
  const before = await usages();
  const startedAt = performance.now();
  await sleep(seconds * 1000);
  const after = await usages();
  const wallMs = performance.now() - startedAt;
  const stats = await generator.ask<LoadStats>({ kind: 'endMeasuring' });
  const coreOf = (i: number) => ((after[i]?.cpuUs ?? 0) - (before[i]?.cpuUs ?? 0)) / 1000 / wallMs;
  const cores = { server: coreOf(0), generator: coreOf(1), provider: coreOf(2) };
  const { latenciesMs, newestFrameMs } = stats;
  return {
    streams,
    cores,
    words: { p50Ms: percentile(latenciesMs, 0.5), p99Ms: percentile(latenciesMs, 0.99) },
    newestFrame: { p50Ms: percentile(newestFrameMs, 0.5), p95Ms: percentile(newestFrameMs, 0.95) },
    ended: endOf(ladder, stats, cores),
  };
}

/** Why the server carries no more; null if it keeps up. */
function endOf(ladder: Ladder, stats: LoadStats, cores: Step['cores']): string | null {
  if (stats.socketsClosed > 0) return `${stats.socketsClosed} sockets were lost`;
  if (cores.server >= FULL_CORE) return 'the core of the server is full';
  if (stats.lag.p99Ms > GENERATOR_LAG_MS) return 'the load generator is too slow, not the server';
  for (const { of, share, ms } of ladder.limits) {
    const values = of === 'words' ? stats.latenciesMs : stats.newestFrameMs;
    if (!(percentile(values, share) <= ms)) return `${of} p${share * 100} is above ${ms} ms`;
  }
  return null;
}

/** Binds a process to one core, so that the load does not take the server's time; nothing without `taskset`. */
function pin(pid: number, core: number): void {
  if (cpus().length < 2) return;
  spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
}

function describe({ streams, cores, words, newestFrame, ended }: Step, { rate }: Ladder): string {
  const figures = [
    `${streams} streams`,
    `core ${cores.server.toFixed(2)}`,
    `words p99 ${words.p99Ms.toFixed(1)} ms`,
  ];
  if (rate === 'each-second') {
    const { p50Ms, p95Ms } = newestFrame;
    figures.push(`newest frame p50 ${p50Ms.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms`);
  }
  return `${figures.join(', ')}${ended === null ? '' : `: ${ended}`}`;
}

function rowsOf(raw: Record<string, Step[]>): Row[] {
  const carried = (name: string) =>
    raw[name]?.findLast(({ ended }) => ended === null)?.streams ?? 0;
  return Object.keys(raw).flatMap((name): Row[] => [
    { name, unit: 'streams', value: spread([carried(name)]), goal: null },
    ...(name === 'relay'
      ? []
      : [
          {
            name: `${name}: share of the relay's`,
            unit: '×' as const,
            value: spread([carried(name) / carried('relay')]),
            goal: null,
          },
        ]),
  ]);
}
