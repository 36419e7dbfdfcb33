import { mkdirSync } from 'node:fs';
import { BenchProcess } from '../bench-process.ts';
import { type RoundResult, runInterleaved, type Subject } from '../live-round.ts';
import {
  type LiveServer,
  type ResultRate,
  startFastApiRelay,
  startProduct,
  startProvider,
  startRelay,
} from '../live-servers.ts';
import type { Part, Row } from '../report.ts';
import { spread } from '../statistics.ts';
import type { BenchCodec } from '../synthetic-audio.ts';

export interface LiveOptions {
  streams: number;
  seconds: number;
  rounds: number;
  /** Directory for CPU profiles of the measured rounds; null for none. */
  profileDirectory: string | null;
  rate: ResultRate;
}

type ServerName = 'relay' | 'product' | 'product that decodes' | 'FastAPI relay';
type SubjectPlan = [name: string, server: ServerName, codec: BenchCodec];

/** Processor time of the whole live path against a bare relay, with Opus and with PCM. */
export async function benchCpu(options: LiveOptions): Promise<Part> {
  const results = await withServers(options, [
    ['relay, Opus', 'relay', 'opus_fs320'],
    ['product, Opus passed through', 'product', 'opus_fs320'],
    ['product, Opus decoded', 'product that decodes', 'opus_fs320'],
    ['relay, PCM', 'relay', 'pcm16'],
    ['product, PCM', 'product', 'pcm16'],
    ['FastAPI relay, Opus', 'FastAPI relay', 'opus_fs320'],
  ]);
  const cpu = (name: string, goal: number | null = null): Row => ({
    name: `${name}: CPU per stream-second`,
    unit: 'ms',
    value: spread(pick(results, name).map((r) => r.cpuMsPerStreamSecond)),
    goal,
  });
  const ratio = (name: string, floor: string, goal: number): Row => ({
    name: `${name}: ratio to the relay`,
    unit: '×',
    value: spread(
      results.map((round) => {
        const of = (subject: string) => round.find((r) => r.subject === subject);
        return (of(name)?.cpuMsPerStreamSecond ?? 0) / (of(floor)?.cpuMsPerStreamSecond ?? 0);
      }),
    ),
    goal,
  });
  return {
    name: `Live path, processor time (${options.streams} streams, ${options.rounds} rounds)`,
    rows: [
      cpu('relay, Opus'),
      cpu('product, Opus passed through'),
      ratio('product, Opus passed through', 'relay, Opus', 1.4),
      cpu('product, Opus decoded'),
      ratio('product, Opus decoded', 'relay, Opus', 2.2),
      cpu('relay, PCM'),
      cpu('product, PCM'),
      ratio('product, PCM', 'relay, PCM', 1.1),
      ...(pick(results, 'FastAPI relay, Opus').length > 0 ? [cpu('FastAPI relay, Opus')] : []),
      ...['relay, Opus', 'product, Opus passed through', 'product, PCM'].flatMap((name) =>
        healthRows(name, pick(results, name)),
      ),
      ...loadRows(results),
    ],
    raw: results,
  };
}

/** Garbage collection and event loop of a server. */
function healthRows(name: string, rounds: readonly RoundResult[]): Row[] {
  return [
    {
      name: `${name}: garbage collection per stream-second`,
      unit: 'ms',
      value: spread(rounds.map((r) => r.collectionMsPerStreamSecond)),
      goal: null,
    },
    {
      name: `${name}: event loop late by, p99`,
      unit: 'ms',
      value: spread(rounds.map((r) => r.loopDelayP99Ms)),
      goal: null,
    },
  ];
}

