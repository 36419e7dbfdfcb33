import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../src/kernel/errors.ts';
import { CHAT_ENTRY_POINTS } from './chat-entry-points.ts';
import type { EntryPoint } from './entry-point.ts';
import { IMPORT_ENTRY_POINTS } from './import-entry-points.ts';
import { MODEL_ENTRY_POINTS } from './model-entry-points.ts';
import { RECORD_ENTRY_POINTS } from './record-entry-points.ts';
import { SEARCH_ENTRY_POINTS } from './search-entry-points.ts';
import { TEXT_ENTRY_POINTS } from './text-entry-points.ts';
import { UNDERSTANDING_ENTRY_POINTS } from './understanding-entry-points.ts';

/** Every function that reads text from outside. A new one gets an entry in the file of its area. */
const ENTRY_POINTS = [
  ...CHAT_ENTRY_POINTS,
  ...IMPORT_ENTRY_POINTS,
  ...MODEL_ENTRY_POINTS,
  ...RECORD_ENTRY_POINTS,
  ...SEARCH_ENTRY_POINTS,
  ...TEXT_ENTRY_POINTS,
  ...UNDERSTANDING_ENTRY_POINTS,
];
const SHORT = 10_000;
const LONG = 100_000;
/** Ten times the text may cost ten times as much, and as much again by chance; a square costs 100. */
const MOST_GROWTH = 25;
/** Processor time below which a measurement says nothing, milliseconds. */
const FLOOR_MS = 4;
const RUNS = 3;
/** Generous: the machine may be busy. */
const TIMEOUT_MS = 180_000;

describe.each(ENTRY_POINTS)('$name', (entry) => {
  it('costs linear time, whatever the text', { timeout: TIMEOUT_MS }, async () => {
    const steep: string[] = [];
    for (const worst of entry.worst) {
      const growth = await growthOf(entry, worst);
      if (growth > MOST_GROWTH) steep.push(`${JSON.stringify(worst)}: ${growth.toFixed(0)} times`);
    }
    expect(steep).toEqual([]);
  });
});

/** How many times more processor time ten times the text costs. */
async function growthOf(entry: EntryPoint, worst: string): Promise<number> {
  const [short, long] = [textOf(worst, SHORT), textOf(worst, LONG)];
  const first = await costOf(entry, long);
  // Most are so cheap that the shorter text needs no measuring.
  if (first <= FLOOR_MS * MOST_GROWTH) return 1;
  const least = Math.max(FLOOR_MS, await medianOf(() => costOf(entry, short)));
  if (first / least <= MOST_GROWTH) return first / least;
  return (await medianOf(() => costOf(entry, long))) / least;
}

/**
 * The text of a size that repeats what stands behind a `|` in `worst`, between two letters: a pattern
 * that is bound to an end meets a run that goes on.
 */
function textOf(worst: string, size: number): string {
  const bar = worst.indexOf('|');
  const repeated = worst.slice(bar + 1);
  const head = bar < 0 ? 'x' : worst.slice(0, bar);
  return `${`${head}${repeated.repeat(size / repeated.length + 1)}`.slice(0, size - 1)}x`;
}

async function costOf(entry: EntryPoint, text: string): Promise<number> {
  const before = process.cpuUsage();
  try {
    await entry.read(text);
  } catch (error) {
    // A text may be refused.
    if (!isAppError(error)) throw error;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function medianOf(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let run = 0; run < RUNS; run += 1) values.push(await measure());
  values.sort((a, b) => a - b);
  return values[(RUNS - 1) / 2] ?? 0;
}
