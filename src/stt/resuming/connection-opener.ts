import type { AudioFormat } from '../../audio/audio-format.ts';
import { AppError } from '../../kernel/errors.ts';
import { ConnectionAudio } from '../connection-audio.ts';
import { EnrollmentAudio, type KnownVoice } from '../enrollment-audio.ts';
import type { ResumedTranscript } from '../resumed-transcript.ts';
import type { RouteChoice, SttRoute } from '../route-choice.ts';
import { ConnectionMeter, type SttMeter } from '../stt-meter.ts';
import { VoicedTime } from '../voiced-time.ts';
import { RouteConnection } from './route-connection.ts';

/** Rounding that may be between the last position of a provider and the end of the audio, milliseconds. */
const ANSWERED_WITHIN_MS = 100;

export interface ConnectionOpenerOptions {
  choice: Pick<RouteChoice, 'responseTimeoutMs' | 'isFirstRound'>;
  transcript: ResumedTranscript;
  signal: AbortSignal;
  /** Counts what is sent, and stops it when the budget is used up. */
  meter: SttMeter;
  /** Names of the providers that the stream may use. */
  chain: readonly string[];
  /** Voices to recognise; each connection is played their recordings first. */
  voices: readonly KnownVoice[];
  /** See `ResumingOptions`. */
  replaySpeed: number;
  stallTimeoutMs: number;
  connectWithinMs: number;
}

/** Makes the connections of one stream, each with the audio that it is to hear. */
export class ConnectionOpener {
  readonly #o: ConnectionOpenerOptions;
  readonly #enrollments = new Map<number, EnrollmentAudio>();
  #stalls = 0;
  /** The cursor when a provider last ended in good order without having heard all. */
  #endedShortAtMs: number | null = null;

  constructor(options: ConnectionOpenerOptions) {
    this.#o = options;
  }

  /** A connection has stalled: the next ones are given more time. */
  noteStall(): void {
    this.#stalls += 1;
  }

  /** Words became final. */
  progressed(): void {
    this.#stalls = 0;
  }

  /** @throws `unsupported-codec` if the provider does not take the format of the route */
  open(route: SttRoute): RouteConnection {
    const { choice, signal, stallTimeoutMs, connectWithinMs } = this.#o;
    const { provider, options } = route;
    const { encoding } = options.format;
    if (!provider.capabilities.encodings.includes(encoding)) {
      throw new AppError('unsupported-codec', `${provider.name} does not take ${encoding}.`);
    }
    const attempt = new AbortController();
    const { responseTimeoutMs, isFirstRound } = choice;
    const hasOther = responseTimeoutMs !== null;
    return new RouteConnection({
      route,
      audio: this.#audioFor(route, AbortSignal.any([signal, attempt.signal]), hasOther),
      limits: {
        timeoutMs: stallTimeoutMs * 2 ** Math.min(this.#stalls, 6),
        responseTimeoutMs,
        connectMs: hasOther && isFirstRound ? connectWithinMs : null,
      },
      signal,
      attempt,
      hasOther: () => choice.responseTimeoutMs !== null,
      isAllAnswered: (endMs) => this.#isAllAnswered(endMs),
    });
  }

  #audioFor(route: SttRoute, signal: AbortSignal, measuresVoice: boolean): ConnectionAudio {
    const { replaySpeed, meter, transcript, chain } = this.#o;
    const { format } = route.options;
    const enrollment = this.#enrollmentFor(format);
    const startMs = transcript.beginConnection(enrollment);
    const played = transcript.hasPlayedEnrollment ? enrollment?.reminder() : enrollment?.whole();
    return new ConnectionAudio({
      source: route.audio,
      startMs,
      enrollment: played ?? [],
      speed: replaySpeed,
      signal,
      voiced: measuresVoice ? new VoicedTime(format) : null,
      meter: new ConnectionMeter(meter, route.provider.name, chain),
    });
  }

  #enrollmentFor({ encoding, sampleRate }: AudioFormat): EnrollmentAudio | null {
    const { voices } = this.#o;
    if (voices.length === 0 || encoding !== 'pcm-s16le') return null;
    const made = this.#enrollments.get(sampleRate) ?? new EnrollmentAudio(voices, sampleRate);
    this.#enrollments.set(sampleRate, made);
    return made;
  }

  /**
   * A provider that ended in good order has answered up to the end. One that has not did not hear it
   * and is asked again once: if that brings nothing, there are no words in it.
   */
  #isAllAnswered(endMs: number): boolean {
    const { cursorMs } = this.#o.transcript;
    if (cursorMs >= endMs - ANSWERED_WITHIN_MS || cursorMs === this.#endedShortAtMs) return true;
    this.#endedShortAtMs = cursorMs;
    return false;
  }
}