/** How much later words arrive than through the bare relay. */
export async function benchLatency(options: LiveOptions): Promise<Part> {
  const results = await withServers(options, [
    ['relay', 'relay', 'opus_fs320'],
    ['product', 'product', 'opus_fs320'],
  ]);
  const rows: Row[] = [];
  const add = (name: string, goal: number | null, values: readonly number[]) =>
    rows.push({ name, unit: 'ms', value: spread(values), goal });
  const product = pick(results, 'product');
  const added = product.flatMap((r) => (r.added ? [r.added] : []));
  add(
    "added p50, provider's result to segment frame",
    null,
    added.map((a) => a.p50Ms),
  );
  add(
    "added p99, provider's result to segment frame",
    25,
    added.map((a) => a.p99Ms),
  );
  for (const name of ['relay', 'product']) {
    const rounds = pick(results, name);
    add(
      `${name}: end to end p50`,
      null,
      rounds.map((r) => r.endToEnd.p50Ms),
    );
    add(
      `${name}: end to end p99`,
      null,
      rounds.map((r) => r.endToEnd.p99Ms),
    );
  }
  const beyond = (of: (r: RoundResult) => number) =>
    results.map((round) => {
      const [relay] = pick([round], 'relay').map(of);
      const [ours] = pick([round], 'product').map(of);
      return (ours ?? Number.NaN) - (relay ?? Number.NaN);
    });
  add(
    'product minus relay, end to end p50',
    null,
    beyond((r) => r.endToEnd.p50Ms),
  );
  add(
    'product minus relay, end to end p99',
    null,
    beyond((r) => r.endToEnd.p99Ms),
  );
  return {
    name: `Live path, latency of words (${options.streams} streams, ${options.rounds} rounds)`,
    rows: [...rows, ...loadRows(results)],
    raw: results,
  };
}

/** Starts what the plan needs, runs the rounds, stops everything. */
async function withServers(
  options: LiveOptions,
  plan: readonly SubjectPlan[],
): Promise<RoundResult[][]> {
  const { streams, seconds, rounds, profileDirectory, rate } = options;
  const stops: (() => Promise<void>)[] = [];
  try {
    const provider = await startProvider(rate);
    stops.push(() => provider.process.stop());
    const generator = new BenchProcess({ script: 'bench/processes/load-generator.ts' });
    stops.push(() => generator.stop());
    await generator.port();
    if (profileDirectory !== null) mkdirSync(profileDirectory, { recursive: true });
    const start: Record<ServerName, () => Promise<LiveServer | null>> = {
      'FastAPI relay': () => startFastApiRelay(provider.address, streams),
      relay: () => startRelay(provider.address, streams),
      product: () => startProduct(provider.address, streams, { env: {}, execArgv: [] }),
      'product that decodes': () =>
        startProduct(provider.address, streams, {
          env: { DEEPGRAM_OPUS_MODE: 'decode' },
          execArgv: [],
        }),
    };
    const servers = new Map<ServerName, LiveServer>();
    const subjects: Subject[] = [];
    for (const [name, kind, codec] of plan) {
      let server = servers.get(kind);
      if (!server) {
        const started = await start[kind]();
        if (started === null) continue;
        server = started;
        servers.set(kind, server);
        stops.unshift(server.stop);
      }
      subjects.push({ name, server, codec });
    }
    const load = {
      streams,
      seconds,
      generator,
      provider: provider.process,
      profileDirectory,
      rate,
    };
    return await runInterleaved(subjects, rounds, load);
  } finally {
    for (const stop of stops) await stop();
  }
}

function pick(results: readonly RoundResult[][], subject: string): RoundResult[] {
  return results.flat().filter((result) => result.subject === subject);
}

/** Whether the measuring side kept up. */
function loadRows(results: readonly RoundResult[][]): Row[] {
  const all = results.flat();
  const row = (name: string, unit: Row['unit'], of: (r: RoundResult) => number): Row => ({
    name,
    unit,
    value: spread(all.map(of)),
    goal: null,
  });
  return [
    row('load generator: share of a core', 'cores', (r) => r.cores.generator),
    row('load generator: frames late by, p99', 'ms', (r) => r.generatorLagP99Ms),
    row('provider stub: share of a core', 'cores', (r) => r.cores.provider),
  ];
}
