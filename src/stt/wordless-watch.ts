import type { ConnectionAudio } from './connection-audio.ts';
import type { ProviderEvent } from './stt-event.ts';

/** Speech, by its loudness, below which a result without words is nothing remarkable, milliseconds. */
const SPEECH_MS = 1_500;
/** Speech without words after which another provider is asked. */
const PATIENCE_MS = 15_000;
/** The same in multiples of the time that the provider may be silent. */
const PATIENCE_FACTOR = 4;
/** Audio after which what sounded like speech is taken for noise. */
const GIVE_UP_MS = 45_000;
/** Anything louder than the noise may be the beginning of speech, as long as no such pause follows. */
const SOUND_MS = 200;
const PAUSE_MS = 3_000;

/**
 * Notices a provider that answers to speech, but without any words: a model for another language, or
 * one that does not work. While that may be so its results are not final, so that whoever is asked
 * next hears the same audio.
 */
export class WordlessWatch {
  readonly #audio: Pick<ConnectionAudio, 'sentMs' | 'voicedMs' | 'ended'>;
  /** Null: there is no other provider, so nothing is watched. */
  readonly #responseTimeoutMs: number | null;
  /** End of the last result that is taken as it is, on the connection's clock. */
  #settledMs = 0;
  /** Speech and audio that were sent by then. */
  #voicedMsThen = 0;
  #sentMsThen = 0;
  #hasWords = false;
  /** Speech by the latest answer, and the audio that was sent when there was more of it last. */
  #voicedMs = 0;
  #voicedAtMs = 0;

  /** @param responseTimeoutMs how long the provider may return nothing; null if there is no other */
  constructor(
    audio: Pick<ConnectionAudio, 'sentMs' | 'voicedMs' | 'ended'>,
    responseTimeoutMs: number | null,
  ) {
    this.#audio = audio;
    this.#responseTimeoutMs =
      responseTimeoutMs === null
        ? null
        : Math.max(PATIENCE_MS, responseTimeoutMs * PATIENCE_FACTOR);
  }

  /** True if another provider should be asked: no words for too long, or none until the end. */
  get isSuspicious(): boolean {
    if (this.#responseTimeoutMs === null) return false;
    if (this.#audio.ended) return !this.#hasWords && this.#wordlessMs >= SPEECH_MS;
    return this.#wordlessMs >= this.#responseTimeoutMs;
  }

  /** Takes an answer of the provider; returns it, not final if it is doubtful. */
  take(event: ProviderEvent): ProviderEvent {
    if (event.type !== 'transcript-final' && event.type !== 'transcript-partial') return event;
    if (event.words.length > 0) {
      this.#hasWords = true;
      this.#settle(event.type === 'transcript-final' ? event.finalUntilMs : this.#settledMs);
      return event;
    }
    if (event.type === 'transcript-partial') return event;
    if (this.#audio.voicedMs > this.#voicedMs) this.#voicedAtMs = this.#audio.sentMs;
    this.#voicedMs = this.#audio.voicedMs;
    if (this.#isDoubtful) {
      return { ...event, finalUntilMs: Math.min(event.finalUntilMs, this.#settledMs) };
    }
    this.#settle(event.finalUntilMs);
    return event;
  }

  get #isDoubtful(): boolean {
    if (this.#responseTimeoutMs === null || this.#wordlessMs < SOUND_MS) return false;
    if (this.#audio.ended) return this.isSuspicious;
    const { sentMs } = this.#audio;
    if (this.#wordlessMs < SPEECH_MS) return sentMs - this.#voicedAtMs < PAUSE_MS;
    return sentMs - this.#sentMsThen <= GIVE_UP_MS;
  }

  get #wordlessMs(): number {
    return this.#audio.voicedMs - this.#voicedMsThen;
  }

  #settle(finalUntilMs: number): void {
    this.#settledMs = finalUntilMs;
    this.#voicedMsThen = this.#audio.voicedMs;
    this.#sentMsThen = this.#audio.sentMs;
  }
}
