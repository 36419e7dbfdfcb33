import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchProcess } from '../bench-process.ts';
import { queryOf, type Subject } from '../live-round.ts';
import { startProduct, startProvider, startRelay } from '../live-servers.ts';
import type { ConnectRequest } from '../processes/load-generator.ts';
import type { Part, Row } from '../report.ts';
import { spread } from '../statistics.ts';

const WARM_UP_MS = 3_000;

interface Counted {
  subject: string;
  perStreamSecond: number;
  /** The most frequent calls, per stream-second. */
  most: Record<string, number>;
}

/** System calls of all threads for each second of a stream, of the relay and of the product. */
export async function benchSyscalls(streams: number, seconds: number): Promise<Part> {
  const part = { name: `System calls of a live stream (${streams} streams, strace)` };
  if (spawnSync('strace', ['-V']).status !== 0) {
    console.log('  skipped: strace is not installed.');
    return { ...part, rows: [], raw: [] };
  }
  const provider = await startProvider('vendor');
  const relay = await startRelay(provider.address, streams);
  const product = await startProduct(provider.address, streams, { env: {}, execArgv: [] });
  const raw: Counted[] = [];
  try {
    const subjects: Subject[] = [
      { name: 'relay', server: relay, codec: 'opus_fs320' },
      { name: 'product', server: product, codec: 'opus_fs320' },
    ];
    for (const subject of subjects) raw.push(await count(subject, streams, seconds));
  } finally {
    for (const server of [product, relay]) await server.stop();
    await provider.process.stop();
  }
  const rows = raw.flatMap(({ subject, perStreamSecond, most }): Row[] => [
    row(`${subject}: all`, perStreamSecond),
    ...Object.entries(most).map(([name, calls]) => row(`${subject}: ${name}`, calls)),
  ]);
  return { ...part, rows, raw };
}

async function count(subject: Subject, streams: number, seconds: number): Promise<Counted> {
  const { server, codec } = subject;
  const generator = new BenchProcess({ script: 'bench/processes/load-generator.ts' });
  try {
    await generator.port();
    const request: ConnectRequest = {
      url: `${server.address}?${queryOf(subject)}`,
      tokens: server.tokens.slice(0, streams),
      codec,
      awaitsReady: server.awaitsReady,
    };
    await generator.ask({ kind: 'connect', ...request });
    await generator.ask({ kind: 'send' });
    await sleep(WARM_UP_MS);
    const calls = await trace(server.process.pid, seconds);
    const each = [...calls]
      .map(([name, number]): [string, number] => [name, number / streams / seconds])
      .sort(([, a], [, b]) => b - a);
    return {
      subject: subject.name,
      perStreamSecond: each.reduce((sum, [, number]) => sum + number, 0),
      most: Object.fromEntries(each.slice(0, 6)),
    };
  } finally {
    await generator.stop();
  }
}

/** Counts the system calls of a process by name. */
async function trace(pid: number, seconds: number): Promise<Map<string, number>> {
  const directory = mkdtempSync(join(tmpdir(), 'omi-backend-strace-'));
  try {
    const file = join(directory, 'calls.txt');
    const strace = spawn('strace', ['-f', '-c', '-o', file, '-p', String(pid)], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => strace.once('exit', resolve));
    await sleep(seconds * 1000);
    strace.kill('SIGINT');
    await ended;
    // `% time  seconds  usecs/call  calls  errors  syscall`; errors may be empty.
    const lines = readFileSync(file, 'utf8').matchAll(
      /^ *[\d.]+ +[\d.]+ +\d+ +(\d+)(?: +\d+)? +(\w+)$/gm,
    );
    return new Map(
      [...lines]
        .filter(([, , name]) => name !== 'total')
        .map(([, calls = '0', name = '']) => [name, Number(calls)]),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function row(name: string, value: number): Row {
  return { name, unit: 'calls', value: spread([value]), goal: null };
}
