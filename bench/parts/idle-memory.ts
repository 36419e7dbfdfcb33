import { setTimeout as sleep } from 'node:timers/promises';
import { BenchProcess } from '../bench-process.ts';
import { type LiveServer, startProduct, startProvider, startRelay } from '../live-servers.ts';
import type { ConnectRequest } from '../processes/load-generator.ts';
import type { Part, Row } from '../report.ts';
import { spread } from '../statistics.ts';

/**
 * Clients that connect first, so that code and caches are there before the counting begins. So many that the thread
 * that moves SQLite's log runs: 5 MiB of it stay in the process when it has ended.
 */
const FIRST_CLIENTS = 200;
/** A thread that moves SQLite's log, which new streams may start, is gone by then. */
const SETTLE_MS = 10_000;

interface Memory {
  server: string;
  startedMiB: number;
  busyMiB: number;
  perStreamKiB: number;
}

/** Resident memory of connected clients that send nothing, each with its provider connection. */
export async function benchIdleMemory(clients: number, rounds: number): Promise<Part> {
  const provider = await startProvider();
  const generator = new BenchProcess({ script: 'bench/processes/load-generator.ts' });
  const raw: Memory[] = [];
  try {
    await generator.port();
    const total = FIRST_CLIENTS + clients;
    const env = { LOG_LEVEL: 'warn' };
    for (let round = 0; round < rounds; round += 1) {
      const relay = await startRelay(provider.address, total);
      raw.push(await measure('relay', relay, generator, clients));
      const product = await startProduct(provider.address, total, { env, execArgv: [] });
      raw.push(await measure('product', product, generator, clients));
    }
  } finally {
    await generator.stop();
    await provider.process.stop();
  }
  const of = (server: string) => raw.filter((memory) => memory.server === server);
  const row = (name: string, unit: Row['unit'], values: number[]): Row => ({
    name,
    unit,
    value: spread(values),
    goal: null,
  });
  const each = (server: string, field: 'startedMiB' | 'perStreamKiB') =>
    of(server).map((memory) => memory[field]);
  const relays = each('relay', 'perStreamKiB');
  return {
    name: `Memory of idle streams (${clients} clients, ${rounds} rounds)`,
    rows: [
      row('relay: resident without clients', 'MiB', each('relay', 'startedMiB')),
      row('product: resident without clients', 'MiB', each('product', 'startedMiB')),
      row('relay: per idle stream', 'KiB', relays),
      row('product: per idle stream', 'KiB', each('product', 'perStreamKiB')),
      row(
        'product against relay, per idle stream',
        '×',
        each('product', 'perStreamKiB').map((value, i) => value / (relays[i] ?? Number.NaN)),
      ),
    ],
    raw,
  };
}

async function measure(
  name: string,
  server: LiveServer<BenchProcess>,
  generator: BenchProcess,
  clients: number,
): Promise<Memory> {
  const connect = async (tokens: string[]) => {
    const request: ConnectRequest = {
      url: `${server.address}?codec=opus_fs320&sample_rate=16000&encoding=opus`,
      tokens,
      codec: 'opus_fs320',
      awaitsReady: server.awaitsReady,
    };
    await generator.ask({ kind: 'connect', ...request });
    await sleep(SETTLE_MS);
    return (await server.process.usageAfterCollection()).rssBytes;
  };
  try {
    await sleep(SETTLE_MS);
    const started = (await server.process.usageAfterCollection()).rssBytes;
    const first = await connect(server.tokens.slice(0, FIRST_CLIENTS));
    const all = await connect(server.tokens.slice(FIRST_CLIENTS, FIRST_CLIENTS + clients));
    await generator.ask({ kind: 'disconnect' });
    return {
      server: name,
      startedMiB: started / 2 ** 20,
      busyMiB: all / 2 ** 20,
      perStreamKiB: (all - first) / clients / 1024,
    };
  } finally {
    await server.stop();
  }
}
