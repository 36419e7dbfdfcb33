import { setTimeout as sleep } from 'node:timers/promises';
import { BenchProcess } from '../bench-process.ts';
import { queryOf, type Subject } from '../live-round.ts';
import { startProduct, startProvider, startRelay } from '../live-servers.ts';
import type { ConnectRequest } from '../processes/load-generator.ts';
import type { Part, Row } from '../report.ts';
import { median, spread } from '../statistics.ts';

/** Audio is sent so many times as fast as it is spoken, so that a long conversation takes a minute. */
const SPEED = 10;
const MINUTES = 12;
const MINUTE_MS = 60_000 / SPEED;

/**
 * What a stream costs late in a long conversation, compared with its beginning. The first minute is not
 * counted: it is the work of the just-in-time compiler.
 */
export async function benchGrowth(streams: number): Promise<Part> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const provider = await startProvider();
    stops.push(() => provider.process.stop());
    const generator = new BenchProcess({ script: 'bench/processes/load-generator.ts' });
    stops.push(() => generator.stop());
    await generator.port();
    const relay = await startRelay(provider.address, streams);
    stops.unshift(relay.stop);
    const product = await startProduct(provider.address, streams, {
      // Audio that arrives faster than it is spoken is taken without a limit.
      env: { AUDIO_BURST_MINUTES: '0' },
      execArgv: [],
    });
    stops.unshift(product.stop);
    const subjects: Subject[] = [
      { name: 'relay', server: relay, codec: 'opus_fs320' },
      { name: 'product', server: product, codec: 'opus_fs320' },
    ];
    const raw: Record<string, number[]> = {};
    for (const subject of subjects) {
      raw[subject.name] = await costOfMinutes(subject, generator, streams);
      console.log(`  ${subject.name}: ${raw[subject.name]?.map((ms) => ms.toFixed(2)).join(', ')}`);
    }
    const rows = subjects.flatMap(({ name }) => growthRows(name, raw[name] ?? []));
    return {
      name: `Live path, cost over ${MINUTES} minutes of one conversation (${streams} streams, ${SPEED} times real time)`,
      rows,
      raw,
    };
  } finally {
    for (const stop of stops) await stop();
  }
}

/** CPU time of each minute of audio, milliseconds per stream-second. */
async function costOfMinutes(
  subject: Subject,
  generator: BenchProcess,
  streams: number,
): Promise<number[]> {
  const { server, codec } = subject;
  const request: ConnectRequest = {
    url: `${server.address}?${queryOf(subject)}`,
    tokens: server.tokens.slice(0, streams),
    codec,
    awaitsReady: server.awaitsReady,
  };
  await generator.ask({ kind: 'connect', ...request });
  await generator.ask({ kind: 'send', speed: SPEED });
  const costs: number[] = [];
  let before = await server.process.usage();
  let at = performance.now();
  for (let minute = 0; minute < MINUTES; minute += 1) {
    await sleep(MINUTE_MS);
    const after = await server.process.usage();
    const now = performance.now();
    costs.push((after.cpuUs - before.cpuUs) / 1000 / ((streams * SPEED * (now - at)) / 1000));
    before = after;
    at = now;
  }
  await generator.ask({ kind: 'disconnect' });
  return costs;
}

function growthRows(name: string, costs: readonly number[]): Row[] {
  const early = costs.slice(1, 3);
  const late = costs.slice(-3);
  return [
    {
      name: `${name}: CPU per stream-second, minutes 2 and 3`,
      unit: 'ms',
      value: spread(early),
      goal: null,
    },
    {
      name: `${name}: CPU per stream-second, last three minutes`,
      unit: 'ms',
      value: spread(late),
      goal: null,
    },
    {
      name: `${name}: late to early`,
      unit: '×',
      value: spread([median(late) / median(early)]),
      goal: name === 'product' ? 1.03 : null,
    },
  ];
}
