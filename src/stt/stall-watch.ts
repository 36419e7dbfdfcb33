import type { ConnectionAudio } from './connection-audio.ts';

/** Longest time between two looks at a connection. */
const MAX_LOOK_MS = 1_000;

export interface StallLimits {
  /** Time, and audio, without any answer after which the connection has stalled. */
  timeoutMs: number;
  /**
   * As above, of audio that may be speech, after which the connection is suspected; null if
   * there is no other provider.
   */
  responseTimeoutMs: number | null;
  /** How long the connection may take before it is suspected; null as above. */
  connectMs: number | null;
}

/**
 * Gives a connection up that takes audio and answers nothing, or takes none although there is
 * some. Quiet while no audio comes, while the answers wait for their reader, and after the end of
 * the audio, which a provider limits by itself.
 */
export class StallWatch {
  readonly #timer: NodeJS.Timeout;
  readonly #audio: ConnectionAudio;
  readonly #limits: StallLimits;
  readonly #begunAt = performance.now();
  #answeredAt = performance.now();
  #sentMsThen = 0;
  #voicedMsThen = 0;
  #reading = true;
  #verdict: 'stalled' | 'suspected' | null = null;

  /** @param onStall called once */
  constructor(audio: ConnectionAudio, limits: StallLimits, onStall: () => void) {
    this.#audio = audio;
    this.#limits = limits;
    const shortest = Math.min(
      limits.timeoutMs,
      limits.responseTimeoutMs ?? Number.POSITIVE_INFINITY,
      2 * (limits.connectMs ?? Number.POSITIVE_INFINITY),
    );
    this.#timer = setInterval(
      () => {
        if (this.#verdict !== null) return;
        this.#verdict = this.#judge();
        if (this.#verdict !== null) onStall();
      },
      Math.min(MAX_LOOK_MS, Math.max(5, shortest / 8)),
    );
  }

  /** `stalled`: it has stalled. `suspected`: it may have, and another provider can tell. Null: nothing is wrong. */
  get verdict(): 'stalled' | 'suspected' | null {
    return this.#verdict;
  }

  /** An answer came and is with the reader. */
  answered(): void {
    this.#reading = false;
  }

  /** The reader waits for the next answer. */
  resume(): void {
    this.#reading = true;
    this.#answeredAt = performance.now();
    this.#sentMsThen = this.#audio.sentMs;
    this.#voicedMsThen = this.#audio.voicedMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #judge(): 'stalled' | 'suspected' | null {
    const now = performance.now();
    const { timeoutMs, responseTimeoutMs, connectMs } = this.#limits;
    const audio = this.#audio;
    if (!audio.isRequested && connectMs !== null && now - this.#begunAt >= connectMs) {
      return 'suspected';
    }
    if (!this.#reading || audio.ended) return null;
    const quietMs = now - this.#answeredAt;
    const heldMs = audio.heldSince === null ? 0 : now - audio.heldSince;
    const isStalled = audio.sentMs - this.#sentMsThen >= timeoutMs || heldMs >= timeoutMs;
    if (quietMs >= timeoutMs && isStalled) return 'stalled';
    if (responseTimeoutMs === null || quietMs < responseTimeoutMs) return null;
    const expectsAnswer = audio.voicedMs - this.#voicedMsThen >= responseTimeoutMs;
    return expectsAnswer || heldMs >= responseTimeoutMs ? 'suspected' : null;
  }
}
