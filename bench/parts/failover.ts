import { FAULTS, PROVIDERS, percentile95, runCase } from '../../test/e2e/fallback-chaos.ts';
import type { Part } from '../report.ts';
import { spread } from '../statistics.ts';

/** The longest that people should be without a transcript while another provider is up, milliseconds. */
const GOAL_MS = 1500;
/** Cases at a time; more would measure the machine. */
const AT_A_TIME = 3;

/**
 * How much later words come where their provider fails and another steps in, than they come from
 * either while both are well: every provider in turn, every fault, in real time, through the front
 * door.
 */
export async function benchFailover(rounds: number): Promise<Part> {
  const cases = PROVIDERS.flatMap((provider) =>
    Object.keys(FAULTS).map((fault) => ({ provider, fault })),
  );
  const raw: { provider: string; fault: string; laterMs: number }[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const results: (typeof raw)[number] = [];
    for (let at = 0; at < cases.length; at += AT_A_TIME) {
      const some = cases.slice(at, at + AT_A_TIME).map(async (one) => {
        const { laterMs, problems } = await runCase(one, { speed: 1 });
        if (problems.length > 0) {
          throw new Error(`${one.provider}, ${one.fault}: ${problems.join(', ')}`);
        }
        return { ...one, laterMs };
      });
      results.push(...(await Promise.all(some)));
    }
    raw.push(results);
  }
  const of = (results: (typeof raw)[number]) => results.map(({ laterMs }) => laterMs);
  const row = (name: string, goal: number | null, figure: (values: number[]) => number) => ({
    name,
    unit: 'ms' as const,
    value: spread(raw.map((results) => figure(of(results)))),
    goal,
  });
  return {
    name: `Failover: words later than from either provider (${cases.length} cases, ${rounds} rounds)`,
    rows: [
      row('p50', null, (values) => spread(values).median),
      row('p95', GOAL_MS, percentile95),
      row('longest', null, (values) => Math.max(...values)),
    ],
    raw,
  };
}
