import type { AudioBatch } from '../../audio/audio-format.ts';
import { type AudioSink, pushAudio, type ReplayableAudio } from '../../audio/replayable-audio.ts';

/** A jump of the audio's clock that is more than rounding, milliseconds. */
const GAP_MS = 1;

/** Audio that keeps what was last read of it, so that a part can be looked at once more. */
export class RecentAudio implements ReplayableAudio {
  readonly #source: ReplayableAudio;
  readonly #keptMs: number;
  #batches: AudioBatch[] = [];

  /** @param keptMs audio that is kept at most */
  constructor(source: ReplayableAudio, keptMs: number) {
    this.#source = source;
    this.#keptMs = keptMs;
  }

  async *readFrom(
    positionMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<AudioBatch, void, undefined> {
    for await (const batch of this.#source.readFrom(positionMs, signal)) {
      this.#keep(batch);
      yield batch;
    }
  }

  pushFrom(positionMs: number, signal: AbortSignal, sink: AudioSink): Promise<void> {
    return pushAudio(this.#source, positionMs, signal, (batch) => {
      this.#keep(batch);
      return sink(batch);
    });
  }

  /** What is kept, as audio that ends. */
  get kept(): ReplayableAudio {
    const batches = [...this.#batches];
    return {
      async *readFrom(positionMs) {
        for (const batch of batches) {
          if (batch.startMs + batch.durationMs > positionMs) yield batch;
        }
      },
    };
  }

  /** Where it ends, milliseconds; 0 if there is none. */
  get endMs(): number {
    const last = this.#batches.at(-1);
    return last ? endOf(last) : 0;
  }

  /** Forgets audio that ends before a position. */
  forgetBefore(positionMs: number): void {
    const first = this.#batches.findIndex((batch) => endOf(batch) > positionMs);
    this.#batches.splice(0, first < 0 ? this.#batches.length : first);
  }

  #keep(batch: AudioBatch): void {
    // A further reader begins at an earlier position.
    const last = this.#batches.at(-1);
    if (last && batch.startMs < endOf(last) - GAP_MS) {
      this.#batches = this.#batches.filter((known) => endOf(known) <= batch.startMs + GAP_MS);
    }
    this.#batches.push(batch);
    const oldestMs = endOf(batch) - this.#keptMs;
    while ((this.#batches[0]?.startMs ?? oldestMs) < oldestMs) this.#batches.shift();
  }
}

function endOf({ startMs, durationMs }: AudioBatch): number {
  return startMs + durationMs;
}
