import { basename } from 'node:path';
import type { AudioBatch } from '../../../audio/audio-format.ts';
import type { VoiceActivityFactory } from '../../../audio/voice-activity.ts';
import { AppError } from '../../../kernel/errors.ts';
import { untilAborted } from '../../../kernel/until-aborted.ts';
import type { LocalModel } from '../../../local-models/model-folder.ts';
import type { NativeProcess } from '../../../local-models/process/native-process.ts';
import type { NativeStream } from '../../../local-models/process/native-session.ts';
import type { SttEvent, SttWord } from '../../stt-event.ts';
import type { SttOptions } from '../../stt-provider.ts';
import { modelAudio } from './model-audio.ts';
import type { RecognitionOutput, RecognitionSessionOptions } from './recognition-protocol.ts';
import { type SpeechPiece, SpeechPieces } from './speech-pieces.ts';
import type { TimedWord } from './token-words.ts';

export interface LocalRecogniserOptions {
  id: string;
  model: LocalModel;
  process: NativeProcess;
  /** Streams at a time; null: as many as the machine keeps up with. */
  maxStreams: number | null;
  createDetector: VoiceActivityFactory;
}

/** Part of the time that recognition may take; the rest is for peaks and for everything else. */
const USED_SHARE = 0.75;
const MOST_STREAMS = 64;
/** Silence is told of at least this often, milliseconds of audio. */
const PROGRESS_MS = 1000;

/** One local model that transcribes streams. */
export class LocalRecogniser {
  readonly #o: LocalRecogniserOptions;

  constructor(options: LocalRecogniserOptions) {
    this.#o = options;
  }

  /** Streams that this machine keeps up with, by the time that recognition has taken so far. */
  get capacity(): number {
    const { maxStreams, process } = this.#o;
    if (maxStreams !== null) return maxStreams;
    const factor = process.realTimeFactor;
    if (factor === null) return MOST_STREAMS;
    return Math.max(1, Math.min(MOST_STREAMS, Math.floor(USED_SHARE / factor)));
  }

  /** Loads the model. @throws AppError `provider-busy`, and as `NativeProcess.load` */
  async check(signal: AbortSignal): Promise<void> {
    this.#assertRoom();
    await this.#o.process.load(signal);
  }

  close(): Promise<void> {
    return this.#o.process.close();
  }

  /** @throws AppError `provider-busy`, `provider-unavailable`, `unsupported-codec`, `aborted` */
  async *transcribe(
    audio: AsyncIterable<AudioBatch>,
    options: SttOptions,
    signal: AbortSignal,
  ): AsyncGenerator<SttEvent, void, undefined> {
    this.#assertRoom();
    await this.#o.process.load(signal);
    const counted = new CountedAudio(audio);
    yield* this.#o.model.chunks === null
      ? this.#pieces(counted, options, signal)
      : this.#stream(counted, options, signal);
    if (signal.aborted) throw new AppError('aborted', 'The transcription was cancelled.');
    const audioMs = Math.round(counted.ms);
    yield { type: 'usage', audioMs };
    yield final([], audioMs);
  }

