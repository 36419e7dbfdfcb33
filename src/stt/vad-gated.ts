import type { AudioBatch, AudioFormat } from '../audio/audio-format.ts';
import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import type { VoiceActivityFactory } from '../audio/voice-activity.ts';
import { VoiceGate, type VoiceGateOptions } from '../audio/voice-activity-gate.ts';
import type { SttEvent } from './stt-event.ts';
import type { SttOptions, SttStream } from './stt-provider.ts';

export interface VadGateOptions extends VoiceGateOptions {
  /** `shadow`: everything is sent, and what the gate would have kept back is counted. */
  mode: 'shadow' | 'active';
  createDetector: VoiceActivityFactory;
  /** Told of the silence that was (or would have been) kept back, each stretch of audio once. */
  onSilence(silentMs: number): void;
  /**
   * How long beyond the hangover the gate waits for the provider's words of what it was sent. While
   * it waits silence goes on being sent, so that the provider has reason to answer, and so that one
   * that has stopped answering is noticed.
   */
  responseTimeoutMs: number;
}

export const VAD_GATE_DEFAULTS = {
  preRollMs: 500,
  hangoverMs: 4_000,
  responseTimeoutMs: 30_000,
} as const satisfies Partial<VadGateOptions>;

/**
 * The detector hears a voice for about this long after its last word has ended, and for the second
 * length at most. An answer that ends between the two may be to all of it, or a short last word is
 * still to come: that is waited for a while.
 */
const USUAL_TAIL_MS = 220;
const VOICE_TAIL_MS = 500;
const LAST_WORD_MS = 5_000;
/** Silence that is told of at once, so that hours of it do not come as thousands of events. */
const ADVANCE_STEP_MS = 1_000;

/**
 * A stream whose provider is not sent silence. The inner stream reads audio with gaps in it, each
 * batch at its true position, so that times stay exact over any number of gaps and connections.
 * While nothing is sent the position up to which all is final goes on: audio that is known to be
 * silent needs no transcription, is not kept and not sent again.
 *
 * Sits directly around what connects (`resuming`), if the audio has the format of the options.
 */
export function vadGated(
  stream: SttStream,
  options: Pick<VadGateOptions, 'mode' | 'createDetector' | 'onSilence'> & Partial<VadGateOptions>,
): SttStream {
  const complete: VadGateOptions = { ...VAD_GATE_DEFAULTS, ...options };
  return {
    transcribe: (audio, sttOptions, start, signal) => {
      const run = new GatedRun(audio, sttOptions.format, complete, start.fromMs);
      if (complete.mode === 'shadow') return stream.transcribe(run, sttOptions, start, signal);
      const stopped = new AbortController();
      const ended = AbortSignal.any([signal, stopped.signal]);
      return run.events(stream.transcribe(run, sttOptions, start, ended), stopped);
    },
  };
}

/** One stream: its audio without the silence, however often it is read, and its events. */
class GatedRun implements ReplayableAudio {
  readonly #audio: ReplayableAudio;
  readonly #format: SttOptions['format'];
  readonly #options: VadGateOptions;
  /** Audio up to here is final by the provider's answers. */
  #finalMs: number;
  /** Where the last voice ended that any reading has found. */
  #voiceEndMs: number;
  /** Up to here there was nothing but silence since the last voice. */
  #silentUntilMs: number;
  #countedMs: number;
  #toldMs: number;
  #wake: () => void = () => undefined;

  constructor(
    audio: ReplayableAudio,
    format: AudioFormat,
    options: VadGateOptions,
    fromMs: number,
  ) {
    this.#audio = audio;
    this.#format = format;
    this.#options = options;
    this.#finalMs = fromMs;
    this.#voiceEndMs = fromMs;
    this.#silentUntilMs = fromMs;
    this.#countedMs = fromMs;
    this.#toldMs = fromMs;
  }

  async *readFrom(positionMs: number, signal: AbortSignal): AsyncGenerator<AudioBatch> {
    const detector = await this.#options.createDetector(this.#format);
    const gate = new VoiceGate(detector, this.#format, this.#options);
    const mayClose = (silenceMs: number) => this.#mayClose(silenceMs);
    const onSilence = (startMs: number, endMs: number) => this.#noteSilence(startMs, endMs);
    const active = this.#options.mode === 'active';
    try {
      for await (const batch of this.#audio.readFrom(positionMs, signal)) {
        const passed = gate.push(batch, mayClose, onSilence);
        this.#voiceEndMs = Math.max(this.#voiceEndMs, gate.voiceEndMs ?? 0);
        if (this.#isQuiet && this.#silentUntilMs - this.#toldMs >= ADVANCE_STEP_MS) this.#wake();
        if (active) yield* passed;
        else yield batch;
      }
    } finally {
      detector.close();
    }
  }

  /**
   * The events of the inner stream, and between them that the silence is final.
   *
   * @param stopped ends the inner stream
   */
  async *events(
    inner: AsyncIterable<SttEvent>,
    stopped: AbortController,
  ): AsyncGenerator<SttEvent, void, undefined> {
    const iterator = inner[Symbol.asyncIterator]();
    let exhausted = false;
    try {
      while (!exhausted) {
        let settled = false;
        const next = iterator.next();
        const onSettled = () => {
          settled = true;
          this.#wake();
        };
        next.then(onSettled, onSettled);
        while (!settled) {
          yield* this.#advance();
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
            if (settled) resolve();
          });
        }
        const result = await next;
        exhausted = result.done === true;
        if (!result.done) yield this.#take(result.value);
      }
    } finally {
      // The inner stream may be waiting for an event that comes in an hour.
      stopped.abort();
      if (!exhausted) await iterator.return?.();
    }
  }

  #take(event: SttEvent): SttEvent {
    if (event.type !== 'transcript-final') return event;
    this.#finalMs = Math.max(this.#finalMs, event.finalUntilMs);
    this.#toldMs = Math.max(this.#toldMs, this.#finalMs);
    return { ...event, finalUntilMs: this.#toldMs };
  }

  *#advance(): Generator<SttEvent, void, undefined> {
    if (!this.#isQuiet || this.#silentUntilMs - this.#toldMs < ADVANCE_STEP_MS) return;
    this.#toldMs = this.#silentUntilMs;
    const receivedAt = performance.now();
    yield { type: 'transcript-final', words: [], finalUntilMs: this.#toldMs, receivedAt };
  }

  /** True if the provider has answered to all speech that was found. */
  get #isQuiet(): boolean {
    return this.#finalMs >= this.#voiceEndMs - VOICE_TAIL_MS;
  }

  #mayClose(silenceMs: number): boolean {
    const { mode, hangoverMs, responseTimeoutMs } = this.#options;
    if (mode === 'shadow' || this.#finalMs >= this.#voiceEndMs - USUAL_TAIL_MS) return true;
    return silenceMs > hangoverMs + (this.#isQuiet ? LAST_WORD_MS : responseTimeoutMs);
  }

  #noteSilence(startMs: number, endMs: number): void {
    this.#silentUntilMs = Math.max(this.#silentUntilMs, endMs);
    const freshMs = endMs - Math.max(startMs, this.#countedMs);
    if (freshMs <= 0) return;
    this.#countedMs = endMs;
    this.#options.onSilence(freshMs);
  }
}
