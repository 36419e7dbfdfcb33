import { describe, expect, it } from 'vitest';
import { countChanges, countPlaces, crashSeries } from './crash/crash-series.ts';

describe('kill -9 at a random instant', () => {
  it('loses no shown segment, leaves nothing stuck and does nothing twice', async () => {
    const outcomes = await crashSeries({
      runs: 10,
      seed: Number(process.env.CRASH_SEED ?? 1),
      parallel: 3,
      onOutcome: () => undefined,
    });
    console.log(`kills fell at: ${JSON.stringify(countPlaces(outcomes))}`);
    const changes = countChanges(outcomes);
    console.log(`aimed at a change of providers: ${JSON.stringify(changes)}`);
    expect(Object.values(changes).reduce((sum, count) => sum + count, 0)).toBe(5);
    expect(outcomes.filter((outcome) => outcome.problems.length > 0)).toEqual([]);
    expect(outcomes).toHaveLength(10);
  }, 240_000);
});