  #assertRoom(): void {
    const { id, process } = this.#o;
    const { capacity } = this;
    if (process.sessions < capacity) return;
    throw new AppError(
      'provider-busy',
      `The local recogniser ${basename(id)} has ${process.sessions} streams; this machine keeps up with ${capacity}.`,
    );
  }

  async *#stream(
    audio: AsyncIterable<AudioBatch>,
    options: SttOptions,
    signal: AbortSignal,
  ): AsyncGenerator<SttEvent, void, undefined> {
    const stopped = new AbortController();
    const stop = AbortSignal.any([signal, stopped.signal]);
    const session = await this.#open(options, signal);
    const close = () => session.close();
    stop.addEventListener('abort', close, { once: true });
    const sending = Promise.allSettled([this.#send(audio, session, options, stop)]);
    try {
      for await (const output of session.outputs) yield* this.#events(output, options, 0);
      stopped.abort();
      const [sent] = await sending;
      // What the source of the audio threw matters more than how the session ended after it.
      if (sent.status === 'rejected') throw sent.reason;
    } finally {
      stopped.abort();
      session.close();
      await sending;
    }
  }

  /** Hands the audio to the session, as fast as that takes it. */
  async #send(
    audio: AsyncIterable<AudioBatch>,
    session: NativeStream,
    { format }: SttOptions,
    stop: AbortSignal,
  ): Promise<void> {
    try {
      const { sampleRate } = this.#o.model;
      for await (const pcm of modelAudio(untilAborted(audio, stop), format, sampleRate)) {
        await session.push(pcm);
      }
      if (!stop.aborted) session.end();
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** For a model that takes whole pieces: speech is cut out, and one piece follows another. */
  async *#pieces(
    audio: AsyncIterable<AudioBatch>,
    options: SttOptions,
    signal: AbortSignal,
  ): AsyncGenerator<SttEvent, void, undefined> {
    const { sampleRate } = this.#o.model;
    const detector = await this.#o.createDetector({ encoding: 'pcm-s16le', sampleRate });
    const pieces = new SpeechPieces(detector, sampleRate);
    let toldMs = 0;
    try {
      const source = modelAudio(untilAborted(audio, signal), options.format, sampleRate);
      for await (const pcm of source) {
        for (const piece of pieces.push(pcm)) yield* this.#piece(piece, options, signal);
        if (pieces.silentUntilMs - toldMs < PROGRESS_MS) continue;
        toldMs = pieces.silentUntilMs;
        yield final([], Math.round(toldMs));
      }
      const last = signal.aborted ? null : pieces.end();
      if (last !== null) yield* this.#piece(last, options, signal);
    } finally {
      detector.close();
    }
  }

  async *#piece(
    piece: SpeechPiece,
    options: SttOptions,
    signal: AbortSignal,
  ): AsyncGenerator<SttEvent, void, undefined> {
    const session = await this.#open(options, signal);
    const close = () => session.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      // Nothing comes back before the end, so that the piece can go over as a whole.
      const pushed = Promise.allSettled([session.push(piece.pcm)]);
      session.end();
      for await (const output of session.outputs)
        yield* this.#events(output, options, piece.startMs);
      await pushed;
    } finally {
      signal.removeEventListener('abort', close);
      session.close();
    }
  }

  #open({ language }: SttOptions, signal: AbortSignal): Promise<NativeStream> {
    const options: RecognitionSessionOptions = { language };
    return this.#o.process.open(options, signal);
  }

  *#events(output: unknown, options: SttOptions, shiftMs: number): Generator<SttEvent> {
    const told = output as RecognitionOutput;
    const language = options.language === 'multi' ? null : options.language;
    const words = told.words.map((word) => toSttWord(word, shiftMs, language));
    if (told.type === 'partial') {
      if (options.interim) yield { type: 'transcript-partial', words };
    } else {
      yield final(words, Math.round(told.finalUntilMs + shiftMs));
    }
  }
}

function toSttWord(
  { text, startMs, endMs }: TimedWord,
  shiftMs: number,
  language: string | null,
): SttWord {
  return {
    text,
    startMs: Math.round(startMs + shiftMs),
    endMs: Math.round(endMs + shiftMs),
    speaker: null,
    confidence: null,
    language,
  };
}

function final(words: SttWord[], finalUntilMs: number): SttEvent {
  return { type: 'transcript-final', words, finalUntilMs, receivedAt: performance.now() };
}

/** Audio that is measured as it goes by. */
class CountedAudio implements AsyncIterable<AudioBatch> {
  readonly #source: AsyncIterable<AudioBatch>;
  ms = 0;

  constructor(source: AsyncIterable<AudioBatch>) {
    this.#source = source;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AudioBatch, void, undefined> {
    for await (const batch of this.#source) {
      this.ms += batch.durationMs;
      yield batch;
    }
  }
}
