import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AudioBatch } from '../../src/audio/audio-format.ts';
import type { LocalRecogniser } from '../../src/stt/providers/local/local-recogniser.ts';
import { joinedClips, spokenClips, TINY_STREAMING } from '../../test/fixtures/spoken-clips.ts';
import { LOCAL_OPTIONS, openLocalModel, PAUSE_MS } from '../local-model.ts';
import type { Part, Row } from '../report.ts';
import { percentile, spread } from '../statistics.ts';

export interface LocalCapacityOptions {
  /** Streams that are added at a time. */
  step: number;
  /** Length of each step, seconds. */
  seconds: number;
  maxStreams: number;
}

/** What one step has shown: how far the streams were behind at its end, seconds. */
interface Step {
  streams: number;
  behindP50: number;
  behindP95: number;
}

const BATCH_MS = 100;
/** The model hears in pieces of 0.64 s and a final result needs a pause: behind this it does not keep up. */
const KEPT_UP_SECONDS = 5;

/**
 * Streams of speech in real time are added to one local model until it falls behind, beside the number
 * that the server allows by the model's real-time factor.
 */
export async function benchLocalCapacity(options: LocalCapacityOptions): Promise<Part> {
  const { child, recogniser } = await openLocalModel(TINY_STREAMING, Number.POSITIVE_INFINITY);
  const steps: Step[] = [];
  const { pcm } = joinedClips(spokenClips(), PAUSE_MS);
  try {
    await recogniser.check(new AbortController().signal);
    for (let streams = options.step; streams <= options.maxStreams; streams += options.step) {
      const step = await hear(recogniser, pcm, streams, options.seconds);
      steps.push(step);
      console.log(
        `  ${streams} streams: behind p50 ${step.behindP50.toFixed(1)} s, p95 ${step.behindP95.toFixed(1)} s`,
      );
      if (step.behindP95 > KEPT_UP_SECONDS) break;
    }
    const factor = child.realTimeFactor ?? Number.NaN;
    const kept = steps.filter((step) => step.behindP95 <= KEPT_UP_SECONDS).at(-1)?.streams ?? 0;
    const rows: Row[] = [
      row('streams that were heard in time', 'streams', kept),
      row('streams by 0.75 / real-time factor', 'streams', 0.75 / factor),
      row('real-time factor', '×', factor),
    ];
    return {
      name: 'Local speech: streams of one model (test model)',
      rows,
      raw: { steps, factor },
    };
  } finally {
    await recogniser.close();
  }
}

function row(name: string, unit: Row['unit'], value: number): Row {
  return { name, unit, value: spread([value]), goal: null };
}

/** So many streams of the same speech, each from another place on, for so long. */
async function hear(
  recogniser: LocalRecogniser,
  pcm: Uint8Array,
  streams: number,
  seconds: number,
): Promise<Step> {
  const stopped = new AbortController();
  setMaxListeners(0, stopped.signal);
  const heardMs = new Array<number>(streams).fill(0);
  const startedAt = performance.now();
  const stream = async (index: number) => {
    const audio = paced(pcm, (index / streams) * pcm.length, stopped.signal);
    for await (const event of recogniser.transcribe(audio, LOCAL_OPTIONS, stopped.signal)) {
      if (event.type === 'transcript-final') heardMs[index] = event.finalUntilMs;
      if (event.type === 'transcript-partial') {
        heardMs[index] = Math.max(heardMs[index] ?? 0, event.words.at(-1)?.endMs ?? 0);
      }
    }
  };
  const running = Promise.allSettled(Array.from({ length: streams }, (_, index) => stream(index)));
  await sleep(seconds * 1000);
  const spokenMs = performance.now() - startedAt;
  const behind = heardMs.map((ms) => (spokenMs - ms) / 1000);
  stopped.abort();
  await running;
  return { streams, behindP50: percentile(behind, 0.5), behindP95: percentile(behind, 0.95) };
}

/** The speech over and over from a byte on, as fast as it is spoken. */
async function* paced(
  pcm: Uint8Array,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<AudioBatch, void, undefined> {
  const bytes = BATCH_MS * 32;
  const batches = Math.floor(pcm.length / bytes);
  const first = Math.floor(from / bytes);
  const startedAt = performance.now();
  for (let i = 0; !signal.aborted; i += 1) {
    const at = ((first + i) % batches) * bytes;
    const startMs = i * BATCH_MS;
    yield { startMs, durationMs: BATCH_MS, frames: [pcm.subarray(at, at + bytes)] };
    await sleep(Math.max(0, startedAt + startMs + BATCH_MS - performance.now()));
  }
}
