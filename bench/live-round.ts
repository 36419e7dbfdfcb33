import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchProcess, Usage } from './bench-process.ts';
import { FINAL_EVERY_S, type LiveServer, type ResultRate } from './live-servers.ts';
import type { ConnectRequest, LoadStats } from './processes/load-generator.ts';
import { percentile } from './statistics.ts';
import { type BenchCodec, SAMPLE_RATE } from './synthetic-audio.ts';

/** What is put under the same load, and under which name. */
export interface Subject {
  name: string;
  server: LiveServer;
  codec: BenchCodec;
}

export interface Load {
  streams: number;
  seconds: number;
  generator: BenchProcess;
  provider: BenchProcess;
  /** Directory for a CPU profile of the server of each round; null for none. */
  profileDirectory: string | null;
  /** How often the provider sends results. */
  rate: ResultRate;
}

export interface RoundResult {
  subject: string;
  cpuMsPerStreamSecond: number;
  /** Share of one core that each process took; a generator near 1 measures itself. */
  cores: { server: number; generator: number; provider: number };
  framesSent: number;
  resultsReceived: number;
  /** From the provider's sending of a result to its arrival at the client, milliseconds. */
  endToEnd: { p50Ms: number; p99Ms: number };
  /** What the server itself says: provider's result received to segment frame written. */
  added: { p50Ms: number; p99Ms: number } | null;
  generatorLagP99Ms: number;
  /** Garbage collection per stream-second, milliseconds of the server's time. */
  collectionMsPerStreamSecond: number;
  /** How late the server's event loop was, 99th percentile, milliseconds. */
  loopDelayP99Ms: number;
}

/** Audio before the measured stretch, so that connections and the first segments are behind. */
const WARM_UP_MS = 2_000;
/** Longest round that only warms the compiler up, seconds. */
const WARM_UP_ROUND_S = 15;
/** A round in which fewer of the expected results came back has measured something else. */
const LEAST_SHARE = 0.7;
/** How often such a round is tried before the benchmark gives up. */
const TRIES = 3;
const IDLE_LIMIT_MS = 20_000;

/** A round that did not carry its load: the machine, or the server, was too busy. */
class StarvedRoundError extends Error {}

/** One server, one stretch of load: connects all clients, warms up, measures, disconnects. */
export async function runRound(subject: Subject, load: Load): Promise<RoundResult> {
  const { server, codec } = subject;
  const { streams, generator } = load;
  const tokens = server.tokens.slice(0, streams);
  const request: ConnectRequest = {
    url: `${server.address}?${queryOf(subject)}`,
    tokens,
    codec,
    awaitsReady: server.awaitsReady,
  };
  await generator.ask({ kind: 'connect', ...request });
  await generator.ask({ kind: 'send' });
  await sleep(WARM_UP_MS);

  const { before, after, wallMs } = await measure(subject, load);
  const stats = await generator.ask<LoadStats>({ kind: 'endMeasuring' });
  const health = await server.health?.();
  await generator.ask({ kind: 'disconnect' });
  await waitUntilIdle(server);

  const streamSeconds = (streams * wallMs) / 1000;
  const expected = streamSeconds / FINAL_EVERY_S[load.rate];
  if (stats.socketsClosed > 0 || stats.resultsReceived < expected * LEAST_SHARE) {
    throw new StarvedRoundError(
      `${subject.name}: ${stats.resultsReceived} of some ${Math.round(expected)} results came ` +
        `back, ${stats.socketsClosed} sockets were lost.\n${server.process.errors}`,
    );
  }
  const cpuMs = after.map((usage, i) => (usage.cpuUs - (before[i]?.cpuUs ?? 0)) / 1000);
  const [serverMs = 0, generatorMs = 0, providerMs = 0] = cpuMs;
  return {
    subject: subject.name,
    cpuMsPerStreamSecond: serverMs / streamSeconds,
    cores: {
      server: serverMs / wallMs,
      generator: generatorMs / wallMs,
      provider: providerMs / wallMs,
    },
    framesSent: stats.framesSent,
    resultsReceived: stats.resultsReceived,
    endToEnd: {
      p50Ms: percentile(stats.latenciesMs, 0.5),
      p99Ms: percentile(stats.latenciesMs, 0.99),
    },
    added: health
      ? {
          p50Ms: health.segment_latency_ms.p50 ?? Number.NaN,
          p99Ms: health.segment_latency_ms.p99 ?? Number.NaN,
        }
      : null,
    generatorLagP99Ms: stats.lag.p99Ms,
    collectionMsPerStreamSecond:
      ((after[0]?.collectionMs ?? 0) - (before[0]?.collectionMs ?? 0)) / streamSeconds,
    loopDelayP99Ms: after[0]?.loopDelayP99Ms ?? Number.NaN,
  };
}

