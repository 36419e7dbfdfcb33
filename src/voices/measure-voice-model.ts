import { silentLogger } from '../kernel/logger.ts';
import { inspectVoiceModel, LocalVoiceModel } from './voice-model.ts';

/** What a voice model does on this machine. */
export interface VoiceModelMeasurement {
  title: string;
  loadMs: number;
  /** Numbers of a vector. */
  dimensions: number;
  /** Time that a vector takes, as a share of the speech that it is made from. */
  realTimeFactor: number;
  rssBytes: number;
}

const RATE = 16_000;
const NOISE_SECONDS = 6;
const ROUNDS = 3;

/**
 * Loads the voice model in `folder` in a child process, as the server would, and measures it.
 *
 * @param speech signed 16-bit mono at 16 kHz; null: noise
 * @throws AppError `invalid-model`, `not-configured`, `provider-unavailable`
 */
export async function measureVoiceModel(
  folder: string,
  speech: Int16Array | null,
  threads: number,
  signal: AbortSignal,
): Promise<VoiceModelMeasurement> {
  const { title } = await inspectVoiceModel(folder, folder);
  const idleMs = Number.POSITIVE_INFINITY;
  const model = new LocalVoiceModel({ id: folder, folder, threads, idleMs, logger: silentLogger });
  const samples = (speech ?? noise()).subarray(0, RATE * NOISE_SECONDS);
  try {
    const begunAt = performance.now();
    await model.check(signal);
    const loadMs = performance.now() - begunAt;
    const first = await model.embed(samples, signal);
    const measuredAt = performance.now();
    for (let round = 0; round < ROUNDS; round += 1) await model.embed(samples, signal);
    const ms = (performance.now() - measuredAt) / ROUNDS;
    return {
      title,
      loadMs,
      dimensions: first?.length ?? 0,
      realTimeFactor: ms / ((samples.length * 1000) / RATE),
      rssBytes: await model.rssBytes(),
    };
  } finally {
    await model.close();
  }
}

/** Noise of the loudness of speech, the same each time. */
function noise(): Int16Array {
  let state = 1;
  return Int16Array.from({ length: RATE * NOISE_SECONDS }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state / 2 ** 32 - 0.5) * 4_000;
  });
}
