import { describe, expect, it } from 'vitest';
import { hasBrowser } from '../../../fixtures/browser.ts';
import { runCaptureSoak } from './capture-soak.ts';

describe.skipIf(!hasBrowser)('a recording over a bad network', () => {
  it('stores every word once, with cuts, a reload and a kill -9 of the server', async () => {
    const lines: string[] = [];
    const outcome = await runCaptureSoak({
      durationMs: 30_000,
      cuts: 4,
      longestCutMs: 2_500,
      seed: Number(process.env.CRASH_SEED ?? 1),
      log: (line) => lines.push(line),
    });
    expect(outcome.problems, lines.join('\n')).toEqual([]);
    expect(outcome.spoken).toBeGreaterThan(20);
  }, 240_000);
});