/** What the server, the generator and the provider stub have used when the stretch begins, and at its end. */
interface Measured {
  before: Usage[];
  after: Usage[];
  wallMs: number;
}

async function measure({ name, server }: Subject, load: Load): Promise<Measured> {
  const { seconds, generator, provider, profileDirectory } = load;
  const processes = [server.process, generator, provider];
  await generator.ask({ kind: 'beginMeasuring' });
  if (profileDirectory !== null) await server.process.beginProfile();
  const startedAt = performance.now();
  const before = await Promise.all(processes.map((child) => child.usage()));
  await sleep(seconds * 1000);
  const after = await Promise.all(processes.map((child) => child.usage()));
  const wallMs = performance.now() - startedAt;
  if (profileDirectory !== null) {
    const file = `${name.replaceAll(/[^a-z]+/giu, '-')}-${Date.now()}.cpuprofile`;
    await server.process.endProfile(join(profileDirectory, file));
  }
  return { before, after, wallMs };
}

async function runRoundUntilCarried(subject: Subject, load: Load): Promise<RoundResult> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await runRound(subject, load);
    } catch (error) {
      if (!(error instanceof StarvedRoundError) || tries === TRIES) throw error;
      console.log(`  a round is repeated: ${error.message.trim()}`);
    }
  }
}

/**
 * Rounds in turn, each beginning with another subject, so that whatever else the machine does meets
 * all of them. One round of each goes before and does not count: a server runs for days, and the
 * work of the just-in-time compiler in its first seconds is not what is asked for.
 */
export async function runInterleaved(
  subjects: readonly Subject[],
  rounds: number,
  load: Load,
): Promise<RoundResult[][]> {
  const results: RoundResult[][] = [];
  const warmUp = { ...load, seconds: Math.min(load.seconds, WARM_UP_ROUND_S) };
  for (const subject of subjects) await runRoundUntilCarried(subject, warmUp);
  for (let round = 0; round < rounds; round += 1) {
    const order = subjects.map((_, i) => subjects[(i + round) % subjects.length]);
    const row: RoundResult[] = [];
    for (const subject of order) if (subject) row.push(await runRoundUntilCarried(subject, load));
    results.push(row);
    const figures = row.map((r) => `${r.subject} ${r.cpuMsPerStreamSecond.toFixed(2)}`);
    console.log(`  round ${round + 1}, CPU ms per stream-second: ${figures.join(', ')}`);
  }
  return results;
}

/** The query of a client; the relay hands it to the provider, which needs to know the encoding. */
export function queryOf({ server, codec }: Subject): string {
  const isOpus = codec === 'opus_fs320';
  const query = new URLSearchParams({
    language: 'en',
    codec: isOpus ? codec : 'pcm16',
    sample_rate: String(SAMPLE_RATE),
    // No conversation ends, and is processed, in the middle of a measurement.
    conversation_timeout: '14400',
  });
  if (!server.awaitsReady) query.set('encoding', isOpus ? 'opus' : 'linear16');
  return query.toString();
}

/** Waits until the sessions of the last round are over and leave the next one alone. */
async function waitUntilIdle(server: LiveServer): Promise<void> {
  const deadline = performance.now() + IDLE_LIMIT_MS;
  while (server.health && (await server.health()).live_sessions > 0) {
    if (performance.now() > deadline) throw new Error('Sessions do not end.');
    await sleep(50);
  }
}
