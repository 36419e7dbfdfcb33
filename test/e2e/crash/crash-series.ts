import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';
import { OpenAiSimulator } from '../../simulators/openai-simulator.ts';
import { SonioxSimulator } from '../../simulators/soniox-simulator.ts';
import { CRASH_TARGETS, type CrashOutcome, type CrashTarget, crashOnce } from './crash-run.ts';

export interface CrashSeries {
  runs: number;
  /** Number of the first run: a series that was interrupted goes on if it was. */
  from?: number;
  /** Every run aims at this; otherwise every second at a change of providers, the rest in turn. */
  target?: CrashTarget | undefined;
  /** The same seed gives the same targets and instants, as far as the machine plays along. */
  seed: number;
  /** Servers that live and die at once. */
  parallel: number;
  onOutcome(outcome: CrashOutcome, index: number): void;
}

/** Kills servers one after another, the targets taken in turn. */
export async function crashSeries(series: CrashSeries): Promise<CrashOutcome[]> {
  // A model that takes its time, so that processing lasts long enough to be hit.
  const openai = await OpenAiSimulator.start({ fault: 'slow' });
  const outcomes: CrashOutcome[] = [];
  const from = series.from ?? 0;
  let next = from;
  const worker = async () => {
    while (next < from + series.runs) {
      const index = next;
      next += 1;
      const deepgram = await DeepgramSimulator.start();
      const soniox = await SonioxSimulator.start();
      const simulators = { deepgram, soniox, openai };
      const target = series.target ?? targetOf(index);
      const outcome = await crashOnce(target, generator(series.seed + index), simulators).finally(
        () => Promise.all([deepgram.close(), soniox.close()]),
      );
      outcomes.push(outcome);
      series.onOutcome(outcome, index);
    }
  };
  try {
    await Promise.all(Array.from({ length: series.parallel }, worker));
  } finally {
    await openai.close();
  }
  return outcomes;
}

const OTHERS = CRASH_TARGETS.filter((target) => target !== 'fallback');

function targetOf(index: number): CrashTarget {
  if (index % 2 === 0) return 'fallback';
  return OTHERS[((index - 1) / 2) % OTHERS.length] ?? 'commit';
}

/** mulberry32, a small seeded generator of numbers from 0 to 1. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How many kills fell if. */
export function countPlaces(outcomes: readonly CrashOutcome[]): Record<string, number> {
  const places: Record<string, number> = {};
  for (const { place } of outcomes) places[place] = (places[place] ?? 0) + 1;
  return places;
}

/** Of the kills that aimed at a change of providers, how many fell if. */
export function countChanges(outcomes: readonly CrashOutcome[]): Record<string, number> {
  const changes: Record<string, number> = {};
  for (const { change } of outcomes) {
    if (change !== null) changes[change] = (changes[change] ?? 0) + 1;
  }
  return changes;
}
