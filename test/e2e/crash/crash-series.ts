import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';
import { OpenAiSimulator } from '../../simulators/openai-simulator.ts';
import { SonioxSimulator } from '../../simulators/soniox-simulator.ts';
import { CRASH_TARGETS, type CrashOutcome, crashOnce } from './crash-run.ts';

export interface CrashSeries {
  runs: number;
  /** The same seed gives the same targets and instants, as far as the machine plays along. */
  seed: number;
  /** Servers that live and die at once. */
  parallel: number;
  onOutcome(outcome: CrashOutcome, index: number): void;
}

/** Kills servers one after another, the targets taken in turn. */
export async function crashSeries(series: CrashSeries): Promise<CrashOutcome[]> {
  const deepgram = await DeepgramSimulator.start();
  const soniox = await SonioxSimulator.start();
  // A model that takes its time, so that processing lasts long enough to be hit.
  const openai = await OpenAiSimulator.start({ fault: 'slow' });
  const outcomes: CrashOutcome[] = [];
  let next = 0;
  const worker = async () => {
    while (next < series.runs) {
      const index = next;
      next += 1;
      const target = CRASH_TARGETS[index % CRASH_TARGETS.length] ?? 'commit';
      const outcome = await crashOnce(target, generator(series.seed + index), {
        deepgram,
        soniox,
        openai,
      });
      outcomes.push(outcome);
      series.onOutcome(outcome, index);
    }
  };
  try {
    await Promise.all(Array.from({ length: series.parallel }, worker));
  } finally {
    await deepgram.close();
    await soniox.close();
    await openai.close();
  }
  return outcomes;
}

/** mulberry32, a small seeded generator of numbers from 0 to 1. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How many kills fell where. */
export function countPlaces(outcomes: readonly CrashOutcome[]): Record<string, number> {
  const places: Record<string, number> = {};
  for (const { place } of outcomes) places[place] = (places[place] ?? 0) + 1;
  return places;
}
